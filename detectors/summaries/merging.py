"""Merging many summaries of one class at once."""

from collections.abc import Sequence
from functools import reduce
from itertools import chain
from typing import Final, TypeGuard, TypeVar

import numpy as np

from detectors.summaries.distribution import Distribution
from detectors.summaries.flag_counts import FlagCounts
from detectors.summaries.summary import Summary, merge_summaries

S = TypeVar("S", FlagCounts, Distribution)

_MANY: Final = 300
"""Buckets above which they are added up as arrays."""

_WIDEST: Final = 2**16
"""More buckets than finite numbers have."""

_MOST: Final = 2**63 - 1
"""The largest count of an array."""


def merge_alike(parts: Sequence[Summary]) -> Summary:
    """All together, as merging one after the other gives it; at least one part.

    Flags and distributions are added up in one pass: one after the other copies all buckets each
    time. Raises ``TypeError`` when they are of different classes.

    >>> merge_alike([FlagCounts(1, 0), FlagCounts(2, 1), FlagCounts(3, 3)])
    FlagCounts(count=6, positive=4)
    """
    if len(parts) == 1:
        return parts[0]
    if _are(parts, FlagCounts):
        return _flags(parts)
    if _are(parts, Distribution):
        return _distributions(parts)
    return reduce(merge_summaries, parts)


def _are(parts: Sequence[Summary], kind: type[S]) -> TypeGuard[Sequence[S]]:
    return type(parts[0]) is kind and set(map(type, parts)) == {kind}


def _flags(parts: Sequence[FlagCounts]) -> FlagCounts:
    count = positive = 0
    for part in parts:
        count += part.count
        positive += part.positive
    return FlagCounts(count, positive)


def _distributions(parts: Sequence[Distribution]) -> Distribution:
    first = parts[0]
    count, total, squares, zeros = 0, 0.0, 0.0, 0
    minimum, maximum, integral = first.minimum, first.maximum, True
    for part in parts:
        count += part.count
        total += part.sum
        squares += part.sum_squares
        zeros += part.zeros
        minimum = min(minimum, part.minimum)
        maximum = max(maximum, part.maximum)
        integral = integral and part.integral
    return Distribution(
        count,
        total,
        squares,
        minimum,
        maximum,
        integral,
        zeros,
        _buckets([part.positive for part in parts]),
        _buckets([part.negative for part in parts]),
    )


def _buckets(parts: Sequence[dict[int, int]]) -> dict[int, int]:
    """Counts of all by bucket."""
    size = sum(map(len, parts))
    if size > _MANY:
        try:
            return _many_buckets(parts, size)
        except OverflowError:
            pass
    merged = parts[0].copy()
    if size > len(merged):
        for part in parts[1:]:
            for key, count in part.items():
                merged[key] = merged.get(key, 0) + count
    return merged


def _many_buckets(parts: Sequence[dict[int, int]], size: int) -> dict[int, int]:
    """The same in arrays. Raises ``OverflowError`` for buckets that no number is in."""
    keys = np.fromiter(chain.from_iterable(parts), np.int64, size)
    counts = np.fromiter(chain.from_iterable(part.values() for part in parts), np.int64, size)
    lowest, width = int(keys.min()), int(np.ptp(keys)) + 1
    if not 0 < width <= _WIDEST or counts.max() > _MOST // size:
        raise OverflowError
    together = np.zeros(width, np.int64)
    np.add.at(together, keys - lowest, counts)
    found = np.flatnonzero(together)
    return dict(zip((found + lowest).tolist(), together[found].tolist(), strict=True))
