"""Judging on origins that were left out of training, beside simple baselines."""

import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from training.injection import contexts, corpora, measures, prompts
from training.injection.documents import Document
from training.injection.fitting import fit, probabilities
from training.injection.grammar import sentences
from training.injection.measures import Labels, Scores

LEFT_OUT: Final = frozenset({"awesome_prompts", "arena", "mt_bench"})
FOLDS: Final = 4
_RULES: Final = re.compile(
    r"(ignore|disregard|forget|override)\b.{0,40}\b(previous|above|prior|all|instructions|rules)"
    r"|system prompt|\bDAN\b|do anything now|developer mode|jailbreak|no (restrictions|filters)",
    re.IGNORECASE,
)

Result = tuple[str, Labels, dict[str, Scores]]
"""What was judged: its name, the labels, the scores by method."""


def probes(kind: str) -> list[Document]:
    """Our own prompts for judging only: harmless look-alikes, or short attacks."""
    found = prompts.phrases("probes")
    if kind == "attacks":
        return [Document(text, True, "probes", "probes") for text in found["attacks"]["texts"]]
    templates, slots = found["benign"]["templates"], found["benign"]["slots"]
    made = sentences(templates, slots, 150, random.Random(5))
    return [Document(text, False, "probes", "probes") for text in made]


def judge_prompts(data: Path) -> list[Result]:
    """Jailbreaks: of an unseen list, and unseen ones of a known list; always unseen negatives."""
    documents = corpora.prompt_documents(data)
    harmless = [d for d in documents if d.origin in LEFT_OUT] + probes("benign")
    rest = [d for d in documents if d.origin not in LEFT_OUT]
    wild = [d for d in rest if d.origin == "jailbreaks"]
    groups = sorted({d.group for d in wild})
    held = set(random.Random(3).sample(groups, len(groups) // 3))
    unseen = [d for d in wild if d.group in held]
    strict = [d for d in rest if d.origin != "jailbreaks"]
    known = [d for d in rest if d.group not in held]
    return [
        _judged("jailbreaks, the list left out", strict, wild, harmless),
        _judged("jailbreaks, near-duplicates left out", known, unseen, harmless),
        _judged("short attacks (probes)", known, probes("attacks"), harmless),
    ]


def judge_contexts(data: Path) -> list[Result]:
    """BIPIA: left out altogether, and new contexts with new attack texts."""
    made = corpora.context_documents(data)
    bipia = contexts.bipia(data)
    attacks, clean = [d for d in bipia if d.attack], [d for d in bipia if not d.attack]
    results = [_judged("BIPIA left out", made, attacks, clean, baselines=False)]
    folds = contexts.folds_of_attacks(bipia, FOLDS)
    parts = []
    for fold in range(FOLDS):
        training, judging = corpora.bipia_without(bipia, fold, folds, FOLDS)
        held_attacks = [d for d in judging if d.attack]
        held_clean = [d for d in judging if not d.attack]
        parts.append(_judged("", [*made, *training], held_attacks, held_clean, prompts_head=False))
    labels = np.concatenate([part[1] for part in parts])
    scores = {method: np.concatenate([part[2][method] for part in parts]) for method in parts[0][2]}
    return [*results, ("BIPIA, new contexts and new attack texts", labels, scores)]


def _judged(
    name: str,
    training: Sequence[Document],
    attacks: Sequence[Document],
    harmless: Sequence[Document],
    *,
    baselines: bool = True,
    prompts_head: bool = True,
) -> Result:
    judged = [d for d in [*attacks, *harmless] if any(map(str.isalnum, d.text))]
    labels = np.array([d.attack for d in judged])
    is_prompts = prompts_head and baselines
    prepared = corpora.prompt_training(list(training)) if is_prompts else list(training)
    scores = {"Tidewatch": probabilities(fit(prepared), judged)}
    if baselines:
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        known = words.fit_transform([d.text for d in prepared])
        model = LogisticRegression(C=10, max_iter=200).fit(known, [d.attack for d in prepared])
        scores["tf-idf, logistic regression"] = model.predict_proba(
            words.transform([d.text for d in judged])
        )[:, 1]
    scores["rules"] = np.array([float(bool(_RULES.search(d.text))) for d in judged])
    lengths = np.array([len(d.text) for d in judged])
    scores["length alone"] = lengths / lengths.max()
    return name, labels, scores


def row(result: Result, method: str) -> str:
    """A line of the card's table."""
    name, labels, scores = result
    values = scores[method]
    cells = []
    for measure in (measures.auroc, measures.average_precision, measures.recall_at_few):
        if method == "rules" and measure is not measures.auroc:
            cells.append("")  # yes or no: there is no threshold to choose
            continue
        low, high = measures.interval(measure, labels, values)
        cells.append(f"{measure(labels, values):.3f} ({low:.3f}–{high:.3f})")
    error = f"{measures.calibration_error(labels, values):.3f}" if method == "Tidewatch" else ""
    sizes = f"{int(labels.sum())} + {int((~labels).sum())}"
    return f"| {name} | {sizes} | {method} | {' | '.join(cells)} | {error} |"
