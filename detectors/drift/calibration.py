"""How often a difference as large as this one comes by chance: block resampling of the reference.

The reference's blocks hold how traffic varies by itself: sampling noise, bursts, autocorrelation.
Long streams are drawn from it in stretches of consecutive blocks (moving block bootstrap, Künsch
1989), the windows slide over them as they slide over live traffic, and what is counted is how many
separate times a value is exceeded. Each stream has its own reference, drawn in the same way, since
a reference is known no better than its size allows.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_LARGEST: Final = 700.0
"""Scores beyond this are beyond float64."""

_EVALUATIONS: Final = 40_000
_RESOLUTION: Final = 24
_LEAST_SLOPE: Final = 0.4
"""Scores are logarithms of tail probabilities: rates fall about as fast, at least so fast."""

_SATURATED: Final = 0.15
"""Exceedances a longest window from which they run into each other."""

_QUIET: Final = 5
"""Lags in a row without autocorrelation that show its end."""

_FEWEST: Final = 5
"""Fewest exceedances of a level that counts for the rate's curve."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The null distribution of a signal's differences.

    ``shape`` and ``scale`` are of gamma distributions, a row a group of features, a column a
    window. ``intercept`` and ``slope`` give the logarithm of how many separate exceedances of a
    score a block has: ``intercept - slope * score``.
    """

    shape: Floats
    scale: Floats
    intercept: float = 0.0
    slope: float = 1.0

    @classmethod
    def of_moments(cls, mean: Floats, variance: Floats) -> "Calibration":
        """Gamma distributions of these moments, without a rate."""
        mean, variance = np.maximum(mean, 1e-12), np.maximum(variance, 1e-24)
        return cls(mean**2 / variance, variance / mean)

    def scores(self, statistics: Floats) -> Floats:
        """How far out each statistic lies: minus the logarithm of its tail probability."""
        with np.errstate(divide="ignore"):
            found: Floats = -np.log(gammaincc(self.shape, statistics / self.scale))
        return np.minimum(found, _LARGEST)

    def log_rate(self, score: float) -> float:
        """Logarithm of the separate exceedances of this score a block."""
        return self.intercept - self.slope * score


class Null:
    """What the reference's own blocks show; calibrated when it is first asked for.

    Calibrating costs a hundred times what a comparison does, and most windows need none: what
    blocks show one by one, or sampling noise alone, explains them. ``alone`` is that distribution.
    Parameters are those of :func:`calibrate`.
    """

    def __init__(
        self,
        counts: Counts,
        residuals: Floats,
        groups: tuple[slice, ...],
        windows: tuple[int, ...],
        *,
        floor: tuple[Floats, Floats] | None = None,
        random: np.random.Generator,
    ) -> None:
        self._counts, self._residuals = counts, residuals.astype(np.float32)
        self._groups, self._windows, self._floor, self._random = groups, windows, floor, random
        single = np.stack(
            [np.square(residuals[:, g]).sum(axis=1) / np.maximum(counts, 1) for g in groups], axis=1
        )
        mean = np.repeat(single.mean(axis=0)[:, None], len(windows), axis=1)
        variance = np.repeat(single.var(axis=0)[:, None], len(windows), axis=1)
        if floor is not None:
            mean, variance = np.maximum(mean, floor[0]), np.maximum(variance, floor[1])
        self.alone = Calibration.of_moments(mean, variance)

    @cached_property
    def calibration(self) -> Calibration:
        """The null distribution."""
        return calibrate(
            self._counts,
            self._residuals.astype(np.float64),
            self._groups,
            self._windows,
            floor=self._floor,
            random=self._random,
        )


def calibrate(
    counts: Counts,
    residuals: Floats,
    groups: tuple[slice, ...],
    windows: tuple[int, ...],
    *,
    floor: tuple[Floats, Floats] | None = None,
    random: np.random.Generator,
) -> Calibration:
    """Calibrate on the reference's blocks.

    Parameters
    ----------
    counts
        Events by block, in order of time.
    residuals
        Sums of features by block less what is expected of so many events.
    groups
        Features that are judged together.
    windows
        Lengths of the windows, in blocks, ascending.
    floor
        Least mean and variance of the statistic by window: what sampling noise alone makes.
    random
        Source of the draws.
    """
    longest = windows[-1]
    stretch = _memory(residuals)
    streams = max(_EVALUATIONS // (len(counts) - longest), 4)
    found = [
        _stream(counts, residuals, groups, windows, stretch=stretch, random=random)
        for _ in range(streams)
    ]
    statistics = np.concatenate(found)  # evaluations x groups x windows
    mean = statistics.mean(axis=0)
    variance = statistics.var(axis=0)
    if floor is not None:
        mean, variance = np.maximum(mean, floor[0]), np.maximum(variance, floor[1])
    start = Calibration.of_moments(mean, variance)
    best = start.scores(statistics).max(axis=(1, 2))
    intercept, slope = _rate_curve(best.reshape(streams, -1), longest)
    return Calibration(start.shape, start.scale, intercept, slope)


def _stream(
    counts: Counts,
    residuals: Floats,
    groups: tuple[slice, ...],
    windows: tuple[int, ...],
    *,
    stretch: int,
    random: np.random.Generator,
) -> Floats:
    """The statistics of one drawn stream, held against a reference drawn for it."""
    blocks = len(counts)
    own = random.integers(0, blocks, -(-blocks // stretch))[:, None] + np.arange(stretch)
    own = own.ravel()[:blocks] % blocks
    # Windows drawn without repetition lack what the reference's own error adds: once more here.
    offset = np.sqrt(2) * residuals[own].sum(axis=0) / max(int(counts[own].sum()), 1)
    one = _draw(blocks, stretch, random)
    # A few hundred blocks end at their largest, the future does not: mixed with another draw, so
    # that variance and autocorrelation stay, tails reach beyond it.
    other = (one + blocks // 2) % blocks
    angle = random.uniform(0, np.pi / 4)
    part, rest = np.cos(angle), np.sin(angle)
    mixed = part**2 * counts[one] + rest**2 * counts[other]
    events = np.append(0, np.cumsum(mixed))
    drawn = part * residuals[one] + rest * residuals[other] - mixed[:, None] * offset
    sums = np.concatenate((np.zeros((1, drawn.shape[1])), np.cumsum(drawn, axis=0)))
    last = windows[-1]
    found = np.empty((blocks - last, len(groups), len(windows)))
    for place, window in enumerate(windows):
        inside = sums[last + 1 :] - sums[last + 1 - window : -window]
        known = np.maximum(events[last + 1 :] - events[last + 1 - window : -window], 1.0)
        for number, group in enumerate(groups):
            part = inside[:, group]
            found[:, number, place] = np.einsum("ij,ij->i", part, part) / known
    return found


def _memory(residuals: Floats) -> int:
    """Blocks to draw in one stretch: several times as long as blocks resemble the ones before.

    The first lag from which autocorrelations stay within noise says how long that is (after
    Politis and White 2004).
    """
    total = len(residuals)
    energy = float(np.square(residuals).sum())
    noise = 2 / np.sqrt(total)
    quiet = 0
    for lag in range(1, total // 4):
        product = float(np.einsum("ij,ij->", residuals[lag:], residuals[:-lag]))
        quiet = quiet + 1 if product <= noise * energy else 0
        if quiet == _QUIET:
            return max(min(3 * (lag - _QUIET + 1), total // 4), 1)
    return max(total // 4, 1)


def _draw(blocks: int, stretch: int, random: np.random.Generator) -> Counts:
    """All blocks once, in stretches of consecutive ones in random order.

    None twice: two of a kind in one window are what live traffic never has.
    """
    starts = random.permutation(np.arange(0, blocks, stretch)) + random.integers(blocks)
    rows: Counts = ((starts[:, None] + np.arange(stretch)) % blocks).ravel()[:blocks]
    return rows


def _rate_curve(scores: Floats, gap: int) -> tuple[float, float]:
    """Logarithm of separate exceedances a block as a straight line of the level.

    Exceedances closer than the longest window are one: they share events.
    """
    evaluations = scores.size
    shares = np.geomspace(0.2, 8 / evaluations, _RESOLUTION)
    levels = np.unique(np.quantile(scores, 1 - shares))
    counted = np.array([_separate(scores, level, gap) for level in levels])
    usable = (counted >= _FEWEST) & (counted <= _SATURATED * evaluations / gap) & (levels >= 1.0)
    usable[: int(np.argmax(counted))] = False
    if usable.sum() < 3:
        # Nothing varies, or all within one window: each exceedance by itself.
        return float(-np.log(gap)), 1.0
    slope, intercept = np.polyfit(
        levels[usable], np.log(counted[usable] / evaluations), 1, w=np.sqrt(counted[usable])
    )
    if slope > -_LEAST_SLOPE:
        middle = np.average(levels[usable], weights=counted[usable])
        height = np.average(np.log(counted[usable] / evaluations), weights=counted[usable])
        slope, intercept = -_LEAST_SLOPE, height + _LEAST_SLOPE * middle
    return float(intercept), float(-slope)


def _separate(scores: Floats, level: float, gap: int) -> int:
    """Exceedances more than ``gap`` after the one before, in all streams."""
    row, at = np.nonzero(scores > level)
    if not len(row):
        return 0
    fresh = (row[1:] != row[:-1]) | (at[1:] - at[:-1] > gap)
    return int(fresh.sum()) + 1
