"""How often a score is exceeded: a curve through what long streams show, and beyond them.

Streams differ in how they vary and in how near their references come to it. The more seldom an
alarm is to be, the more of those come from the few streams that vary most, whose rates fall slowly:
the logarithm of a mixture's rate is convex in the level. A straight line is too high in the middle
and too low in the tail.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RELIEF: Final = 10.0
"""An alarm is over when chance alone makes as much so many times as often as alarms are borne."""

_RESOLUTION: Final = 24
_LEAST_SLOPE: Final = 0.4
"""Scores are logarithms of tail probabilities: rates fall about as fast, at least so fast."""

_SATURATED: Final = 0.15
"""Exceedances a longest window from which they run into each other."""

_BODY: Final = 0.05
"""Share of the scores above which the curve is drawn: alarms are of its tail."""

_PLENTY: Final = 40
"""More exceedances than these weigh no more: the tail decides."""

_FEWEST: Final = 5
"""Fewest exceedances of a level that counts."""


@dataclass(frozen=True, slots=True)
class RateCurve:
    """Logarithm of separate exceedances an evaluation: a parabola of the score, never concave.

    Beyond the scores ``first`` and ``last`` it goes on along its tangents.

    Examples
    --------
    >>> RateCurve(intercept=-1.0, slope=1.0).log_rate(8.0)
    -9.0
    >>> RateCurve(intercept=0.0, slope=2.0, bend=0.1, last=5.0).log_rate(8.0)
    -10.5
    """

    intercept: float = 0.0
    slope: float = 1.0
    bend: float = 0.0
    first: float = 0.0
    last: float = 0.0

    @classmethod
    def of(cls, scores: Floats, gap: int) -> "RateCurve":
        """That of streams' scores (``streams x evaluations``), the longest window having ``gap``.

        An alarm lasts until chance alone makes as much :data:`RELIEF` times as often: exceedances
        in between are no others.
        """
        evaluations = scores.size
        shares = np.geomspace(_BODY, 8 / evaluations, _RESOLUTION)
        levels = np.unique(np.quantile(scores, 1 - shares))
        counted = np.array([_alarms(scores, level) for level in levels])
        usable = counted >= _FEWEST
        usable &= (counted <= _SATURATED * evaluations / gap) & (levels >= 1.0)
        usable[: int(np.argmax(counted))] = False
        if usable.sum() < 3:
            # Nothing varies, or all within one window: each exceedance by itself.
            return cls(-math.log(gap))
        levels, counted = levels[usable], counted[usable]
        return cls._through(levels, np.log(counted / evaluations), np.minimum(counted, _PLENTY))

    @classmethod
    def _through(cls, levels: Floats, heights: Floats, weights: Floats) -> "RateCurve":
        """By least squares; as steep as rates fall at least."""
        first, last, bend = float(levels[0]), float(levels[-1]), 0.0
        if len(levels) > 3:
            bend, slope, intercept = np.polyfit(levels, heights, 2, w=np.sqrt(weights))
        if bend <= 0:
            bend, (slope, intercept) = 0.0, np.polyfit(levels, heights, 1, w=np.sqrt(weights))
        elif -slope - 2 * bend * last < _LEAST_SLOPE:
            last = (-slope - _LEAST_SLOPE) / (2 * bend)
        if -slope - 2 * bend * first < _LEAST_SLOPE:
            middle = float(np.average(levels, weights=weights))
            height = float(np.average(heights, weights=weights))
            return cls(height + _LEAST_SLOPE * middle, _LEAST_SLOPE)
        return cls(float(intercept), -float(slope), float(bend), first, float(last))

    def log_rate(self, score: float) -> float:
        """Logarithm of the separate exceedances of this score an evaluation."""
        at = min(max(score, self.first), self.last)
        steep = self.slope - 2 * self.bend * at
        return self.intercept - at * (self.slope - self.bend * at) - steep * (score - at)


def _alarms(scores: Floats, level: float) -> int:
    """How often a score of all streams rises above the level, having been well below it before."""
    above, below = scores > level, scores < level - np.log(RELIEF)
    states = above.astype(np.int8) - below
    states[:, 0] = np.where(above[:, 0], 1, -1)
    at = np.where(states != 0, np.arange(states.shape[1]), 0)
    last = np.take_along_axis(states, np.maximum.accumulate(at, axis=1), axis=1)
    return int((last[:, 0] > 0).sum() + ((last[:, 1:] > 0) & (last[:, :-1] < 0)).sum())
