"""How well scores tell positives from negatives, with bootstrap intervals.

Everything is computed from counts of rows by distinct score, so that a resample costs a few sums.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["probability", "score", "flag"]
"""Of a method's scores: a probability, a ranking with no threshold of its own, or yes and no."""

MEASURES: Final = (
    "AUROC",
    "average precision",
    "balanced accuracy",
    "recall at 1 % false positives",
    "ECE",
)
KNOWN: Final[dict[Kind, tuple[bool, ...]]] = {
    "probability": (True, True, True, True, True),
    "score": (True, True, False, True, False),
    "flag": (True, True, True, True, False),
}
"""Which measures mean something for scores of a kind."""

THRESHOLD: Final = 0.5
FALSE_POSITIVES: Final = 0.01
BINS: Final = 10
RESAMPLES: Final = 200


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


class Ranking:
    """Scores in falling order with their labels, ready to be measured under any weights."""

    def __init__(self, labels: NDArray[np.bool_], scores: NDArray[np.float64]) -> None:
        if len(labels) != len(scores):
            raise ValueError(f"{len(labels)} labels, but {len(scores)} scores")
        if not np.isfinite(scores).all():
            raise ValueError("a score is not a number: leave such rows out")
        order = np.argsort(-scores, kind="stable")
        self.labels = labels[order]
        self.scores = scores[order]
        # The last row of every distinct score: rows of one score cannot be told apart.
        self._ends = np.flatnonzero(np.append(np.diff(self.scores) != 0, True))
        self._called = self.scores >= THRESHOLD
        self._bins = np.clip((self.scores * BINS).astype(np.int64), 0, BINS - 1)

    def measures(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """:data:`MEASURES`, in their order; ``weights`` counts every row, in falling order."""
        positive = weights * self.labels
        hits = np.cumsum(positive)[self._ends]
        all_called = np.cumsum(weights)[self._ends]
        false = all_called - hits
        recall, fallout = hits / hits[-1], false / false[-1]
        precision = hits / np.maximum(all_called, 1e-12)
        steps = np.diff(recall, prepend=0.0)
        area = np.trapezoid(np.append(0.0, recall), np.append(0.0, fallout))
        few = recall[fallout <= FALSE_POSITIVES]
        negative = weights - positive
        rightly = (positive @ self._called / hits[-1] + negative @ ~self._called / false[-1]) / 2
        gaps = np.bincount(self._bins, positive - weights * self.scores, BINS)
        return np.array(
            [
                area,
                steps @ precision,
                rightly,
                few[-1] if len(few) else 0.0,
                np.abs(gaps).sum() / weights.sum(),
            ]
        )


def measured(
    labels: NDArray[np.bool_],
    scores: NDArray[np.float64],
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> list[Interval]:
    """:data:`MEASURES` with the 95 % percentile bootstrap, resampling within the labels.

    Parameters
    ----------
    labels
        Whether a row is a positive; of both there has to be one at least.
    scores
        Higher is more likely positive.
    seed
        Of the resampling.
    resamples
        How many.
    """
    if labels.all() or not labels.any():
        raise ValueError("positives and negatives are needed")
    ranking = Ranking(labels, scores)
    rng = np.random.default_rng(seed)
    groups = np.flatnonzero(ranking.labels), np.flatnonzero(~ranking.labels)
    found = np.empty((resamples, len(MEASURES)))
    for resample in range(resamples):
        weights = np.zeros(len(labels))
        for group in groups:
            drawn = rng.integers(0, len(group), len(group))
            weights[group] = np.bincount(drawn, minlength=len(group))
        found[resample] = ranking.measures(weights)
    values = ranking.measures(np.ones(len(labels)))
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return [Interval(*numbers) for numbers in zip(values, low, high, strict=True)]
