"""Where two summaries differ: the function whose mean over the events changed most."""

from collections.abc import Callable
from typing import Final

import numpy as np

from detectors.drift.counts import counts_by_name
from detectors.drift.distances import aligned, category_shares, counts_by_code
from detectors.summaries import CategoryCounts, Distribution, FlagCounts, Summary, VectorSum
from detectors.summaries.log_buckets import bucket_upper
from schemas.monitors.conditions import Any, Comparison, Condition

_MOST: Final = 5

Witness = Callable[[Summary], float]
"""The sum of a function over the events of a summary."""


def witness(before: Summary, now: Summary) -> Witness | None:
    """Sums the witness function of the difference over the events of any summary of the class.

    It is the function that an integral probability metric has its largest difference of means at
    (Sriperumbudur et al. 2012; Gretton et al. 2012): of numbers the indicator of the side of the
    point where Kolmogorov and Smirnov's distance lies, of categories that of the ones that grew
    (total variation), of flags that of the value that became more frequent, of vectors the position
    along the shift of the mean, in units of the spread before. Its mean over ``now`` less that over
    ``before`` is the distance, and sums over parts add up to the whole's exactly: a distance is
    decomposed by it.

    ``None`` where nothing differs, or the classes do.

    >>> found = witness(FlagCounts(10, 1), FlagCounts(10, 4))
    >>> found(FlagCounts(5, 3))
    3.0
    """
    match before, now:
        case FlagCounts(rate=float(was)), FlagCounts(rate=float(is_now)) if was != is_now:
            return lambda each: _flag(each, is_now > was)
        case Distribution(), Distribution():
            return _of_distributions(before, now)
        case CategoryCounts(), CategoryCounts():
            return _of_categories(before, now)
        case VectorSum(), VectorSum():
            return _of_vectors(before, now)
    return None


def grown_side(signal: str, before: Summary, now: Summary) -> Condition | None:
    """The events that the witness of a flag, number or category counts, where it counts events.

    A number's bound is rounded to four digits; of categories the five that grew most are told.
    ``None`` for vectors, and where :func:`witness` has none.

    >>> grown_side("cached", FlagCounts(10, 4), FlagCounts(10, 1))
    Comparison(name='cached', operator='=', value=False)
    """
    match before, now:
        case FlagCounts(rate=float(was)), FlagCounts(rate=float(is_now)) if was != is_now:
            return Comparison(name=signal, operator="=", value=is_now > was)
        case Distribution(), Distribution():
            return _side_of_numbers(signal, before, now)
        case CategoryCounts(), CategoryCounts():
            grew = [name for name in grown_categories(before, now) if name]
            equal = tuple(
                Comparison(name=signal, operator="=", value=name) for name in grew[:_MOST]
            )
            return Any(operands=equal) if len(equal) > 1 else next(iter(equal), None)
    return None


def grown_categories(before: CategoryCounts, now: CategoryCounts) -> list[str]:
    """Categories with a larger share than before, ``""`` for all others, most grown first."""
    found = category_shares(before, now)
    if found is None:
        return []
    names, was, is_now = found
    more = is_now - was
    return [names[place] for place in np.argsort(-more, kind="stable") if more[place] > 0]


def _side_of_numbers(signal: str, before: Distribution, now: Distribution) -> Condition | None:
    found = _split(before, now)
    if found is None:
        return None
    (sign, key), above = found
    # Negative buckets hold what is smallest in magnitude at their end, and not their end itself.
    end = float(sign * bucket_upper(np.array(sign * key - (sign < 0)))) if sign else 0.0
    if sign < 0:
        return Comparison(name=signal, operator=">=" if above else "<", value=float(f"{end:.4g}"))
    return Comparison(name=signal, operator=">" if above else "<=", value=float(f"{end:.4g}"))


def _flag(flag: Summary, value: bool) -> float:
    if not isinstance(flag, FlagCounts):
        return 0.0
    return float(flag.positive if value else flag.count - flag.positive)


def _split(before: Distribution, now: Distribution) -> tuple[tuple[int, int], bool] | None:
    """The last bucket before the point where both are furthest apart, and whether more is above."""
    both = aligned(before, now)
    if both is None:
        return None
    apart = np.cumsum(both.one - both.other)
    place = int(np.argmax(np.abs(apart)))
    return (both.codes[place], bool(apart[place] > 0)) if apart[place] else None


def _of_distributions(before: Distribution, now: Distribution) -> Witness | None:
    found = _split(before, now)
    if found is None:
        return None
    last, above = found

    def summed(each: Summary) -> float:
        if not isinstance(each, Distribution):
            return 0.0
        below = sum(count for code, count in counts_by_code(each).items() if code <= last)
        return float(each.count - below if above else below)

    return summed


def _of_categories(before: CategoryCounts, now: CategoryCounts) -> Witness | None:
    grew = set(grown_categories(before, now))
    if not grew:
        return None
    named = set(counts_by_name(before, now)[0])

    def summed(each: Summary) -> float:
        if not isinstance(each, CategoryCounts):
            return 0.0
        known = sum(count for name, count in each.counts.items() if name in grew)
        # What is not named is among the others, whatever a part with fewer categories calls it.
        others = each.count - sum(n for name, n in each.counts.items() if name in named)
        return float(known + (others if "" in grew else 0))

    return summed


def _of_vectors(before: VectorSum, now: VectorSum) -> Witness | None:
    mean, other = before.mean, now.mean
    if mean is None or other is None or len(mean) != len(other):
        return None
    shift = other - mean
    length = float(np.linalg.norm(shift))
    if not length:
        return None
    along = shift / length / (np.sqrt(before.variance or 0.0) or 1.0)

    def summed(each: Summary) -> float:
        if not isinstance(each, VectorSum) or each.mean is None or len(each.mean) != len(mean):
            return 0.0
        return float((each.mean - mean) @ along) * each.count

    return summed
