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
from training.toxicity.fragments import FRAGMENT

PREVALENCE: Final = 0.25
"""The share of toxic documents, by weight, before long ones are made: with those it is about 0.3,
that of the mixture that probabilities are true for."""
KIND_PREVALENCE: Final = {
    "hate": 0.15,
    "harassment": 0.15,
    "threat": 0.05,
    "sexual": 0.05,
    "self_harm": 0.05,
    "profanity": 0.15,
}
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
_OWN_FOLDS: Final = 3
_LONG_WORDS: Final = 100
_UNLIKE_TRAFFIC: Final = ("hatemoji_build", "toxic_spans", "diasafety")
"""Sources that tell nothing of usual probabilities: texts written or chosen to mislead, and replies
that are toxic only in their context."""


@dataclass(frozen=True)
class Unseen:
    """Documents' scores by models that saw nothing of their source.

    ``linear`` and ``network`` hold each document's largest window by head, ``both`` of their mean;
    ``words`` how many words it has.
    """

    linear: NDArray[np.float32]
    network: NDArray[np.float32]
    both: NDArray[np.float32]
    words: NDArray[np.int64]


def folds_of(documents: list[Document]) -> NDArray[np.int64]:
    """The fold of every document: a source each; our own sentences in a few, by sentence."""
    numbers = {source: number for number, source in enumerate(LABELLED)}
    for group in _BENIGN:
        numbers |= dict.fromkeys(group, max(numbers.values()) + 1)
    last = max(numbers.values()) + 1
    return np.array(
        [
            last + int(d.note) % _OWN_FOLDS if d.source == OWN else numbers[d.source]
            for d in documents
        ]
    )


def score_unseen(
    documents: list[Document], examples: Examples, vectors: NDArray[np.float32]
) -> Unseen:
    """Score every fold by models fitted to all others."""
    folds = folds_of(documents)
    owner = examples.documents
    shape = len(documents), len(HEADS)
    linear, network, both = (np.full(shape, -np.inf, np.float32) for _ in range(3))
    for fold in np.unique(folds):
        fitted = fit(documents, examples, folds != fold, vectors)
        windows = np.flatnonzero(folds[owner] == fold)
        by_linear, by_network = window_scores(fitted, examples, windows, vectors)
        places = owner[windows]
        np.maximum.at(linear, places, by_linear)
        np.maximum.at(network, places, by_network)
        np.maximum.at(both, places, (by_linear + by_network) / 2)
    return Unseen(linear, network, both, np.diff(examples.bounds[examples.offsets]))


def calibrate(documents: list[Document], unseen: Unseen) -> NDArray[np.float32]:
    """Fit what :func:`detectors.toxicity.model.calibrated` multiplies, a row a head.

    What few words say is little, what the worst of many windows says is less than it seems: the
    number of words tells both. Long toxic documents are rare in the data, so some are made: a toxic
    document joined to a long benign one has the larger scores and the words of both. Fragments are
    no documents that anybody wrote.
    """
    labels = label_array(documents)
    sources = np.array([document.source for document in documents])
    whole = np.array([document.note != FRAGMENT for document in documents])
    result = np.zeros((len(HEADS), 4), np.float32)
    for place, head in enumerate(HEADS):
        prevalence = KIND_PREVALENCE.get(head, PREVALENCE)
        usable = (labels[:, place] >= 0) & (unseen.words > 0) & whole
        usable &= ~np.isin(sources, _UNLIKE_TRAFFIC)
        # A kind is judged by toxicity in general as well.
        scores = unseen.both[usable][:, [place, 0]]
        words, known = unseen.words[usable], labels[usable, place]
        weights = _weights(known, sources[usable], prevalence)
        long = np.flatnonzero((known == 0) & (words >= _LONG_WORDS))
        positive = np.flatnonzero(known == 1)
        rng = np.random.default_rng(place)
        chances = weights[positive] / weights[positive].sum()
        joined = rng.choice(positive, len(long), p=chances)
        scores = np.concatenate([scores, np.maximum(scores[joined], scores[long])])
        if place == 0:
            scores[:, 1] = 0
        many = np.log(np.concatenate([words, words[long] + words[joined]]))
        weights = np.concatenate([weights, weights[long] * prevalence / (1 - prevalence)])
        model = LogisticRegression(C=1e4).fit(
            np.column_stack([scores, many]),
            np.concatenate([known, np.ones(len(long), np.int8)]),
            sample_weight=weights * len(weights) / weights.sum(),
        )
        result[place] = [*model.coef_[0], model.intercept_[0]]
    return result


def _weights(
    labels: NDArray[np.int8], sources: NDArray[np.str_], prevalence: float
) -> NDArray[np.float64]:
    """Sources weigh by the root of their size, positives ``prevalence`` of all."""
    weights = np.zeros(len(labels))
    for label, share in ((0, 1 - prevalence), (1, prevalence)):
        mine = labels == label
        for source in np.unique(sources[mine]):
            of_source = mine & (sources == source)
            weights[of_source] = 1 / np.sqrt(of_source.sum())
        weights[mine] *= share / weights[mine].sum()
    return weights
