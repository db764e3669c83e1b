"""Probabilities from scores, fitted on sources that the scores' models have not seen."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detectors.toxicity.kinds import HEADS
from training.toxicity.documents import OWN, Document, label_array
from training.toxicity.examples import Examples
from training.toxicity.fitting import fit, window_scores

PREVALENCE: Final = 0.3
"""The share of positives, by weight, in the mixture that probabilities are true for."""
LABELLED: Final = (
    "surge_toxicity",
    "davidson",
    "toxigen",
    "hatemoji_build",
    "stormfront",
    "toxic_spans",
    "wiki_talk_cat",
    "diasafety",
    "edos",
)
_BENIGN: Final = (
    ("arena_bench", "self_instruct_seed", "gptfuzz_responses"),
    ("clinc150", "halueval", "mt_bench", "awesome_prompts"),
)
_LONG_WINDOWS: Final = 4
_ADVERSARIAL: Final = ("hatemoji_build", "toxic_spans")
"""Sources whose negatives were chosen to look toxic: they would make every probability small."""


@dataclass(frozen=True)
class Unseen:
    """Documents' scores by models that saw nothing of their source.

    ``linear`` and ``network`` hold each document's largest window by head; ``both`` of their mean.
    """

    linear: NDArray[np.float32]
    network: NDArray[np.float32]
    both: NDArray[np.float32]
    windows: NDArray[np.int64]


def folds_of(documents: list[Document]) -> NDArray[np.int64]:
    """The fold of every document: a source each; our own sentences in two, by sentence."""
    numbers = {source: number for number, source in enumerate(LABELLED)}
    for group in _BENIGN:
        numbers |= dict.fromkeys(group, max(numbers.values()) + 1)
    last = max(numbers.values()) + 1
    return np.array(
        [last + int(d.note) % 2 if d.source == OWN else numbers[d.source] for d in documents]
    )


def score_unseen(
    documents: list[Document], examples: Examples, vectors: NDArray[np.float32]
) -> Unseen:
    """Score every fold by models fitted to all others."""
    folds = folds_of(documents)
    owner = examples.documents
    shape = len(documents), len(HEADS)
    found = [np.full(shape, -np.inf, np.float32) for _ in range(3)]
    for fold in np.unique(folds):
        fitted = fit(documents, examples, folds != fold, vectors)
        windows = np.flatnonzero(folds[owner] == fold)
        linear, network = window_scores(fitted, examples, windows, vectors)
        for largest, scores in zip(found, (linear, network, (linear + network) / 2), strict=True):
            np.maximum.at(largest, owner[windows], scores)
    return Unseen(*found, np.diff(examples.offsets))


def calibrate(documents: list[Document], unseen: Unseen) -> NDArray[np.float32]:
    """Fit slope, weight of the logarithm of the number of windows, and intercept by head.

    Long toxic documents are rare in the data, so some are made: a toxic document joined to a long
    benign one has the larger score and the windows of both.
    """
    labels = label_array(documents)
    sources = np.array([document.source for document in documents])
    result = np.empty((len(HEADS), 3), np.float32)
    for head in range(len(HEADS)):
        usable = (labels[:, head] >= 0) & (unseen.windows > 0)
        usable &= ~np.isin(sources, _ADVERSARIAL) | (labels[:, head] == 1)
        scores, windows = unseen.both[usable, head], unseen.windows[usable]
        known, origin = labels[usable, head], sources[usable]
        weights = _weights(known, origin)
        long = np.flatnonzero((known == 0) & (windows >= _LONG_WINDOWS))
        toxic = np.flatnonzero(known == 1)
        rng = np.random.default_rng(head)
        chosen = rng.choice(toxic, len(long), p=weights[toxic] / weights[toxic].sum())
        joined = np.maximum(scores[chosen], scores[long])
        odds = PREVALENCE / (1 - PREVALENCE)
        features = np.column_stack(
            [
                np.concatenate([scores, joined]),
                np.log(np.concatenate([windows, windows[long] + windows[chosen]])),
            ]
        )
        weights = np.concatenate([weights, weights[long] * odds])
        model = LogisticRegression(C=1e4).fit(
            features,
            np.concatenate([known, np.ones(len(long), np.int8)]),
            sample_weight=weights * len(weights) / weights.sum(),
        )
        result[head] = [*model.coef_[0], model.intercept_[0]]
    return result


def _weights(labels: NDArray[np.int8], sources: NDArray[np.str_]) -> NDArray[np.float64]:
    """Sources weigh alike (by the root of their size), positives :data:`PREVALENCE` of all."""
    weights = np.zeros(len(labels))
    for label, share in ((0, 1 - PREVALENCE), (1, PREVALENCE)):
        mine = labels == label
        for source in np.unique(sources[mine]):
            of_source = mine & (sources == source)
            weights[of_source] = 1 / np.sqrt(of_source.sum())
        weights[mine] *= share / weights[mine].sum()
    return weights
