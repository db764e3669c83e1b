"""Fitting the model: a logistic regression whose weights may only point the sensible way."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from detectors.grounding.features import COUNT, FEATURES
from detectors.grounding.model import Model, pool
from detectors.grounding.reading import Reading

Features = NDArray[np.float64]
Labels = NDArray[np.float64]
Corpus = tuple[Features, Labels]

SUPPORTING: Final = frozenset(
    ("longest_copy", "copied_words", "similarity_to_best", "similarity_to_source")
)
EITHER: Final = frozenset(("synonyms", "inserted", "hedge_added", "names_inverted"))
UNUSED: Final = frozenset(("length", "source_length", "question", "second_person", "best_unused"))
"""They tell data sets apart rather than hallucinations: length alone separates some."""

REGULARISATION: Final = 0.03
FINE_PART: Final = 0.5
SAMPLE_WEIGHT: Final = 1000.0
LOW_WEIGHT: Final = {"halueval_qa": 0.2}
"""There length alone separates right from wrong, so it counts for less."""


def corpus_of(reading: Reading, labels: list[int]) -> Corpus:
    """Features of every answer that was read, and their labels."""
    known = np.diff(reading.offsets) > 0
    pooled = pool(reading.features, reading.offsets)
    return pooled[known], np.array(labels, np.float64)[known]


def fit(real: Mapping[str, Corpus], made: Mapping[str, Corpus]) -> Model:
    """Fit on real examples and on made ones apart, add the two, and calibrate on the real ones.

    Real answers mostly err by much and made ones by little: one model of both would be neither.
    """
    coarse = _logistic(real)
    fine = _logistic(made)
    weights = coarse + FINE_PART * fine
    features = np.vstack([corpus[0] for corpus in real.values()])
    labels = np.concatenate([corpus[1] for corpus in real.values()])
    odds = features @ weights[:-1] + weights[-1]
    slope, bias = _platt(odds, labels, _balanced(real))
    weights[:-1] *= slope
    return Model(weights[:COUNT], weights[COUNT:-1], float(slope * weights[-1] + bias))


def _balanced(corpora: Mapping[str, Corpus]) -> NDArray[np.float64]:
    """Weights by which every data set, and in it either label, counts the same."""
    parts = []
    for name, (_, labels) in corpora.items():
        share = np.where(labels == 1, 0.5 / (labels == 1).sum(), 0.5 / (labels == 0).sum())
        parts.append(share * SAMPLE_WEIGHT * LOW_WEIGHT.get(name, 1.0))
    return np.concatenate(parts)


def _bound(feature: str) -> tuple[float | None, float | None]:
    if feature in UNUSED:
        return 0.0, 0.0
    if feature in EITHER:
        return None, None
    return (None, 0.0) if feature in SUPPORTING else (0.0, None)


def _logistic(corpora: Mapping[str, Corpus]) -> NDArray[np.float64]:
    """Weights of the features as they come, then the intercept."""
    features = np.vstack([corpus[0] for corpus in corpora.values()])
    labels = np.concatenate([corpus[1] for corpus in corpora.values()])
    weights = _balanced(corpora)
    centre, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    scaled = (features - centre) / scale

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = scaled @ point[:-1] + point[-1]
        errors = weights * (1 / (1 + np.exp(-odds)) - labels)
        value = (weights * (np.logaddexp(0, odds) - labels * odds)).sum()
        value += point[:-1] @ point[:-1] / (2 * REGULARISATION)
        return float(value), np.append(
            scaled.T @ errors + point[:-1] / REGULARISATION, errors.sum()
        )

    bounds = [_bound(feature) for feature in FEATURES] * 2 + [(None, None)]
    start = np.zeros(features.shape[1] + 1)
    point = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x  # type: ignore[no-untyped-call]
    slopes = point[:-1] / scale
    return np.append(slopes, point[-1] - slopes @ centre)


def _platt(
    odds: NDArray[np.float64], labels: Labels, weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Slope and bias that make log odds those of the labels (Platt 1999)."""

    def loss(point: NDArray[np.float64]) -> float:
        scaled = point[0] * odds + point[1]
        return float((weights * (np.logaddexp(0, scaled) - labels * scaled)).sum())

    slope, bias = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x  # type: ignore[no-untyped-call]
    return float(slope), float(bias)
