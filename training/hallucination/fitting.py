"""Fitting the model: logistic regressions of few features, whose weights only point one way."""

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

LARGEST: Final = (
    "unsupported", "rarest_unsupported", "names_new", "numbers_new", "first_person",
    "contrasts_new", "conflicts", "negation_added", "negation_dropped", "numbers_moved",
)  # fmt: skip
MEAN: Final = ("words_new", "unsupported")
"""Features whose largest value and whose mean over an answer's sentences the model sees."""

REGULARISATION: Final = 0.01
LOW_WEIGHT: Final = {"halueval_qa": 0.2}
"""There length alone separates right from wrong, so it counts for less."""

_USED: Final = [FEATURES.index(name) for name in LARGEST] + [
    COUNT + FEATURES.index(name) for name in MEAN
]


def corpus_of(reading: Reading, labels: list[int]) -> Corpus:
    """Features of every answer that was read, and their labels."""
    known = np.diff(reading.offsets) > 0
    pooled = pool(reading.features, reading.offsets)
    return pooled[known], np.array(labels, np.float64)[known]


def fit(real: Mapping[str, Corpus], made: Mapping[str, Corpus]) -> Model:
    """Fit on real examples and on made ones apart, add the two, and calibrate on the real ones.

    Real answers mostly err by much and made ones by little: one model of both would be neither.
    """
    weights = np.zeros(2 * COUNT)
    weights[_USED] = _logistic(real) + _logistic(made)
    odds = np.concatenate([features for features, _ in real.values()]) @ weights
    labels = np.concatenate([labels for _, labels in real.values()])
    slope, bias = _platt(odds, labels, _balanced(real))
    return Model(slope * weights[:COUNT], slope * weights[COUNT:], bias)


def _balanced(corpora: Mapping[str, Corpus]) -> NDArray[np.float64]:
    """Weights by which every data set, and in it either label, counts the same."""
    parts = []
    for name, (_, labels) in corpora.items():
        share = np.where(labels == 1, 0.5 / (labels == 1).sum(), 0.5 / (labels == 0).sum())
        parts.append(share * LOW_WEIGHT.get(name, 1.0))
    return np.concatenate(parts)


def _logistic(corpora: Mapping[str, Corpus]) -> NDArray[np.float64]:
    """Weights of the used features, none below 0.

    Every data set has an intercept of its own: what tells the sets apart teaches no weight.
    """
    features = np.concatenate([features[:, _USED] for features, _ in corpora.values()])
    labels = np.concatenate([labels for _, labels in corpora.values()])
    origins = np.repeat(np.arange(len(corpora)), [len(of) for _, of in corpora.values()])
    weights = _balanced(corpora)
    # The spread within a data set, not that between them.
    scale = np.sqrt(np.mean([of[:, _USED].var(axis=0) for of, _ in corpora.values()], axis=0))
    scaled = (features - features.mean(axis=0)) / (scale + 1e-6)
    count = len(_USED)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = scaled @ point[:count] + point[count:][origins]
        errors = weights * (1 / (1 + np.exp(-odds)) - labels)
        value = (weights * (np.logaddexp(0, odds) - labels * odds)).sum()
        value += REGULARISATION * point[:count] @ point[:count]
        slopes = scaled.T @ errors + 2 * REGULARISATION * point[:count]
        return float(value), np.append(slopes, np.bincount(origins, errors, len(corpora)))

    bounds = [(0.0, None)] * count + [(None, None)] * len(corpora)
    start = np.zeros(count + len(corpora))
    point = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x  # type: ignore[no-untyped-call]
    return np.asarray(point[:count] / (scale + 1e-6))


def _platt(
    odds: NDArray[np.float64], labels: Labels, weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Slope and bias that make log odds those of the labels (Platt 1999)."""

    def loss(point: NDArray[np.float64]) -> float:
        scaled = point[0] * odds + point[1]
        return float((weights * (np.logaddexp(0, scaled) - labels * scaled)).sum())

    slope, bias = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x  # type: ignore[no-untyped-call]
    return float(slope), float(bias)
