"""Fitting a head to documents: out-of-fold scores weigh loose labels and calibrate the pooling."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detectors.injection.model import Head
from training.injection import trainer
from training.injection.documents import Document
from training.injection.examples import Examples, examples_of

FOLDS = 3
DOUBTED = 0.12
"""Share of the attacks that others of their kind speak most against; they weigh little."""
DOUBTED_WEIGHT = 0.1


def fit(documents: Sequence[Document], seed: int = 0) -> Head:
    """A head with calibrated pooling.

    The documents are divided by their groups; what the other folds say of a document serves twice:
    the most doubtful tenth of the attacks loses weight (their labels are loose), and a logistic
    regression turns pooled scores into probabilities.
    """
    examples = examples_of(documents)
    groups = sorted({document.group for document in documents})
    order = np.random.default_rng(seed).permutation(len(groups))
    place = {group: order[number] % FOLDS for number, group in enumerate(groups)}
    folds = np.array([place[document.group] for document in documents])
    pooled = _out_of_fold(examples, folds, seed)
    attacks = examples.labels == 1
    doubted = attacks & (pooled[:, 0] < np.quantile(pooled[attacks, 0], DOUBTED))
    weights = np.where(doubted, DOUBTED_WEIGHT * examples.weights, examples.weights)
    weighed = replace(examples, weights=weights.astype(np.float32))
    pooled = _out_of_fold(weighed, folds, seed)
    regression = LogisticRegression(C=1.0, max_iter=1000)
    regression.fit(pooled, attacks, sample_weight=weights)
    pooling = np.concatenate([regression.coef_[0], regression.intercept_])
    return replace(trainer.train(weighed, seed), pooling=pooling)


def probabilities(head: Head, documents: Sequence[Document]) -> NDArray[np.float64]:
    """What the head says of documents."""
    examples = examples_of(documents)
    return head.probabilities(trainer.stretch_scores(head, examples), examples.offsets)


def _out_of_fold(examples: Examples, folds: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    pooled = np.zeros((len(examples), 4))
    for fold in range(FOLDS):
        head = trainer.train(examples.take(np.flatnonzero(folds != fold)), seed)
        held = np.flatnonzero(folds == fold)
        pooled[held] = trainer.pooled_scores(head, examples.take(held))
    return pooled
