"""How well probabilities tell toxic texts from others, with intervals."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

Labels = NDArray[np.int8]
Chances = NDArray[np.float64]
Measure = Callable[[Labels, Chances], float]

_RESAMPLED: Final = 200
_BINS: Final = 10


def auroc(labels: Labels, chances: Chances) -> float:
    """Area under the receiver operating characteristic."""
    return float(roc_auc_score(labels, chances))


def average_precision(labels: Labels, chances: Chances) -> float:
    """Area under the precision-recall curve, by steps."""
    return float(average_precision_score(labels, chances))


def balanced_accuracy(labels: Labels, chances: Chances) -> float:
    """Mean of recall and specificity at 0.5."""
    called = chances >= 0.5
    return float((called[labels == 1].mean() + (~called[labels == 0]).mean()) / 2)


def recall_at_false_positives(labels: Labels, chances: Chances) -> float:
    """Recall where 1 % of the others are called positive."""
    return float((chances[labels == 1] > np.quantile(chances[labels == 0], 0.99)).mean())


def calibration_error(labels: Labels, chances: Chances) -> float:
    """Expected calibration error over ten equal bins (Guo et al. 2017)."""
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    errors = [
        (bins == b).mean() * abs(labels[bins == b].mean() - chances[bins == b].mean())
        for b in np.unique(bins)
    ]
    return float(sum(errors))


MEASURES: Final[dict[str, Measure]] = {
    "AUROC": auroc,
    "average precision": average_precision,
    "balanced accuracy at 0.5": balanced_accuracy,
    "recall at 1 % false positives": recall_at_false_positives,
    "ECE": calibration_error,
}


def with_interval(measure: Measure, labels: Labels, chances: Chances) -> str:
    """The measure, and the interval of 95 % of resampled texts."""
    rng = np.random.default_rng(0)
    positive, negative = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    found = []
    for _ in range(_RESAMPLED):
        drawn = np.concatenate(
            [rng.choice(positive, len(positive)), rng.choice(negative, len(negative))]
        )
        found.append(measure(labels[drawn], chances[drawn]))
    low, high = np.quantile(found, [0.025, 0.975])
    return f"{measure(labels, chances):.3f} ({low:.3f}–{high:.3f})"


def calibration_rows(labels: Labels, chances: Chances) -> list[tuple[str, int, float, float]]:
    """By bin of probability: its bounds, texts, mean probability, share of positives."""
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    return [
        (
            f"{b / _BINS:.1f}–{(b + 1) / _BINS:.1f}",
            int((bins == b).sum()),
            float(chances[bins == b].mean()),
            float(labels[bins == b].mean()),
        )
        for b in np.unique(bins)
    ]
