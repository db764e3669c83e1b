"""How blocks of traffic vary: by sampling alone, or by wandering too, and how sure that is.

A hundred blocks do not tell whether a rate wanders a little for hours or not at all; thresholds
that take the likeliest answer for the truth make too many alarms. So all answers count, each by
its posterior probability.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]

_STEADY: Final = 0.15
"""Prior probability that blocks vary by sampling alone."""

_WHITE_ALONE: Final = 0.03
"""Prior probability that what varies beyond that never wanders."""

_WHITE: Final = (0.05, 2e3)
_WHITES: Final = 14
_EXCESS: Final = (0.03, 2e4)
_EXCESSES: Final = 32
_SHORTEST: Final = 4.0
_SOONEST: Final = 2400.0
"""What is forgotten within so many blocks, or seconds where that is less, counts as varying one by
one, or as nearly as long: a short reference tells neither from both, and the latter is safe."""
_MEMORIES: Final = 11
_NOTHING: Final = 1e-4
"""Weights this much smaller than the largest do not count."""
_LONGEST: Final = 6
"""So small a part of the reference is the longest memory: slower wandering hardly shows in it."""


@dataclass(frozen=True, slots=True)
class Variation:
    """The posterior of a series' spectrum: ``level * (1 + white) * (1 + excess * g(memory))``.

    ``level`` is the variance that sampling makes; ``white``, in units of it, what blocks vary
    beyond that one by one. ``excess``, in units of both, is the variance of an autoregressive
    process, which forgets with ``memory`` (in blocks); ``g`` is its spectrum. ``weights`` are
    probabilities; ``shape`` those of the levels' inverse gamma distributions, infinite where the
    level is known.
    """

    weights: Floats
    white: Floats
    excess: Floats
    memory: Floats
    level: Floats
    shape: Floats

    @classmethod
    def of(
        cls,
        series: Floats,
        level: float | None,
        directions: tuple[float, float],
        skip: Floats,
        block: int,
    ) -> "Variation":
        """The posterior after a series.

        The likelihood is Whittle's (1953), of the periodogram summed over all directions: at each
        frequency a gamma distribution, with as many degrees of freedom as noise and wandering have
        together there (Satterthwaite 1946). Wandering mostly goes one way where noise goes many;
        to count both alike makes sure of a memory that few slow cycles tell of. Roots of variances
        have half-Cauchy priors (Gelman 2006), memories one uniform in their logarithm.

        Parameters
        ----------
        series
            What blocks differ from what is expected, in order of time: ``blocks x features``.
        level
            Variance by sampling, summed over the features; ``None`` where it is not known, and
            what blocks vary one by one is taken for it.
        directions
            In how many independent directions of equal variance the series varies from block to
            block, and slowly.
        skip
            Cycles a block that the expectation has taken out of the series.
        block
            Seconds of a block.
        """
        power, cycles = _periodogram(series, skip)
        shortest = float(np.clip(_SOONEST / block, 1.0, _SHORTEST))
        longest = max(len(series) / _LONGEST, 1.0)
        coarse = _Grid.whole(shortest, longest, level is not None)
        found = cls._over(coarse, power, cycles, level, directions)
        return cls._over(coarse.around(found), power, cycles, level, directions)

    @classmethod
    def _over(
        cls,
        grid: "_Grid",
        power: Floats,
        cycles: Floats,
        level: float | None,
        directions: tuple[float, float],
    ) -> "Variation":
        """The posterior at a grid's points."""
        keep = np.exp(-1 / grid.memories)[:, None]
        spectra = (1 - keep**2) / (1 - 2 * keep * np.cos(2 * np.pi * cycles) + keep**2)
        wanders = np.outer(_half_cauchy(grid.excesses), grid.shares_of_memories).ravel()
        excess = np.append(0.0, np.repeat(grid.excesses, len(grid.memories)))
        memory = np.append(grid.memories[0], np.tile(grid.memories, len(grid.excesses)))
        slow = np.vstack((0 * spectra[:1], np.tile(spectra, (len(grid.excesses), 1))))
        slow *= excess[:, None]
        more = (1 - _STEADY) / 2
        quick, slowly = directions
        whites = np.append(0.0, grid.whites)
        shares = np.append(more, more * _half_cauchy(grid.whites))
        found, levels, sizes = [], [], []
        for white, share in zip(whites, shares, strict=True):
            alone = _STEADY if not white else share * _WHITE_ALONE
            prior = np.append(alone, (share if not white else share - alone) * wanders)
            shapes = (1 + white) * (1 + slow)
            degrees = (1 + slow) ** 2 / (1 / quick + slow**2 / slowly)
            scaled = (degrees * power / shapes).sum(axis=1)
            each = np.log(prior) + (degrees * np.log(degrees * power / shapes)).sum(axis=1)
            each -= gammaln(degrees).sum(axis=1)
            size = degrees.sum(axis=1)
            if level is None:
                each += gammaln(size) - size * np.log(np.maximum(scaled, 1e-300))
                levels.append(scaled)
            else:
                known = max(level, 1e-300)
                each -= size * np.log(known) + scaled / known
                size = np.full(len(size), np.inf)
                levels.append(np.full(len(scaled), level))
            sizes.append(size)
            found.append(each)
        weights = np.exp(np.concatenate(found) - np.max(found))
        return cls(
            weights / weights.sum(),
            np.repeat(whites, len(excess)),
            np.tile(excess, len(whites)),
            np.tile(memory, len(whites)),
            np.concatenate(levels),
            np.concatenate(sizes),
        )

    def roughness(self, window: int) -> float:
        """The part of the variance of so many blocks together that changes from block to block.

        It is what blocks vary one by one, and of what wanders the part that is soon forgotten.
        """
        ahead, keep = np.arange(1, window)[:, None], np.exp(-1 / self.memory)
        wandering = 1 + 2 * ((1 - ahead / window) * keep**ahead).sum(axis=0)
        alone = self.weights * self.level * (1 + self.white)
        whole = float(alone @ (1 + self.excess * wandering))
        # Of a constant nothing wanders.
        return float(alone @ (1 + self.excess * (1 - keep))) / whole if whole > 0 else 1.0

    def draw(self, size: int, random: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats]:
        """Levels, variances one by one and of wandering, and memories, as probable as they are.

        Drawn evenly (systematic resampling), so that few draws hold the rare ones as well.
        """
        at = (np.arange(size) + random.random()) / size
        rows = np.searchsorted(np.cumsum(self.weights), at).clip(max=len(self.weights) - 1)
        levels = self.level[rows]
        if np.isfinite(self.shape).all():
            levels = levels / random.gamma(self.shape[rows])
        white = levels * self.white[rows]
        return levels, white, (levels + white) * self.excess[rows], self.memory[rows]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where a posterior is computed: each ascending, by equal ratios.

    ``shares_of_memories`` are their prior probabilities.
    """

    whites: Floats
    excesses: Floats
    memories: Floats
    shares_of_memories: Floats

    @classmethod
    def whole(cls, shortest: float, longest: float, known: bool) -> "_Grid":
        """All that may be; nothing varies one by one beyond a level that is not ``known``."""
        memories = np.geomspace(shortest, longest, _MEMORIES)
        whites = np.geomspace(*_WHITE, _WHITES) if known else np.zeros(0)
        excesses = np.geomspace(*_EXCESS, _EXCESSES)
        return cls(whites, excesses, memories, np.full(_MEMORIES, 1 / _MEMORIES))

    def around(self, found: Variation) -> "_Grid":
        """As many points where the posterior is: that of many blocks lies in a few of the whole."""
        memories = _around(self.memories, found.memory, found.weights * (found.excess > 0))
        whole = np.log(self.memories[-1] / self.memories[0])
        # Where there is but one memory, it has all of the probability.
        share = np.log(memories[-1] / memories[0]) / whole if whole else 1.0
        return _Grid(
            _around(self.whites, found.white, found.weights),
            _around(self.excesses, found.excess, found.weights),
            memories,
            self.shares_of_memories * share,
        )


def _around(points: Floats, values: Floats, weights: Floats) -> Floats:
    """As many points between those beside what weighs anything."""
    by_point = np.array([weights[values == point].sum() for point in points])
    if not by_point.any():
        return points
    kept = np.flatnonzero(by_point > _NOTHING * by_point.max())
    low, high = points[max(kept[0] - 1, 0)], points[min(kept[-1] + 1, len(points) - 1)]
    return np.geomspace(low, high, len(points))


def _half_cauchy(variances: Floats) -> Floats:
    """Probabilities of variances by equal ratios; their roots have that distribution."""
    if len(variances) < 2:
        return np.ones(len(variances))
    ratio = np.log(variances[-1] / variances[0]) / (len(variances) - 1)
    return np.asarray(ratio / np.pi * np.sqrt(variances) / (1 + variances))


def _periodogram(series: Floats, skip: Floats) -> tuple[Floats, Floats]:
    """Power, summed over all features, and its cycles a block."""
    total = len(series)
    power = np.square(np.abs(np.fft.rfft(series, axis=0))).sum(axis=1) / total + 1e-300
    cycles = np.arange(len(power)) / total
    kept = cycles > 0
    for each in skip:
        kept &= np.abs(cycles - each) > 0.5 / total
    return power[kept], cycles[kept]
