"""The difference of two rates at any time, from counts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.comparing.beta_binomial import log_likelihood, rate_bounds
from detectors.comparing.interval import ANYTHING, Interval, normal_mixture
from detectors.summaries import FlagCounts


def log_evidence(
    difference: Any,
    baseline_true: Any,
    baseline: Any,
    candidate_true: Any,
    candidate: Any,
    alpha: float,
) -> NDArray[np.float64]:
    """Evidence (logarithm of an e-value) against the candidate's rate being so much higher.

    The likelihood of both rates over the largest that two rates with this difference have, which
    knows that counts of rare events are skewed, under a normal mixture
    (:func:`detectors.comparing.interval.normal_mixture`). Arrays broadcast.
    """
    counts = (baseline_true, baseline, candidate_true, candidate)
    difference, a, n, b, m = (np.asarray(each, np.float64) for each in (difference, *counts))
    rate = _likeliest_rate(difference, a, n, b, m)
    restricted = log_likelihood(a, n - a, rate) + log_likelihood(
        b, m - b, np.clip(rate + difference, 0, 1)
    )
    largest = log_likelihood(a, n - a, a / n) + log_likelihood(b, m - b, b / m)
    return normal_mixture(largest - restricted, np.minimum(n, m), alpha)


def _likeliest_rate(
    difference: NDArray[np.float64],
    a: NDArray[np.float64],
    n: NDArray[np.float64],
    b: NDArray[np.float64],
    m: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The baseline's rate at which two rates with this difference are likeliest.

    Where the derivative, which falls, is zero: found by halving, robust at the edges where the
    closed solution of the cubic (Miettinen and Nurminen 1985) loses its digits.
    """
    low = np.maximum(0.0, -difference) * np.ones_like(a + n + b + m)
    high = np.minimum(1.0, 1 - difference) * np.ones_like(low)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(45):
            rate = (low + high) / 2
            other = rate + difference
            rising = _ratio(a, rate) + _ratio(b, other) > _ratio(n - a, 1 - rate) + _ratio(
                m - b, 1 - other
            )
            low, high = np.where(rising, rate, low), np.where(rising, high, rate)
    return (low + high) / 2


def _ratio(count: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(count > 0, count / np.maximum(share, 1e-300), 0.0)


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
    counts = (baseline.positive, baseline.count, candidate.positive, candidate.count)
    limit = -np.log(alpha)
    middle = candidate.positive / candidate.count - baseline.positive / baseline.count
    near, far = np.array([middle, middle]), np.array([-1.0, 1.0])
    open_ended = log_evidence(far, *counts, alpha) < limit
    for _ in range(45):
        between = (near + far) / 2
        inside = log_evidence(between, *counts, alpha) < limit
        near, far = np.where(inside, between, near), np.where(inside, far, between)
    low, high = np.where(open_ended, [-1.0, 1.0], far)
    return Interval(float(low), float(high))
