"""A drift in words: what it was, what it is, and by how much."""

from collections.abc import Sequence
from math import exp
from typing import Final

import numpy as np

from detectors.drift.baseline import Finding
from detectors.drift.counts import g_test, rate_shift
from detectors.drift.distances import (
    aligned,
    category_shares,
    jensen_shannon,
    kolmogorov_smirnov,
    population_stability,
    stability_of_distributions,
    standardised_wasserstein,
    wasserstein,
)
from detectors.drift.record_reading import Span
from detectors.summaries import CategoryCounts, Distribution, FlagCounts, Summary
from detectors.watching.wording import duration, moment
from schemas.quantity_words import percent, plain, points, quantity

_MOST: Final = 3
_YEAR: Final = 365 * 86400


def change(finding: Finding, unit: str, *, lacking: bool) -> str:
    """What was and what is: ``median 1.2 s (was 0.8 s)``."""
    words = describe(finding.before, finding.now, unit)
    if not words:
        return f"moved by {plain(finding.effect)} of its spread"
    return f"missing in {words}" if lacking else words


def describe(one: Summary, other: Summary, unit: str = "1") -> str:
    """What was and what is, of two summaries; empty where words say nothing.

    >>> describe(FlagCounts(100, 1), FlagCounts(100, 5))
    '5 % (was 1 %)'
    """
    match one, other:
        case FlagCounts() as before, FlagCounts() as now:
            return f"{percent(now.rate or 0.0)} (was {percent(before.rate or 0.0)})"
        case Distribution() as before, Distribution() as now:
            pairs = (
                (f"{name} {quantity(_at(now, q), unit)} (was {quantity(_at(before, q), unit)})")
                for name, q in (("median", 0.5), ("95 %", 0.95))
            )
            return ", ".join(pairs)
        case CategoryCounts() as before, CategoryCounts() as now:
            return moved(before, now)
    return ""


def moved(before: CategoryCounts, now: CategoryCounts) -> str:
    """The two categories that grew most, and the one that shrank most.

    Where many grow a little, the ones that shrink change more, each, and say less.

    >>> before, now = ({"bills": 90, "tax": 10}, {"bills": 60, "tax": 10, "travel": 20, "food": 10})
    >>> moved(CategoryCounts(before, 0), CategoryCounts(now, 0))
    'travel 20 % (was 0 %), food 10 % (was 0 %), bills 60 % (was 90 %)'
    """
    found = category_shares(before, now)
    if found is None:
        return ""
    names, was, is_now = found
    by_growth = np.argsort(was - is_now, kind="stable")
    order = dict.fromkeys([*by_growth[: _MOST - 1], by_growth[-1]])
    return ", ".join(
        f"{names[place] or 'others'} {percent(float(is_now[place]))}"
        f" (was {percent(float(was[place]))})"
        for place in order
        if is_now[place] != was[place]
    )


def statistics(finding: Finding, unit: str) -> str:
    """The distances, for who wants to know exactly."""
    match finding.before, finding.now:
        case FlagCounts() as before, FlagCounts() as now:
            shift = rate_shift(before, now)
            if shift is None:
                return ""
            return (
                f"Difference {points(shift.difference)}, 95 % interval {points(shift.low)} to "
                f"{points(shift.high)}, Cohen's h {plain(shift.effect)}."
            )
        case Distribution() as before, Distribution() as now:
            return _of_distributions(before, now, unit)
        case CategoryCounts() as before, CategoryCounts() as now:
            return _of_categories(before, now)
    return f"Standardised shift of the mean {plain(finding.effect)}."


def chance(log_rate: float, past: int) -> str:
    """How often chance alone does as much, told from a reference of so many seconds.

    What is rarer than once in the reference was never seen there: it is extrapolated, and said so.

    >>> chance(-8.1888, past=7200)
    'By chance so much is seen once in 1 h.'
    >>> chance(-13.669329, past=57600)
    'By chance so much is seen once in 10 d, extrapolated from a reference of 16 h.'
    """
    seconds = exp(min(-log_rate, 40.0))
    if seconds > 1000 * _YEAR:
        often = "less than once in 1000 years"
    elif seconds > _YEAR:
        often = f"once in {seconds / _YEAR:.0f} years"
    else:
        often = f"once in {duration(seconds)}"
    known = "" if seconds <= past else f", extrapolated from a reference of {duration(past)}"
    return f"By chance so much is seen {often}{known}."


def without(left_out: Sequence[Span]) -> str:
    """What is not in the reference, in a sentence; empty where nothing was left out.

    >>> without([(1_772_421_000, 1_772_421_600)])
    'It is without 2026-03-02 03:10 to 03:20, which stood out itself.'
    """
    if not left_out:
        return ""
    times = []
    for begin, end in left_out:
        date, time = moment(end).split()
        times.append(
            f"{moment(begin)} to {time if moment(begin).startswith(date) else moment(end)}"
        )
    itself = "itself" if len(times) == 1 else "themselves"
    return f"It is without {' and '.join(times)}, which stood out {itself}."


def _at(distribution: Distribution, q: float) -> float:
    return distribution.quantile(q) or 0.0


def _of_distributions(before: Distribution, now: Distribution, unit: str) -> str:
    both = aligned(before, now)
    if both is None:
        return ""
    spread = standardised_wasserstein(before, now)
    return (
        f"Kolmogorov-Smirnov {plain(kolmogorov_smirnov(before, now) or 0.0)}, "
        f"Wasserstein {quantity(wasserstein(before, now) or 0.0, unit)}"
        + (f" ({plain(spread)} standard deviations)" if spread is not None else "")
        + f", PSI {plain(stability_of_distributions(before, now) or 0.0)}, "
        f"Jensen-Shannon {plain(jensen_shannon(both.one, both.other))}."
    )


def _of_categories(before: CategoryCounts, now: CategoryCounts) -> str:
    found, test = category_shares(before, now), g_test(before, now)
    if found is None or test is None:
        return ""
    words = (
        f"G {plain(test.statistic)} at {test.degrees} degrees of freedom, "
        f"PSI {plain(population_stability(found[1], found[2]))}, "
        f"Jensen-Shannon {plain(jensen_shannon(found[1], found[2]))}."
    )
    if test.new:
        words += f" New: {', '.join(test.new[:_MOST])}."
    if test.vanished:
        words += f" Gone: {', '.join(test.vanished[:_MOST])}."
    return words
