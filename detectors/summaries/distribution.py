"""Summary of numbers: moments, extremes and a histogram with bounded relative error."""

from math import ceil, floor, inf
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from detectors.summaries.log_buckets import (
    ZERO_FLOOR,
    bucket_index,
    bucket_upper,
    bucket_value,
)
from detectors.summaries.values import Values, add_counts, known_numbers


class Histogram(NamedTuple):
    """Ascending bins ``(lower, upper]`` and how many values each holds."""

    lower: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]


class Distribution(Struct, frozen=True, array_like=True, tag="d", gc=False):
    """Moments and log-bucketed histogram of finite numbers.

    Merges exactly, but for the rounding of the sums. ``positive`` and ``negative`` count by bucket
    of the magnitude (:mod:`detectors.summaries.log_buckets`), ``zeros`` what lies below the zero
    floor; ``integral`` says whether all values are whole numbers. ``minimum`` is infinite and
    ``maximum`` negatively infinite where ``count`` is 0.

    In SQL: ``sum`` of ``count``, ``sum``, ``sum_squares`` and ``zeros``, ``min(minimum)``,
    ``max(maximum)``, ``sumMap`` of ``positive`` and ``negative`` (``Map(Int16, UInt64)``). The
    quantile ``q`` of values that are not negative is the first bucket whose cumulative count
    reaches ``q * count``::

        WITH sumMap(positive) AS buckets, sum(zeros) AS below, sum(count) AS n,
             arraySort(mapKeys(buckets)) AS keys,
             arrayCumSum(arrayMap(k -> buckets[k], keys)) AS reached,
             arrayFirstIndex(c -> below + c >= greatest(1, ceil(q * n)), reached) AS i
        SELECT if(i = 0 OR below >= ceil(q * n), 0, 0.9783425 * exp2((keys[i] + 1) / 16))

    >>> latency = Distribution.empty().observe([0.2, 0.4, None, 1.5])
    >>> latency.count, round(latency.mean, 3), latency.maximum
    (3, 0.7, 1.5)
    """

    count: int
    sum: float
    sum_squares: float
    minimum: float
    maximum: float
    integral: bool
    zeros: int
    positive: dict[int, int]
    negative: dict[int, int]

    @classmethod
    def empty(cls) -> "Distribution":
        """No observation: the identity of :meth:`merge`."""
        return cls(0, 0.0, 0.0, inf, -inf, True, 0, {}, {})

    def observe(self, values: Values) -> "Distribution":
        """These numbers too; null, NaN and infinities are ignored."""
        numbers = known_numbers(values)
        if not len(numbers):
            return self
        with np.errstate(over="ignore"):
            squares = float(np.square(numbers).sum())
            total = float(numbers.sum())
        above, below = numbers[numbers >= ZERO_FLOOR], -numbers[numbers <= -ZERO_FLOOR]
        return self.merge(
            Distribution(
                count=len(numbers),
                sum=total,
                sum_squares=squares,
                minimum=float(numbers.min()),
                maximum=float(numbers.max()),
                integral=bool((numbers == np.rint(numbers)).all()),
                zeros=len(numbers) - len(above) - len(below),
                positive=_by_bucket(above),
                negative=_by_bucket(below),
            )
        )

    def merge(self, other: "Distribution") -> "Distribution":
        """Both together."""
        return Distribution(
            count=self.count + other.count,
            sum=self.sum + other.sum,
            sum_squares=self.sum_squares + other.sum_squares,
            minimum=min(self.minimum, other.minimum),
            maximum=max(self.maximum, other.maximum),
            integral=self.integral and other.integral,
            zeros=self.zeros + other.zeros,
            positive=add_counts(self.positive, other.positive),
            negative=add_counts(self.negative, other.negative),
        )

    @property
    def mean(self) -> float | None:
        """Arithmetic mean, ``None`` of nothing."""
        if self.count == 0:
            return None
        return min(max(self.sum / self.count, self.minimum), self.maximum)

    @property
    def variance(self) -> float | None:
        """Population variance, ``None`` of nothing.

        From the sum of squares: its relative error grows with ``(mean / deviation) ** 2`` times
        float64's rounding.
        """
        if self.count == 0:
            return None
        mean = self.sum / self.count
        return max(self.sum_squares / self.count - mean * mean, 0.0)

    def quantile(self, q: float) -> float | None:
        """The smallest value with at least ``q`` of all values at or below it, ``None`` of nothing.

        Within 2.2 % of the true order statistic (:data:`log_buckets.RELATIVE_ERROR`); exact at the
        extremes, for zero, and in whole numbers for those that have a bucket to themselves (all up
        to 22, some up to 45). Magnitudes below the zero floor are taken for 0.

        Raises ``ValueError`` when ``q`` is outside 0..1.
        """
        if not 0 <= q <= 1:
            raise ValueError(f"quantile {q} is outside 0..1")
        if self.count == 0:
            return None
        rank = max(1, ceil(q * self.count))
        if rank == 1:
            return self.minimum
        if rank >= self.count:
            return self.maximum
        return min(max(self._value_at(rank), self.minimum), self.maximum)

    def histogram(self) -> Histogram:
        """The values in ascending bins, clipped to the extremes.

        All values of a bin ``(lower, upper]`` lie in it; the first bin includes its lower bound.
        """
        keys = sorted(self.negative, reverse=True)
        lower = [-bucket_upper(np.array(keys, np.int64))]
        upper = [-bucket_upper(np.array(keys, np.int64) - 1)]
        counts = [self.negative[key] for key in keys]
        if self.zeros:
            lower.append(np.array([-ZERO_FLOOR]))
            upper.append(np.array([ZERO_FLOOR]))
            counts.append(self.zeros)
        keys = sorted(self.positive)
        lower.append(bucket_upper(np.array(keys, np.int64) - 1))
        upper.append(bucket_upper(np.array(keys, np.int64)))
        counts += [self.positive[key] for key in keys]
        return Histogram(
            np.clip(np.concatenate(lower), self.minimum, self.maximum),
            np.clip(np.concatenate(upper), self.minimum, self.maximum),
            np.array(counts, np.int64),
        )

    def count_at_most(self, x: float) -> tuple[int, int]:
        """The least and the largest number of values that can be ``<= x``.

        They differ by what ``x``'s bucket holds, and are equal at bucket bounds and beyond the
        extremes.
        """
        if x >= self.maximum:
            return self.count, self.count
        if x < self.minimum:
            return 0, 0
        lower, upper, counts = self.histogram()
        return int(counts[upper <= x].sum()), int(counts[lower <= x].sum())

    def cdf(self, x: float) -> float | None:
        """Share of values ``<= x``, ``None`` of nothing; evenly spread within ``x``'s bucket."""
        if self.count == 0:
            return None
        least, most = self.count_at_most(x)
        if least == most:
            return least / self.count
        lower, upper, counts = self.histogram()
        split = (lower <= x) & (x < upper)
        low, high = lower[split], upper[split]
        if self.integral:
            inside = (floor(x) - np.ceil(low) + 1) / (np.floor(high) - np.ceil(low) + 1)
        else:
            inside = (x - low) / (high - low)
        return float((least + (counts[split] * np.clip(inside, 0, 1)).sum()) / self.count)

    def _value_at(self, rank: int) -> float:
        """The value of the bucket that holds the observation of this rank, from 1."""
        seen = 0
        for key in sorted(self.negative, reverse=True):
            seen += self.negative[key]
            if seen >= rank:
                return -self._bucket_value(key)
        if seen + self.zeros >= rank:
            return 0.0
        seen += self.zeros
        for key in sorted(self.positive):
            seen += self.positive[key]
            if seen >= rank:
                return self._bucket_value(key)
        return self.maximum

    def _bucket_value(self, key: int) -> float:
        value = bucket_value(key)
        if self.integral and value < 64:
            lower, upper = bucket_upper(np.array([key - 1, key]))
            if floor(upper) - floor(lower) == 1:
                return float(floor(upper))
        return value


def _by_bucket(magnitudes: npt.NDArray[np.float64]) -> dict[int, int]:
    keys, counts = np.unique(bucket_index(magnitudes), return_counts=True)
    return dict(zip(keys.tolist(), counts.tolist(), strict=True))
