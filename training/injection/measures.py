"""How good scores are: ranking, recall at few false alarms, calibration; with intervals."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]
Measure = Callable[[Labels, Scores], float]


class Result(NamedTuple):
    """What was judged: its name, the labels, the scores by method."""

    name: str
    labels: Labels
    scores: dict[str, Scores]


FALSE_ALARMS: Final = 0.01
BINS: Final = 10
RESAMPLES: Final = 400


def auroc(labels: Labels, scores: Scores) -> float:
    """The chance that an attack scores above a text that is none; ties count half."""
    order = np.sort(scores[~labels])
    attacks = scores[labels]
    below = np.searchsorted(order, attacks, "left") + np.searchsorted(order, attacks, "right")
    return float(below.mean() / 2 / len(order))


def average_precision(labels: Labels, scores: Scores) -> float:
    """Precision averaged over the attacks, at every attack's own threshold."""
    order = np.argsort(-scores, kind="stable")
    hits = labels[order]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def threshold_at(scores: Scores, share: float = FALSE_ALARMS) -> float:
    """What at most this share of harmless texts exceed."""
    return float(np.quantile(scores, 1 - share, method="higher"))


def recall_at_few(labels: Labels, scores: Scores) -> float:
    """The share of attacks above what 1 % of the harmless texts exceed."""
    return float((scores[labels] > threshold_at(scores[~labels])).mean())


def calibration_error(labels: Labels, scores: Scores) -> float:
    """Expected calibration error in ten bins of equal width."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    gaps = [
        abs(scores[bins == one].mean() - labels[bins == one].mean()) * (bins == one).mean()
        for one in np.unique(bins)
    ]
    return float(sum(gaps))


def interval(
    measure: Measure, labels: Labels, scores: Scores, seed: int = 0
) -> tuple[float, float]:
    """The middle 95 % of a measure when texts are drawn anew, attacks and others apart."""
    rng = np.random.default_rng(seed)
    attacks, others = np.flatnonzero(labels), np.flatnonzero(~labels)
    found = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([rng.choice(attacks, len(attacks)), rng.choice(others, len(others))])
        found.append(measure(labels[drawn], scores[drawn]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
