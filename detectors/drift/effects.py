"""How large a difference is, whatever its certainty, on a scale that all kinds of signals share."""

from typing import Final

import numpy as np

from detectors.drift.counts import cohens_h
from detectors.drift.distances import kolmogorov_smirnov, total_variation
from detectors.summaries import CategoryCounts, Distribution, FlagCounts, Summary, VectorSum

SETTLED: Final = 0.8
"""Part of the least effect that fires, below which an alert is over: at the very limit it would
come and go with every judgement."""

NAMES: Final = {
    FlagCounts: "Cohen's h",
    Distribution: "Kolmogorov-Smirnov distance",
    CategoryCounts: "total variation distance",
    VectorSum: "standardised shift of the mean",
}
"""What the effect of each kind is called."""


def effect_size(before: Summary, now: Summary) -> float | None:
    """The size of a difference, at least 0; ``None`` where it cannot be told.

    Numbers: Kolmogorov-Smirnov distance; categories: total variation distance; both are the share
    of events that lie elsewhere. Flags: the magnitude of Cohen's h. Vectors: the distance of the
    means in units of the vectors' spread, less what as few vectors show by chance.

    >>> effect_size(FlagCounts(100, 50), FlagCounts(100, 50))
    0.0
    """
    match before, now:
        case FlagCounts(count=n, positive=k), FlagCounts(count=m, positive=j) if n and m:
            return abs(cohens_h(k / n, j / m))
        case Distribution(), Distribution():
            return kolmogorov_smirnov(before, now)
        case CategoryCounts(), CategoryCounts():
            return total_variation(before, now)
        case VectorSum(), VectorSum():
            return standardised_shift(before, now)
    return None


def standardised_shift(before: VectorSum, now: VectorSum) -> float | None:
    """Distance of two mean vectors in units of the spread of the first, without chance's part.

    With a share ``m`` of vectors replaced by ones at distance ``d`` (in spreads) it is ``m * d``.
    ``None`` for vectors of different lengths, or none.
    """
    one, other, variance = before.mean, now.mean, before.variance
    if one is None or other is None or len(one) != len(other):
        return None
    apart = float(np.square(other - one).sum())
    if not variance:
        return float(np.sqrt(apart))
    by_chance = variance / before.count + (now.variance or 0.0) / now.count
    return float(np.sqrt(max(apart - by_chance, 0.0) / variance))
