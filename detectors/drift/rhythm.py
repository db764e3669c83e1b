"""Which times of a reference are like the present: the same hours of its days, or of its weeks."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

HOUR: Final = 3600
DAY: Final = 86400
WEEK: Final = 7 * DAY

_FEWEST: Final = 3
"""Days from which hours of the day are told apart, weeks from which hours of the week are."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What comes again after ``period`` seconds, in phases of ``step`` seconds; 0 for none.

    >>> daily = Rhythm.of(np.arange(0, 3 * DAY, HOUR), HOUR)
    >>> daily.phases, daily.phase(np.array([0, 25 * HOUR])).tolist()
    (24, [0, 1])
    >>> daily.overlaps(at=DAY + 5400, window=HOUR)
    ([0, 1], [1800, 1800])
    """

    period: int = 0
    step: int = 0

    @classmethod
    def of(cls, starts: Counts, block: int) -> "Rhythm":
        """The rhythm that a reference can tell, from the begins of its blocks (epoch seconds)."""
        covered = int(np.ptp(starts)) + block
        for period in (WEEK, DAY):
            # Not quite: the first and the last block may be missing.
            if block < period and covered > (_FEWEST - 0.5) * period:
                return cls(period, max(block, HOUR))
        return cls()

    @property
    def phases(self) -> int:
        """How many phases a period has."""
        return self.period // self.step if self.period else 1

    def phase(self, starts: Counts) -> Counts:
        """The phase of each moment."""
        if not self.period:
            return np.zeros(len(starts), np.int64)
        found: Counts = starts % self.period // self.step
        return found

    def overlaps(self, at: int, window: int) -> tuple[list[int], list[int]]:
        """The phases in a window that ends at ``at``, and how many seconds of it each has."""
        if not self.period:
            return [0], [window]
        begin = at - window
        found: dict[int, int] = {}
        for start in range(begin // self.step * self.step, at, self.step):
            phase = start % self.period // self.step
            inside = min(start + self.step, at) - max(start, begin)
            found[phase] = found.get(phase, 0) + inside
        return list(found), list(found.values())
