"""Tests on counts: rates of flags, and categories."""

from dataclasses import dataclass
from math import asin, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, chdtrc

from detectors.summaries import CategoryCounts, FlagCounts, Summary
from detectors.summaries.flag_counts import Z_95


@dataclass(frozen=True, slots=True)
class RateShift:
    """How a rate differs: now less before, with its 95 % interval, Cohen's h and a p-value."""

    difference: float
    low: float
    high: float
    effect: float
    p_value: float


def rate_shift(before: FlagCounts, now: FlagCounts) -> RateShift | None:
    """Compare two rates; ``None`` where one is not known.

    The interval is Newcombe's hybrid of two Wilson intervals (1998, method 10), the p-value that of
    Fisher's exact test, the effect Cohen's h (1988), the difference of arcsines.
    """
    # Only where it is needed: scipy.stats takes a second to import.
    from scipy.stats import fisher_exact  # noqa: PLC0415

    if not before.count or not now.count:
        return None
    one, other = before.positive / before.count, now.positive / now.count
    (low_1, high_1), (low_2, high_2) = before.interval(Z_95), now.interval(Z_95)
    difference = other - one
    table = [[f.positive, f.count - f.positive] for f in (before, now)]
    return RateShift(
        difference,
        difference - sqrt((other - low_2) ** 2 + (high_1 - one) ** 2),
        difference + sqrt((high_2 - other) ** 2 + (one - low_1) ** 2),
        cohens_h(one, other),
        float(fisher_exact(table).pvalue),
    )


def cohens_h(before: float, now: float) -> float:
    """Effect size of two rates: 0.2 is small, 0.5 medium, 0.8 large (Cohen 1988).

    >>> round(cohens_h(0.005, 0.03), 2), round(cohens_h(0.5, 0.55), 2)
    (0.21, 0.1)
    """
    return 2 * asin(sqrt(now)) - 2 * asin(sqrt(before))


def chance_beyond(flag: FlagCounts, rate: float, *, more: bool) -> float:
    """How probable as many true values (with ``more``; else as few) are at a known rate: exact.

    The one-sided binomial test, 1 of nothing.

    >>> round(chance_beyond(FlagCounts(20, 8), 0.1, more=True), 5)
    0.00042
    """
    n, k = flag.count, flag.positive
    if n == 0 or (more and k == 0):
        return 1.0
    return float(bdtrc(k - 1, n, rate) if more else bdtr(k, n, rate))


def known_count(summary: Summary | None) -> int:
    """How many values a summary is of; 0 of none."""
    return int(getattr(summary, "count", 0) or 0)


def missing(events: int, known: int) -> FlagCounts:
    """Events and how many of them lack a signal."""
    return FlagCounts(events, max(events - known, 0))


@dataclass(frozen=True, slots=True)
class CategoryShift:
    """How categories differ: likelihood-ratio test, and values that came or went."""

    statistic: float
    degrees: int
    p_value: float
    new: tuple[str, ...]
    vanished: tuple[str, ...]


def counts_by_name(
    one: CategoryCounts, other: CategoryCounts
) -> tuple[list[str], NDArray[np.float64]]:
    """Names, the last ``""`` for all the rest, and both sides' counts of each in a row.

    Where a side has more categories than it names, only those that both would name are: else one
    that is named on one side alone would seem to be new, or to have vanished.

    >>> names, counts = counts_by_name(CategoryCounts({"x": 1}, 0), CategoryCounts({"y": 2}, 0))
    >>> names, counts.tolist()
    (['x', 'y', ''], [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    """
    limited = one.other or other.other
    known = one.merge(other).counts.keys() if limited else one.counts.keys() | other.counts.keys()
    names = sorted(known)
    rows = [[side.counts.get(name, 0) for name in names] for side in (one, other)]
    rest = [side.count - sum(row) for side, row in zip((one, other), rows, strict=True)]
    return [*names, ""], np.array([[*row, n] for row, n in zip(rows, rest, strict=True)], float)


def g_test(before: CategoryCounts, now: CategoryCounts) -> CategoryShift | None:
    """The G-test of homogeneity (Woolf 1957) of two sets of counts; ``None`` where one is empty.

    ``new`` values were never seen before; ``vanished`` ones were expected at least five times now
    and are not there. Both by falling count.
    """
    if not before.count or not now.count:
        return None
    names, counts = counts_by_name(before, now)
    table = counts[:, counts.sum(axis=0) > 0]
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    some = table > 0
    statistic = float(2 * (table[some] * np.log(table[some] / expected[some])).sum())
    degrees = table.shape[1] - 1
    scale = now.count / before.count
    new = [name for name in names if name and name not in before.counts and not before.other]
    gone = [n for n in names if n not in now.counts and before.counts.get(n, 0) * scale >= 5]
    return CategoryShift(
        statistic,
        degrees,
        float(chdtrc(degrees, statistic)) if degrees else 1.0,
        tuple(sorted(new, key=lambda name: (-now.counts[name], name))),
        tuple(sorted(gone, key=lambda name: (-before.counts[name], name))),
    )
