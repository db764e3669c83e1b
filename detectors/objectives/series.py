"""Counts of an objective over time: what budgets, burn rates and forecasts are computed from."""

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray


class Series(Struct, frozen=True, kw_only=True):
    """Stretches of time, ascending and apart: their begins and ends, and what was counted there.

    Times in seconds since the epoch; ``bad`` may be a fraction where slices count by their share.
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    counted: NDArray[np.float64]
    bad: NDArray[np.float64]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, float, float]]) -> "Series":
        """From (begin, end, counted, bad).

        >>> hours = Series.of([(0, 3600, 10, 1), (3600, 7200, 20, 4)])
        >>> hours.between(0, 7200), hours.between(3600, 7200)
        ((30.0, 5.0), (20.0, 4.0))
        """
        found = sorted(rows)
        columns = list(zip(*found, strict=True)) or [(), (), (), ()]
        return cls(
            begin=np.array(columns[0], np.int64),
            end=np.array(columns[1], np.int64),
            counted=np.array(columns[2], np.float64),
            bad=np.array(columns[3], np.float64),
        )

    def between(self, begin: float, end: float) -> tuple[float, float]:
        """Counted and bad of the stretches that begin in ``[begin, end)``.

        A stretch that ``begin`` cuts is left out: it is the finer ones near the end that decide.
        """
        inside = (self.begin >= begin) & (self.begin < end)
        return float(self.counted[inside].sum()), float(self.bad[inside].sum())

    def hourly(self, begin: int, end: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Counted and bad of every hour from ``begin`` to ``end``, the last one ending there."""
        hours = max(int(np.ceil((end - begin) / 3600)), 0)
        inside = (self.begin >= begin) & (self.begin < end)
        index = hours - 1 - (end - 1 - self.begin[inside]) // 3600
        return (
            np.bincount(index, self.counted[inside], hours).astype(np.float64),
            np.bincount(index, self.bad[inside], hours).astype(np.float64),
        )

    @property
    def first(self) -> int | None:
        """When the first stretch begins."""
        return int(self.begin[0]) if len(self.begin) else None
