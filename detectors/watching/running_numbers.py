"""What bounds ask of the numbers in a sliding window, kept as time goes on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, isfinite, sqrt
from typing import Final

import msgspec
import numpy as np
from msgspec import Raw, Struct

from detectors.summaries import Distribution, decode_summary
from detectors.summaries.log_buckets import ZERO_FLOOR, bucket_index

_CLOSE: Final = 1e-9
"""Relative distance to a bucket's bound within which a value may be counted on either side."""

_ROUNDING: Final = 2.0**-50
"""Bound of the relative error of a sum, and of what was merged into its terms."""


class Undecided(Exception):
    """A value too close to a bound: the window's summary has to be asked."""


class Moments(Struct, array_like=True, tag="d"):
    """A :class:`Distribution`, read without its buckets."""

    count: int
    sum: float
    sum_squares: float


_decode_moments: Final = msgspec.msgpack.Decoder(Moments).decode


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a bound cuts the buckets: by magnitude, from ``low`` to ``high`` they may hold it.

    ``sign`` is the bound's; at 0 zeros may be on either side.
    """

    sign: int
    low: int
    high: int

    def beyond(self, numbers: Distribution) -> tuple[int, int]:
        """How many numbers are surely below the bound, and how many above."""
        if self.sign == 0:
            return sum(numbers.negative.values()), sum(numbers.positive.values())
        mine, others = numbers.positive, numbers.negative
        if self.sign < 0:
            mine, others = others, mine
        nearer, further = numbers.zeros + sum(others.values()), 0
        for key, count in mine.items():
            if key < self.low:
                nearer += count
            elif key > self.high:
                further += count
        return (nearer, further) if self.sign > 0 else (further, nearer)


def cut_of(bound: float) -> Cut | None:
    """The cut of a bound, ``None`` where buckets do not tell: next to 0 and far out.

    >>> cut_of(60.0).beyond(Distribution.empty().observe([-3, 0, 1, 60, 61, 80]))
    (3, 1)
    """
    if bound == 0:
        return Cut(0, 0, 0)
    edges = np.array([abs(bound) * (1 - _CLOSE), abs(bound) * (1 + _CLOSE)])
    if not isfinite(edges[1]) or edges[0] < 2 * ZERO_FLOOR:
        return None
    low, high = bucket_index(edges).tolist()
    return Cut(1 if bound > 0 else -1, low, high)


class Numbers:
    """How many numbers a window holds, their sum, and how many lie beyond bounds.

    Numbers are added and subtracted as they come and go. Counts are exact, at buckets' bounds
    (:mod:`detectors.summaries.log_buckets`); of the sum, ``error`` bounds what it may be off by.
    What is compared with a bound is decided where that is certain.
    """

    __slots__ = ("_beyond", "count", "error", "sum")

    def __init__(self) -> None:
        self.count = 0
        self.sum = 0.0
        self.error = 0.0
        self._beyond: dict[float, tuple[int, int]] = {}

    def add(
        self, numbers: Distribution | Moments, cuts: Mapping[float, Cut], sign: int = 1
    ) -> None:
        """Add numbers, or subtract them."""
        self.count += sign * numbers.count
        self.sum += sign * numbers.sum
        # At least the sum of magnitudes (Cauchy and Schwarz): terms may be of either sign.
        size = sqrt(numbers.count * numbers.sum_squares)
        self.error += _ROUNDING * (size + abs(self.sum))
        if cuts and isinstance(numbers, Distribution):
            for bound, cut in cuts.items():
                below, above = cut.beyond(numbers)
                mine = self._beyond.get(bound, (0, 0))
                self._beyond[bound] = mine[0] + sign * below, mine[1] + sign * above

    def anchor(self, whole: Distribution) -> None:
        """Take the sum from the window's summary."""
        if whole.count == self.count:
            self.sum = whole.sum
            self.error = _ROUNDING * 2**10 * sqrt(whole.count * whole.sum_squares)

    def side_of_quantile(self, q: float, bound: float) -> int:
        """-1 where the quantile is below the bound, 1 where it is above; 0 and 1 are the extremes.

        Raises :class:`Undecided` where it is in the bound's bucket.
        """
        below, above = self._beyond.get(bound, (0, 0))
        rank = max(1, ceil(q * self.count))
        if rank <= below:
            return -1
        if rank > self.count - above:
            return 1
        raise Undecided

    def side_of_sum(self, bound: float) -> int:
        """-1 where the sum is below the bound, 1 where it is above.

        Raises :class:`Undecided` where it is too close.
        """
        apart = self.sum - bound
        if apart > self.error:
            return 1
        if apart < -self.error:
            return -1
        raise Undecided


def numbers_of(raw: Raw, cuts: Mapping[float, Cut]) -> Distribution | Moments | None:
    """What is to be added of an encoded summary; ``None`` where it is none of numbers."""
    if cuts:
        summary = decode_summary(raw)
        return summary if isinstance(summary, Distribution) else None
    try:
        return _decode_moments(raw)
    except msgspec.ValidationError:
        return None


def cuts_of(bounds: Iterable[float]) -> dict[float, Cut]:
    """The cuts of bounds that buckets tell of."""
    return {bound: cut for bound in bounds if (cut := cut_of(bound)) is not None}
