"""The difference and the ratio of two quantiles at any time, from histograms.

Howard and Ramdas (2022), Sequential estimation of quantiles with applications to A/B testing and
best-arm identification: a quantile's evidence follows from the number of values below it. Bounds
of buckets stand for what they hold, so the intervals hold for the true values and are as much
wider as buckets are (4.4 % of the value, in all).
"""

from math import inf
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.comparing.beta_binomial import log_evidence_of_rank
from detectors.comparing.interval import ANYTHING, Interval
from detectors.summaries import Distribution

Numbers = NDArray[np.float64]


class _Bins(NamedTuple):
    """Where a quantile may be: ``lower..upper``, and the evidence against each place at least."""

    lower: Numbers
    upper: Numbers
    evidence: Numbers


def quantile_interval(summary: Distribution, q: float, alpha: float) -> Interval:
    """Where the quantile ``q`` lies, unbounded towards a side of which too little is known.

    >>> latency = Distribution.empty().observe([i / 1000 for i in range(1, 4001)])
    >>> low, high = quantile_interval(latency, 0.5, alpha=0.05)
    >>> 1.8 < low < 2.0 < high < 2.2
    True
    """
    bins = _bins(summary, q, alpha)
    possible = bins.evidence < -np.log(alpha)
    return Interval(float(bins.lower[possible].min()), float(bins.upper[possible].max()))


def quantile_comparison(
    baseline: Distribution,
    candidate: Distribution,
    q: float,
    alpha: float,
    *,
    by: Literal["difference", "ratio"] = "difference",
    dependent: bool = False,
) -> Interval:
    """How much higher the candidate's quantile is, or how many times the baseline's.

    Evidence of independent arms multiplies: a pair of values is possible unless both together
    speak against it. ``dependent`` arms have half the error each. A ratio is of values above zero;
    where the baseline's may not be, it is unbounded.
    """
    if not baseline.count or not candidate.count:
        return ANYTHING
    share = alpha / 2 if dependent else alpha
    first, second = _bins(baseline, q, share), _bins(candidate, q, share)
    limit = -np.log(share)
    if dependent:
        possible = (first.evidence[:, None] < limit) & (second.evidence[None, :] < limit)
    else:
        possible = first.evidence[:, None] + second.evidence[None, :] < limit
    rows, columns = possible.any(axis=1), possible.any(axis=0)
    if not rows.any():
        # Each arm's likeliest place is always possible but for rounding.
        return ANYTHING
    possible = possible[np.ix_(rows, columns)]
    a, b = (
        _Bins(*(each[chosen] for each in bins))
        for bins, chosen in ((first, rows), (second, columns))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        if by == "difference":
            low = b.lower[None, :] - a.upper[:, None]
            high = b.upper[None, :] - a.lower[:, None]
        else:
            if (a.lower <= 0).any():
                return ANYTHING
            low = b.lower[None, :] / a.upper[:, None]
            high = b.upper[None, :] / a.lower[:, None]
    return Interval(float(low[possible].min()), float(high[possible].max()))


def _bins(summary: Distribution, q: float, alpha: float) -> _Bins:
    """The histogram's bins, and what is beside and between them."""
    lower, upper, counts = summary.histogram()
    n = summary.count
    through = np.cumsum(counts)
    # The quantile itself counts as below or not where many values are equal: any number between
    # those below a bin and those through it is possible, the likeliest first.
    likeliest = np.clip(q * n, through - counts, through)
    inside = log_evidence_of_rank(likeliest, n, q, alpha)
    edges = log_evidence_of_rank(np.concatenate([[0], through]), n, q, alpha)
    return _Bins(
        np.concatenate([lower, [-inf], upper]),
        np.concatenate([upper, lower, [inf]]),
        np.concatenate([inside, edges]),
    )
