"""Distances of two distributions or two sets of category counts, from their summaries.

Distributions are known by bucket (:mod:`detectors.summaries.log_buckets`), and each distance says
how far it can be from that of the raw values. All are ``None`` where a side has no values.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.drift.counts import counts_by_name
from detectors.summaries import CategoryCounts, Distribution
from detectors.summaries.log_buckets import bucket_value

Floats = NDArray[np.float64]

_FLOOR = 1e-4
"""Least share in PSI: a bin that is empty on one side would make it infinite."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """Shares of both sides over the same ascending points; ``values`` are the points.

    ``codes`` are their buckets (:func:`counts_by_code`).
    """

    codes: list[tuple[int, int]]
    values: Floats
    one: Floats
    other: Floats


def aligned(one: Distribution, other: Distribution) -> Aligned | None:
    """Both distributions over all buckets that either has."""
    if not one.count or not other.count:
        return None
    counts, others = counts_by_code(one), counts_by_code(other)
    codes = sorted(counts.keys() | others.keys())
    return Aligned(
        codes,
        np.array([_value(code) for code in codes]),
        np.array([counts.get(code, 0) for code in codes]) / one.count,
        np.array([others.get(code, 0) for code in codes]) / other.count,
    )


def counts_by_code(distribution: Distribution) -> dict[tuple[int, int], int]:
    """Counts by a code that sorts as the values do."""
    codes = {(-1, -key): count for key, count in distribution.negative.items()}
    if distribution.zeros:
        codes[0, 0] = distribution.zeros
    return codes | {(1, key): count for key, count in distribution.positive.items()}


def _value(code: tuple[int, int]) -> float:
    sign, key = code
    return sign * bucket_value(sign * key)


def kolmogorov_smirnov(one: Distribution, other: Distribution) -> float | None:
    """Largest difference of the two distribution functions, 0..1.

    Taken at bucket bounds: the raw values' is at least this, and larger by at most the largest
    share that a bucket has on either side.

    >>> a, b = (Distribution.empty().observe(v) for v in ([1, 2, 3, 4], [3, 4, 5, 6]))
    >>> kolmogorov_smirnov(a, b)
    0.5
    """
    both = aligned(one, other)
    if both is None:
        return None
    return float(np.abs(np.cumsum(both.one - both.other)).max())


def wasserstein(one: Distribution, other: Distribution) -> float | None:
    """Earth mover's distance W1, in the signal's unit.

    Within ``RELATIVE_ERROR`` (2.2 %) of the raw values', times the sum of both mean magnitudes.

    >>> a, b = (Distribution.empty().observe(v) for v in ([1, 1], [2, 2]))
    >>> round(wasserstein(a, b), 1)
    1.0
    """
    both = aligned(one, other)
    if both is None:
        return None
    apart = np.abs(np.cumsum(both.one - both.other))[:-1]
    return float(apart @ np.diff(both.values))


def standardised_wasserstein(one: Distribution, other: Distribution) -> float | None:
    """:func:`wasserstein` in standard deviations of ``one``, the reference.

    ``None`` also where the reference is constant.
    """
    distance, variance = wasserstein(one, other), one.variance
    if distance is None or not variance:
        return None
    return distance / float(np.sqrt(variance))


def jensen_shannon(one: Floats, other: Floats) -> float:
    """Jensen-Shannon distance of two sets of shares, 0..1: the root of the divergence in bits.

    Lin (1991). The distance of bucketed values is at most that of the raw ones.

    >>> jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    1.0
    """
    middle = (one + other) / 2
    divergence = (_relative_entropy(one, middle) + _relative_entropy(other, middle)) / 2
    return float(np.sqrt(max(divergence, 0.0)))


def _relative_entropy(p: Floats, q: Floats) -> float:
    known = p > 0
    return float((p[known] * np.log2(p[known] / q[known])).sum())


def population_stability(one: Floats, other: Floats) -> float:
    """Population stability index of two sets of shares; shares below 1e-4 count as that.

    >>> round(population_stability(np.array([0.5, 0.5]), np.array([0.4, 0.6])), 3)
    0.041
    """
    p, q = np.maximum(one, _FLOOR), np.maximum(other, _FLOOR)
    return float(((q - p) * np.log(q / p)).sum())


def stability_of_distributions(
    one: Distribution, other: Distribution, bins: int = 10
) -> float | None:
    """:func:`population_stability` over bins of about equal share of ``one``, cut at buckets."""
    both = aligned(one, other)
    if both is None:
        return None
    before = np.cumsum(both.one) - both.one
    bin_of = np.minimum((before * bins + 1e-9).astype(np.int64), bins - 1)
    shares = [np.bincount(bin_of, side).astype(np.float64) for side in (both.one, both.other)]
    present = np.bincount(bin_of) > 0
    return population_stability(shares[0][present], shares[1][present])


def category_shares(
    one: CategoryCounts, other: CategoryCounts
) -> tuple[list[str], Floats, Floats] | None:
    """Names (``""`` for all that are not named on both sides) and both sides' shares."""
    if not one.count or not other.count:
        return None
    names, counts = counts_by_name(one, other)
    return names, counts[0] / one.count, counts[1] / other.count


def total_variation(one: CategoryCounts, other: CategoryCounts) -> float | None:
    """The share of events that would have to change their category, 0..1.

    >>> a, b = CategoryCounts({"x": 1, "y": 1}, 0), CategoryCounts({"x": 1}, 0)
    >>> total_variation(a, b)
    0.5
    """
    found = category_shares(one, other)
    return None if found is None else float(np.abs(found[1] - found[2]).sum() / 2)
