"""The difference of two means at any time, from counts, sums and sums of squares."""

from math import log, log1p, sqrt

from detectors.comparing.interval import ANYTHING, PLANNED_EVENTS, Interval, mixing
from detectors.summaries import Distribution


def half_width(variance: float, events: int, alpha: float) -> float:
    """Half of an asymptotic confidence sequence around an estimate of this variance.

    Where :func:`detectors.comparing.interval.normal_mixture` of half the squared distance reaches
    ``log(1 / alpha)``.
    """
    width = mixing(alpha) * events / PLANNED_EVENTS
    return sqrt(2 * variance * (1 + width) / width * (log1p(width) / 2 - log(alpha)))


def mean_difference(
    baseline: Distribution,
    candidate: Distribution,
    alpha: float,
    *,
    factor: float = 1.0,
    dependent: bool = False,
) -> Interval:
    """The candidate's mean less ``factor`` times the baseline's.

    The error over all looks together tends to ``alpha`` as the first look comes late: with too
    few or too heavy-tailed values it is larger, so begin with a hundred or more each. ``dependent``
    arms (the same requests answered twice) are taken to vary together against each other, the
    worst they can do.

    >>> from random import Random
    >>> draw = Random(1).gauss
    >>> baseline = Distribution.empty().observe([draw(2.0, 0.5) for _ in range(2000)])
    >>> candidate = Distribution.empty().observe([draw(2.2, 0.5) for _ in range(2000)])
    >>> low, high = mean_difference(baseline, candidate, alpha=0.05)
    >>> 0.1 < low < 0.2 < high < 0.3
    True
    """
    first, second = _moments(baseline), _moments(candidate)
    if first is None or second is None:
        return ANYTHING
    (mean, deviation), (other_mean, other_deviation) = first, second
    spread, other = (
        factor * deviation / sqrt(baseline.count),
        other_deviation / sqrt(candidate.count),
    )
    variance = (spread + other) ** 2 if dependent else spread**2 + other**2
    estimate = other_mean - factor * mean
    if variance <= 0:
        # Values that never varied say nothing of how they may.
        return ANYTHING
    half = half_width(variance, min(baseline.count, candidate.count), alpha)
    return Interval(estimate - half, estimate + half)


def _moments(summary: Distribution) -> tuple[float, float] | None:
    """Mean and standard deviation; ``None`` with fewer than two values."""
    if summary.count < 2:
        return None
    mean = summary.sum / summary.count
    return mean, sqrt(max(summary.sum_squares - summary.count * mean**2, 0.0) / (summary.count - 1))
