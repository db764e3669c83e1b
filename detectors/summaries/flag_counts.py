"""Summary of a flag: how often known, how often true."""

from math import sqrt

import polars as pl
from msgspec import Struct

from detectors.summaries.values import Values, known

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the standard normal distribution."""


class FlagCounts(Struct, frozen=True, array_like=True, tag="f", gc=False):
    """Counts of a flag's known and true values. Merges exactly.

    In SQL: ``sum(count)``, ``sum(positive)``; the rate is ``sum(positive) / sum(count)``, never a
    mean of rates.

    >>> flags = FlagCounts.empty().observe([True, False, None, True])
    >>> flags.merge(FlagCounts(count=1, positive=0))
    FlagCounts(count=4, positive=2)
    """

    count: int
    positive: int

    @classmethod
    def empty(cls) -> "FlagCounts":
        """No observation: the identity of :meth:`merge`."""
        return cls(count=0, positive=0)

    def observe(self, values: Values) -> "FlagCounts":
        """These flags too; those not known are ignored."""
        flags = known(values, pl.Boolean)
        return FlagCounts(self.count + len(flags), self.positive + int(flags.sum()))

    def merge(self, other: "FlagCounts") -> "FlagCounts":
        """Both together."""
        return FlagCounts(self.count + other.count, self.positive + other.positive)

    @property
    def rate(self) -> float | None:
        """Share of true among the known, ``None`` when nothing is known."""
        return self.positive / self.count if self.count else None

    def interval(self, z: float = Z_95) -> tuple[float, float]:
        """Wilson's score interval of the rate (Wilson 1927); 0..1 when nothing is known.

        ``z`` is the normal quantile, 1.96 for 95 %.

        >>> low, high = FlagCounts(count=100, positive=10).interval()
        >>> round(low, 4), round(high, 4)
        (0.0552, 0.1744)
        """
        n = self.count
        if n == 0:
            return 0.0, 1.0
        rate = self.positive / n
        centre = rate + z * z / (2 * n)
        half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
        scale = 1 + z * z / n
        low = 0.0 if self.positive == 0 else (centre - half) / scale
        high = 1.0 if self.positive == n else (centre + half) / scale
        return low, high
