"""The difference of two rates at any time, from counts."""

from math import acos, copysign, cos, log, log1p, pi, sqrt

from detectors.comparing.beta_binomial import rate_bounds
from detectors.comparing.interval import ANYTHING, Interval, normal_mixture
from detectors.summaries import FlagCounts

_HALVINGS = 32


def log_evidence(
    difference: float, baseline: FlagCounts, candidate: FlagCounts, alpha: float
) -> float:
    """Evidence (logarithm of an e-value) against the candidate's rate being so much higher.

    The likelihood of both rates over the largest that two rates with this difference have, which
    knows that counts of rare events are skewed, under a normal mixture
    (:func:`detectors.comparing.interval.normal_mixture`). Both arms have events.
    """
    rate = _likeliest_rate(difference, baseline, candidate)
    restricted = _log_likelihood(baseline, rate) + _log_likelihood(candidate, rate + difference)
    largest = sum(_log_likelihood(arm, arm.positive / arm.count) for arm in (baseline, candidate))
    events = min(baseline.count, candidate.count)
    return normal_mixture(max(largest - restricted, 0.0), events, alpha)


def _log_likelihood(arm: FlagCounts, rate: float) -> float:
    rate = min(max(rate, 0.0), 1.0)
    true, false = arm.positive, arm.count - arm.positive
    if (true and rate == 0) or (false and rate == 1):
        return float("-inf")
    return (true * log(rate) if true else 0.0) + (false * log1p(-rate) if false else 0.0)


def _likeliest_rate(difference: float, baseline: FlagCounts, candidate: FlagCounts) -> float:
    """The baseline's rate at which two rates with this difference are likeliest.

    The root of a cubic, after Miettinen and Nurminen (1985), Comparative analysis of two rates.
    """
    n, m = candidate.count, baseline.count
    first, second, theta = candidate.positive / n, baseline.positive / m, m / n
    a = 1 + theta
    b = -(1 + theta + first + theta * second + difference * (theta + 2))
    c = difference**2 + difference * (2 * first + theta + 1) + first + theta * second
    d = -first * difference * (1 + difference)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a * a) + d / (2 * a)
    u = copysign(sqrt(max((b / (3 * a)) ** 2 - c / (3 * a), 0.0)), v)
    angle = 0.0 if u == 0 else (pi + acos(min(max(v / u**3, -1.0), 1.0))) / 3
    rate = 2 * u * cos(angle) - b / (3 * a) - difference
    low, high = max(0.0, -difference), min(1.0, 1 - difference)
    # At the edges of what is possible a count of zero may stay, any other may not.
    return min(max(rate, low), high)


def rate_difference(
    baseline: FlagCounts, candidate: FlagCounts, alpha: float, *, dependent: bool = False
) -> Interval:
    """How much higher the candidate's rate is, with an error of ``alpha`` over all looks together.

    The error tends to ``alpha`` as the first look comes late: begin with a hundred events each.
    ``dependent`` arms (the same requests answered twice) have half the error each, by exact
    sequences of their own: that holds whatever they have in common.

    >>> low, high = rate_difference(FlagCounts(2000, 40), FlagCounts(2000, 120), alpha=0.05)
    >>> round(low, 3), round(high, 3)
    (0.022, 0.06)
    """
    if not baseline.count or not candidate.count:
        return ANYTHING
    if dependent:
        first = rate_bounds(baseline.positive, baseline.count, alpha / 2)
        second = rate_bounds(candidate.positive, candidate.count, alpha / 2)
        return Interval(second[0] - first[1], second[1] - first[0])
    limit = -log(alpha)
    middle = candidate.positive / candidate.count - baseline.positive / baseline.count

    def bound(far: float) -> float:
        near = middle
        if log_evidence(far, baseline, candidate, alpha) < limit:
            return far
        for _ in range(_HALVINGS):
            between = (near + far) / 2
            if log_evidence(between, baseline, candidate, alpha) < limit:
                near = between
            else:
                far = between
        return far

    return Interval(bound(-1.0), bound(1.0))
