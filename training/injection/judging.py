"""Judging on origins that were left out of training, beside simple baselines."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from detectors.injection.cues import rules
from detectors.injection.documents import LANES
from detectors.injection.gibberish import GibberishModel
from detectors.injection.kinds import any_of
from detectors.injection.prompts import PromptModel
from detectors.text.column import TextColumn
from training.injection import contexts, corpora, prompts
from training.injection.documents import Document
from training.injection.fitting import (
    context_probabilities,
    fit_context,
    train_prompts,
)
from training.injection.results import Labels, Result, Scores

HARD: Final = frozenset({"awesome_prompts", "arena", "mt_bench"})
"""Origins of the harmless prompts that are judged."""
FOLDS: Final = 3
PART: Final = 3
"""One in so many groups of attacks, or of harmless prompts, is held out where not all are."""
_RULES: Final = re.compile(
    r"(ignore|disregard|forget|override)\b.{0,40}\b(previous|above|prior|all|instructions|rules)"
    r"|system prompt|\bDAN\b|do anything now|developer mode|jailbreak|no (restrictions|filters)",
    re.IGNORECASE,
)


def probes(kind: str) -> list[Document]:
    """Our own prompts for judging only: harmless look-alikes (``benign``), or short ``attacks``."""
    return [Document(text, kind == "attacks", "probes", "probes") for text in prompts.probes(kind)]


@dataclass(frozen=True)
class Union:
    """What makes ``prompt.injection`` of a model that has seen nothing of what is judged.

    ``calibration`` is that of the shipped model, which tells how loud the lanes are beside one
    another; ``suffixes`` has seen none of the harmless origins.
    """

    calibration: NDArray[np.float64]
    suffixes: GibberishModel

    def scores(self, model: PromptModel, documents: Sequence[Document]) -> Scores:
        """What the signal says of documents."""
        column = TextColumn([document.text for document in documents])
        found = replace(model, calibration=self.calibration).score(column)
        return any_of(found.attack, found.harmful, self.suffixes.probabilities(column))


def judge_prompts(data: Path, union: Union) -> list[Result]:
    """Jailbreaks of an unseen list, or unlike those seen; harmless prompts of unseen origin or not.

    Each is judged twice: by all labels, and without the labels that reading did not bear out.
    """
    documents = corpora.prompt_documents(data)
    wild = [d for d in documents if d.origin == "jailbreaks"]
    hard = [d for d in documents if d.origin in HARD]
    rest = [d for d in documents if d.origin not in HARD and d.origin != "jailbreaks"]
    seen_wild, unseen_wild = _divided(wild)
    seen_hard, unseen_hard = _divided(hard)
    asked = probes("benign")
    results: list[Result] = []
    for name, training, attacks, harmless in (
        ("the list and the harmless origins unseen", rest, wild, hard + asked),
        ("the list unseen", rest + seen_hard, wild, unseen_hard + asked),
        ("their like and the harmless origins unseen", rest + seen_wild, unseen_wild, hard + asked),
        ("their like unseen", rest + seen_wild + seen_hard, unseen_wild, unseen_hard + asked),
    ):
        short = probes("attacks")
        judged = [*attacks, *short, *harmless]
        scores = _prompt_scores(training, judged, union)
        kinds = np.array([d.origin if d.attack else "harmless" for d in judged])
        borne_out = np.array([d.weight > 0 for d in judged])
        results += [
            _part(f"jailbreaks, {name}", judged, scores, kinds != "probes"),
            _part(
                f"jailbreaks read again, {name}", judged, scores, (kinds != "probes") & borne_out
            ),
        ]
        if training == rest + seen_wild:
            results.append(
                _part(
                    "short attacks (probes), harmless origins unseen",
                    judged,
                    scores,
                    kinds != "jailbreaks",
                )
            )
    return results


def judge_overrides(data: Path, union: Union) -> list[Result]:
    """Injections by deepset, most of them short overrides, with the list and the harmless unseen."""
    documents = corpora.prompt_documents(data)
    attacks = [d for d in documents if d.origin == "deepset" and d.attack]
    harmless = [d for d in documents if d.origin in HARD] + probes("benign")
    training = [d for d in documents if d.origin not in HARD | {"deepset"}]
    judged = [*attacks, *harmless]
    labels = np.array([document.attack for document in judged])
    name = "deepset's injections, the list and the harmless origins unseen"
    return [Result(name, labels, _prompt_scores(training, judged, union))]


def judge_contexts(data: Path) -> list[Result]:
    """BIPIA: left out altogether, and new contexts with new attack texts."""
    made = corpora.context_documents(data)
    bipia = contexts.bipia(data)
    head = fit_context(made)
    labels = np.array([d.attack for d in bipia])
    results = [Result("BIPIA left out", labels, {"Tidewatch": context_probabilities(head, bipia)})]
    folds = contexts.folds_of_attacks(bipia, FOLDS)
    parts = []
    for fold in range(FOLDS):
        training, judged = corpora.bipia_without(bipia, fold, folds, FOLDS)
        documents = [*made, *training]
        scores = {
            "Tidewatch": context_probabilities(fit_context(documents), judged),
            **_baselines(documents, judged),
        }
        parts.append(Result("", np.array([d.attack for d in judged]), scores))
    labels = np.concatenate([part.labels for part in parts])
    joined = {
        method: np.concatenate([part.scores[method] for part in parts])
        for method in parts[0].scores
    }
    return [*results, Result("BIPIA, new contexts and new attack texts", labels, joined)]


def judge_harmful(data: Path, union: Union) -> list[Result]:
    """Each list of harmful requests left out in turn, and the harmless origins.

    By ``prompt.harmful_request``, and by ``prompt.injection``, which attacks and suffixes share.
    """
    documents = [d for d in corpora.prompt_documents(data) if d.weight]
    harmless = [d for d in documents if d.origin in HARD] + probes("benign")
    results = []
    for origin in sorted({d.origin for d in documents if d.harmful}):
        judged = [*(d for d in documents if d.origin == origin and d.harmful), *harmless]
        training = [d for d in documents if d.origin not in HARD | {origin}]
        model = train_prompts(training, corpora.prompt_training)
        column = TextColumn([document.text for document in judged])
        evidence = model.evidence(column, rules().count(column.words))
        labels = np.array([document.harmful for document in judged])
        name = f"harmful requests ({origin}), the list and the harmless origins unseen"
        own = evidence[:, LANES.index("harmful_request")]
        scores = {"prompt.harmful_request": own, "prompt.injection": union.scores(model, judged)}
        results.append(Result(name, labels, scores))
    return results


def _divided(documents: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """Documents for training, and those of one group in :data:`PART`, for judging."""
    groups = sorted({document.group for document in documents})
    held = set(random.Random(3).sample(groups, len(groups) // PART))
    return [d for d in documents if d.group not in held], [d for d in documents if d.group in held]


def _part(
    name: str, judged: Sequence[Document], scores: dict[str, Scores], chosen: Labels
) -> Result:
    labels = np.array([document.attack for document in judged])
    return Result(name, labels[chosen], {method: s[chosen] for method, s in scores.items()})


def _prompt_scores(
    training: Sequence[Document], judged: Sequence[Document], union: Union
) -> dict[str, Scores]:
    used = [document for document in training if document.weight]
    model = train_prompts(used, corpora.prompt_training)
    prepared = corpora.prompt_training(used)
    return {"Tidewatch": union.scores(model, judged), **_baselines(prepared, judged)}


def _baselines(training: Sequence[Document], judged: Sequence[Document]) -> dict[str, Scores]:
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    known = words.fit_transform([d.text for d in training])
    model = LogisticRegression(C=10, max_iter=200).fit(known, [d.attack for d in training])
    lengths = np.array([len(d.text) for d in judged])
    return {
        "tf-idf, logistic regression": model.predict_proba(
            words.transform([d.text for d in judged])
        )[:, 1],
        "rules": np.array([float(bool(_RULES.search(d.text))) for d in judged]),
        "length alone": lengths / lengths.max(),
    }
