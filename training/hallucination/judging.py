"""How well scores tell hallucinations: figures with bootstrap intervals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from detectors.grounding.features import COUNT, FEATURES

RESAMPLES: Final = 200
BINS: Final = 10
OVERLAP: Final = COUNT + FEATURES.index("words_new")
HIGH_OVERLAP: Final = 0.7

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Probabilities of a left-out data set, its features and labels."""

    probabilities: Array
    features: Array
    labels: Array

    def at(self, rows: NDArray[np.bool_]) -> "Judged":
        """Some of the answers."""
        return Judged(self.probabilities[rows], self.features[rows], self.labels[rows])

    @property
    def overlap(self) -> Array:
        """Share of the answer's words that the source has too."""
        return 1.0 - self.features[:, OVERLAP]


def auroc(labels: Array, scores: Array) -> float:
    """Area under the curve; NaN where there is one label only."""
    return float(roc_auc_score(labels, scores)) if 0 < labels.mean() < 1 else float("nan")


def average_precision(labels: Array, scores: Array) -> float:
    """Average precision."""
    return float(average_precision_score(labels, scores))


def balanced_accuracy(labels: Array, scores: Array) -> float:
    """Mean of the two recalls at a probability of 0.5."""
    return float(((scores >= 0.5)[labels == 1].mean() + (scores < 0.5)[labels == 0].mean()) / 2)


def recall_at_one_percent(labels: Array, scores: Array) -> float:
    """Recall where 1 % of the supported answers are flagged."""
    threshold = np.quantile(scores[labels == 0], 0.99, method="higher")
    return float((scores[labels == 1] > threshold).mean())


def calibration_error(labels: Array, scores: Array) -> float:
    """Expected calibration error over ten bins, with both labels weighing the same."""
    weights = np.where(labels == 1, 0.5 / max(labels.sum(), 1), 0.5 / max((1 - labels).sum(), 1))
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    return float(sum(
        abs((weights * (scores - labels))[place == b].sum()) for b in range(BINS)
    ))  # fmt: skip


def interval(measure: Callable[[Array, Array], float], labels: Array, scores: Array) -> str:
    """The figure with its 95 % bootstrap interval, in Markdown."""
    rng = np.random.default_rng(0)
    values = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, len(labels), len(labels))
        if 0 < labels[rows].mean() < 1:
            values.append(measure(labels[rows], scores[rows]))
    low, high = np.quantile(values, (0.025, 0.975))
    return f"{measure(labels, scores):.3f} ({low:.3f}–{high:.3f})"
