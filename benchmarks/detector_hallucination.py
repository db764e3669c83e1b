"""Hallucination by data set left out, beside overlap, other baselines and ROUGE."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.detector_peers import rouge
from benchmarks.detector_served import answers, served
from benchmarks.detector_task import (
    OURS,
    Method,
    Part,
    Scores,
    Task,
    lengths,
    microseconds,
    tfidf_microseconds,
)
from training.hallucination.__main__ import MADE, SEED, corpus, judge, with_claims
from training.hallucination.corpora import NAMES, Example, lexicon_texts, read_corpora
from training.hallucination.judging import HIGH_OVERLAP, Judged
from training.hallucination.lexicon import build_lexicon
from training.hallucination.synthesis import synthesise
from training.hallucination.wordnet import read_wordnet

TITLE: Final = "Hallucination: answers against their sources"
NOTE: Final = (
    "The model is trained without the data set it is judged on and without its sources "
    "(`training.hallucination`). Positives say something that their source does not. *Overlap* "
    "is the share of the answer's words that the source lacks; ROUGE-L the same by longest "
    "common subsequence. Sources: BEGIN (Dziri et al. 2022; CC-BY-4.0), WiCE (Kamoi et al. 2023;"
    " ODC-BY, CC-BY-SA), SummEdits (Laban et al. 2023; Apache-2.0), FaithDial's audit (Dziri et "
    "al. 2022; MIT), Q² (Honovich et al. 2021; MIT), HaluEval (Li et al. 2023; MIT), where "
    "length alone tells right from wrong. Rows of *overlap above 0.7* hold the answers whose "
    "words are nearly all in the source."
)
_SIGNAL: Final = "response.hallucination"
_ROUGE: Final = "rouge-score"


def hallucination(data: Path, *, quick: bool) -> Part:
    """Judge on every data set, and on its answers of high overlap; BEGIN alone in a quick run."""
    examples = read_corpora(data)
    if quick:
        found = examples["begin"][::3]
        return Part(TITLE, "A quick run: the shipped model, which has seen this.", [_quick(found)])
    lexicon = build_lexicon(lexicon_texts(data), read_wordnet())
    real = {name: corpus(found, lexicon) for name, found in examples.items()}
    made = {
        name: corpus(synthesise([e.source for e in found], MADE, SEED), lexicon)
        for name, found in examples.items()
    }
    judged = judge(real, made)
    examples = {name: with_claims(found, lexicon) for name, found in examples.items()}
    tasks = []
    for name in NAMES:
        task = _task(name, examples, judged[name])
        # Answers of one label are told apart by nothing.
        high = judged[name].overlap > HIGH_OVERLAP
        tasks += [task, _part_of(task, f"{name}, overlap above {HIGH_OVERLAP}", high)]
    return Part(TITLE, NOTE, tasks)


def _task(name: str, examples: Mapping[str, Sequence[Example]], judged: Judged) -> Task:
    found = examples[name]
    labels = judged.labels == 1
    if not np.array_equal(labels, [example.label == 1 for example in found]):
        raise ValueError(f"{name}: the judged answers are not those of the data set")
    pairs = [(example.source, example.answer) for example in found]
    texts = [answer for _, answer in pairs]
    methods = [
        Method(
            OURS,
            "probability",
            judged.probabilities,
            microseconds(served(_SIGNAL), answers(pairs)),
        ),
        Method("overlap", "score", 1 - judged.overlap),
        Method(
            "tf-idf, logistic regression",
            "probability",
            _tfidf(name, examples, texts),
            tfidf_microseconds(texts, labels),
        ),
        Method("length", "score", lengths(texts)),
        *_rouge(pairs),
    ]
    return Task(name, labels, methods)


def _rouge(pairs: Sequence[tuple[str, str]]) -> list[Method]:
    try:
        name = f"{_ROUGE} {version(_ROUGE)}"
    except PackageNotFoundError:
        return []
    score = rouge()
    return [Method(name, "score", score(pairs), microseconds(score, pairs[:100]))]


def _tfidf(name: str, examples: Mapping[str, Sequence[Example]], texts: Sequence[str]) -> Scores:
    """Of the answers alone, trained on the other data sets."""
    others = [e for other, found in examples.items() if other != name for e in found]
    words = HashingVectorizer(n_features=1 << 16, alternate_sign=False)
    model = LogisticRegression(C=10, class_weight="balanced", solver="liblinear")
    model.fit(words.transform(e.answer for e in others), [e.label for e in others])
    chances: Scores = model.predict_proba(words.transform(texts))[:, 1]
    return chances


def _part_of(task: Task, source: str, rows: NDArray[np.bool_]) -> Task:
    methods = [replace(m, scores=m.scores[rows], microseconds=None) for m in task.methods]
    return Task(source, task.labels[rows], methods)


def _quick(found: Sequence[Example]) -> Task:
    events = answers([(example.source, example.answer) for example in found])
    score = served(_SIGNAL)
    values = np.nan_to_num(score(events))
    labels = np.array([example.label == 1 for example in found])
    return Task("begin", labels, [Method(OURS, "probability", values, microseconds(score, events))])
