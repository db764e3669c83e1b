"""How blocks of traffic vary: by sampling alone, or by wandering too, and how sure that is.

A hundred blocks do not tell whether a rate wanders a little for hours or not at all; thresholds
that take the likeliest answer for the truth make too many alarms. So all answers count, each by
its posterior probability.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEADY: Final = 0.4
"""Prior probability that blocks vary by sampling alone."""

_EXCESSES: Final = np.geomspace(0.02, 2e4, 48)
_SHORTEST: Final = 0.3
_MEMORIES: Final = 10
_LONGEST: Final = 6
"""So small a part of the reference is the longest memory: slower wandering hardly shows in it."""


@dataclass(frozen=True, slots=True)
class Variation:
    """The posterior of a series' spectrum: ``level * (1 + excess * g(memory))``.

    ``level`` is the variance that sampling makes, ``excess`` the variance of an autoregressive
    process in units of it, which forgets with ``memory`` (in blocks); ``g`` is that process'
    spectrum. ``weights`` are probabilities; ``shape`` that of each level's inverse gamma
    distribution, infinite where the level is known.
    """

    weights: Floats
    excess: Floats
    memory: Floats
    level: Floats
    shape: float

    @classmethod
    def of(
        cls, series: Floats, level: float | None, directions: float, skip: Floats
    ) -> "Variation":
        """The posterior after a series.

        The likelihood is Whittle's (1953), of the periodogram summed over all directions. The
        excess has a half-Cauchy prior on its square root (Gelman 2006), memories one uniform in
        their logarithm.

        Parameters
        ----------
        series
            What blocks differ from what is expected, in order of time: ``blocks x features``.
        level
            Variance by sampling, summed over the features; ``None`` where it is not known.
        directions
            In how many independent directions of equal variance the series varies.
        skip
            Cycles a block that the expectation has taken out of the series.
        """
        total = len(series)
        power = np.square(np.abs(np.fft.rfft(series, axis=0))).sum(axis=1) / total
        cycles = np.arange(len(power)) / total
        kept = cycles > 0
        for each in skip:
            kept &= np.abs(cycles - each) > 0.5 / total
        power, cycles = power[kept], cycles[kept]
        memories = np.geomspace(_SHORTEST, max(total / _LONGEST, 1.0), _MEMORIES)
        keep = np.exp(-1 / memories)
        grid = 1 + _EXCESSES[:, None, None] * (
            (1 - keep**2)[:, None]
            / (1 - 2 * keep[:, None] * np.cos(2 * np.pi * cycles) + (keep**2)[:, None])
        )
        shapes = np.concatenate((np.ones((1, len(cycles))), grid.reshape(-1, len(cycles))))
        prior = np.repeat(np.sqrt(_EXCESSES) / (1 + _EXCESSES), len(memories))
        prior = np.append(_STEADY, (1 - _STEADY) * prior / prior.sum())
        found = -directions * np.log(shapes).sum(axis=1)
        scaled = (power / shapes).sum(axis=1)
        if level is None:
            size = directions * len(cycles)
            found -= size * np.log(np.maximum(scaled, 1e-300))
            levels, shape = directions * scaled, size
        else:
            found -= directions * scaled / max(level, 1e-300)
            levels, shape = np.full(len(shapes), level), np.inf
        found += np.log(prior)
        weights = np.exp(found - found.max())
        return cls(
            weights / weights.sum(),
            np.append(0.0, np.repeat(_EXCESSES, len(memories))),
            np.append(memories[0], np.tile(memories, len(_EXCESSES))),
            levels,
            shape,
        )

    def draw(self, size: int, random: np.random.Generator) -> tuple[Floats, Floats, Floats]:
        """Levels, variances of the wandering, and memories, as probable as they are.

        Drawn evenly (systematic resampling), so that few draws hold the rare ones as well.
        """
        at = (np.arange(size) + random.random()) / size
        rows = np.searchsorted(np.cumsum(self.weights), at).clip(max=len(self.weights) - 1)
        levels = self.level[rows]
        if np.isfinite(self.shape):
            levels = levels / random.gamma(self.shape, size=size)
        return levels, levels * self.excess[rows], self.memory[rows]


def directions_of(series: Floats, together: int) -> float:
    """In how many directions of equal variance so many blocks together vary: at least 1.

    The squared trace of their covariance by that of its square, less what so few show by chance.
    """
    ends = np.arange(0, len(series) - together + 1, together)
    whole = np.add.reduceat(series, ends)
    products = whole @ whole.T
    square = float(np.square(products).sum())
    if square <= 0:
        return 1.0
    share = square / float(np.trace(products)) ** 2 - 1 / len(ends)
    return 1 / float(np.clip(share, 1 / series.shape[1], 1.0))
