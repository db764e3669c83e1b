"""From documents to a fitted pair of models: which windows count, and how much."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.toxicity.documents import OWN, Document, label_array
from training.toxicity.examples import Examples, feature_count
from training.toxicity.fragments import FRAGMENT
from training.toxicity.linear import score_linear, train_linear
from training.toxicity.network import Network, score_network, train_network

MOST_WINDOWS: Final = 4
"""Of a document: its windows resemble one another."""
SHARES: Final = {
    "arena_bench": 7000,
    "awesome_prompts": 3000,
    "clinc150": 6000,
    "davidson": 8000,
    "diasafety": 2000,
    "edos": 4000,
    FRAGMENT: 8000,
    "gptfuzz_responses": 2000,
    "halueval": 10000,
    "hatemoji_build": 6000,
    "mt_bench": 500,
    OWN: 20000,
    "self_instruct_seed": 500,
    "stormfront": 8000,
    "surge_toxicity": 3000,
    "toxic_spans": 10000,
    "toxigen": 2000,
    "wiki_talk_cat": 10000,
}
"""Weight of every source, and of fragments, in all, in documents: what is large is not worth more."""


@dataclass(frozen=True)
class Fitted:
    """The two models, before they are put together and calibrated."""

    coefficients: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    network: Network


def fit(
    documents: list[Document],
    examples: Examples,
    chosen: NDArray[np.bool_],
    vectors: NDArray[np.float32],
    seed: int = 0,
) -> Fitted:
    """Train both models on the chosen documents."""
    windows, labels, weights = training_windows(documents, examples, chosen)
    features = feature_count(len(vectors))
    arguments = examples, windows, labels, weights
    prior = prior_odds(labels, weights)
    coefficients, intercepts = train_linear(*arguments, features, prior, seed)
    return Fitted(coefficients, intercepts, train_network(*arguments, vectors, prior, seed))


def prior_odds(labels: NDArray[np.int8], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log odds of the heads by weight, before anything is read.

    Intercepts that begin elsewhere hardly get there: words take over what is missing, and texts of
    few or unknown words, which have little of it, are left with odds that nothing accounts for.
    """
    positive = (weights * (labels == 1)).sum(axis=0, dtype=np.float64)
    negative = (weights * (labels == 0)).sum(axis=0, dtype=np.float64)
    return np.log((positive + 1) / (negative + 1)).astype(np.float32)


def training_windows(
    documents: list[Document], examples: Examples, chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int8], NDArray[np.float32]]:
    """Windows to train on, their labels, and their weights by head.

    A toxic document has one toxic window at least, not known which: each counts for its part.
    """
    owner = examples.documents
    number = np.arange(len(owner)) - examples.offsets[owner]
    counts = np.diff(examples.offsets)[owner]
    windows = np.flatnonzero(chosen[owner] & (number < MOST_WINDOWS))
    owner, counts = owner[windows], np.minimum(counts[windows], MOST_WINDOWS)
    labels = label_array(documents)[owner]
    weights = np.repeat(1 / counts[:, None], labels.shape[1], axis=1)
    groups = np.array([FRAGMENT if d.note == FRAGMENT else d.source for d in documents])[owner]
    for group in np.unique(groups):
        of_group = groups == group
        weights[of_group] *= min(3.0, SHARES[group] / weights[of_group, 0].sum())
    return windows, labels, weights.astype(np.float32)


def window_scores(
    fitted: Fitted, examples: Examples, windows: NDArray[np.int64], vectors: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Log odds of windows by head: of the linear model, and of the network."""
    linear = score_linear(
        examples.features, examples.values, examples.starts, fitted.coefficients, fitted.intercepts
    )[windows]
    return linear, score_network(fitted.network, examples, windows, vectors)
