"""How often a difference as large as this one comes by chance: block resampling of the reference.

The reference's blocks hold how traffic varies by itself: sampling noise, bursts, autocorrelation.
Long streams are drawn from it in stretches of consecutive blocks (moving block bootstrap, Künsch
1989), the windows slide over them as they slide over live traffic, and what is counted is how many
separate times a value is exceeded. Each stream has its own reference, drawn in the same way, since
a reference is known no better than its size allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from detectors.drift.features import Features, differences

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_LARGEST: Final = 700.0
"""Scores beyond this are beyond float64."""

RELIEF: Final = 10.0
"""An alarm is over when chance alone makes as much so many times as often as alarms are borne."""

_EVALUATIONS: Final = 40_000
_RESOLUTION: Final = 24
_LEAST_SLOPE: Final = 0.4
"""Scores are logarithms of tail probabilities: rates fall about as fast, at least so fast."""

_SATURATED: Final = 0.15
"""Exceedances a longest window from which they run into each other."""

_STRETCHED: Final = 3
"""Stretches are so many times as long as blocks resemble the ones before."""

_QUIET: Final = 5
"""Lags in a row without autocorrelation that show its end."""

_BODY: Final = 0.05
"""Share of the scores above which the rate's curve is drawn: alarms are of its tail."""

_PLENTY: Final = 40
"""More exceedances than these weigh no more: the curve may bend, and its tail decides."""

_MIXED: Final = 4
"""Draws that are mixed to one stream."""

_COMPARED: Final = 40
_COMPATIBLE: Final = 0.95
"""Part of the streams of independent events that vary less than blocks may, to be alike."""

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

    Parameters
    ----------
    features
        What is compared.
    means
        Expected features an event.
    counts
        Events by block, in order of time.
    residuals
        Sums of features by block less what is expected of so many events.
    windows
        Lengths of the windows, in blocks, ascending.
    random
        Source of the draws.
    """

    def __init__(
        self,
        features: Features,
        means: Floats,
        counts: Counts,
        residuals: Floats,
        windows: tuple[int, ...],
        *,
        random: np.random.Generator,
    ) -> None:
        self._features, self._means = features, means
        self._counts, self._residuals = counts, residuals.astype(np.float32)
        self._windows, self._random = windows, random
        single = differences(features, residuals, counts.astype(np.float64), means)
        mean = np.repeat(single.mean(axis=0)[:, None], len(windows), axis=1)
        variance = np.repeat(single.var(axis=0)[:, None], len(windows), axis=1)
        floor = _sampling_noise(features, counts, np.array(windows))
        if floor is not None:
            mean, variance = np.maximum(mean, floor[0]), np.maximum(variance, floor[1])
        self.alone = Calibration.of_moments(mean, variance)

    @cached_property
    def calibration(self) -> Calibration:
        """The null distribution."""
        return calibrate(
            self._features,
            self._means,
            self._counts,
            self._residuals.astype(np.float64),
            self._windows,
            random=self._random,
        )


def calibrate(
    features: Features,
    means: Floats,
    counts: Counts,
    residuals: Floats,
    windows: tuple[int, ...],
    *,
    random: np.random.Generator,
) -> Calibration:
    """Calibrate on the reference's blocks. Parameters are those of :class:`Null`."""
    longest = windows[-1]
    streams = max(_EVALUATIONS // (len(counts) - longest), 4)
    draws: Iterator[tuple[Floats, Floats]]
    if _is_sampling(features, means, counts, residuals, longest, random):
        draws = (_sampled(features, counts, random) for _ in range(streams))
    else:
        draws = _resampled(features, counts, residuals, streams, random)
    found = [_statistics(features, means, *each, windows) for each in draws]
    statistics = np.concatenate(found)  # evaluations x groups x windows
    start = Calibration.of_moments(statistics.mean(axis=0), statistics.var(axis=0))
    best = start.scores(statistics).max(axis=(1, 2))
    intercept, slope = _rate_curve(best.reshape(streams, -1), longest)
    return Calibration(start.shape, start.scale, intercept, slope)


@dataclass(frozen=True, slots=True)
class _Spread:
    """How well so many blocks know how much blocks vary.

    A reference that varied little by chance would make alarms of the usual: streams differ in how
    much they vary by as much as the reference may be wrong (the posterior of a variance), and none
    varies less than sampling alone makes it.
    """

    least: float
    degrees: float

    @classmethod
    def of(cls, features: Features, counts: Counts, residuals: Floats, stretch: int) -> "_Spread":
        each = np.square(residuals).sum(axis=1) / np.maximum(counts, 1)
        mean, variance = float(each.mean()), float(each.var())
        if mean <= 0:
            return cls(1.0, np.inf)
        # Features have a variance of 1; all components of a vector together have it.
        least = (1 if features.rates is None else len(features.rates)) / mean
        apart = len(counts) / max(stretch / _STRETCHED, 1)
        return cls(least, 2 * mean**2 * apart / variance if variance > 0 else np.inf)

    def draw(self, random: np.random.Generator) -> float:
        """A factor for the residuals of one stream."""
        share = 1.0
        if np.isfinite(self.degrees):
            share = self.degrees / max(float(random.chisquare(self.degrees)), 1e-3 * self.degrees)
        return float(np.sqrt(max(share, self.least)))


def _resampled(
    features: Features,
    counts: Counts,
    residuals: Floats,
    streams: int,
    random: np.random.Generator,
) -> Iterator[tuple[Floats, Floats]]:
    """Events and residuals by block of drawn streams, each against a reference drawn for it."""
    blocks, stretch = len(counts), _memory(residuals)
    spread = _Spread.of(features, counts, residuals, stretch)
    for _ in range(streams):
        varied = residuals * spread.draw(random)
        own = random.integers(0, blocks, -(-blocks // stretch))[:, None] + np.arange(stretch)
        own = own.ravel()[:blocks] % blocks
        # Windows drawn without repetition lack what the reference's own error adds: once more.
        offset = np.sqrt(2) * varied[own].sum(axis=0) / max(int(counts[own].sum()), 1)
        # A hundred blocks end at their largest, the future does not: several draws are mixed, so
        # that variance and autocorrelation stay, and tails reach beyond it.
        rows = _draw(blocks, stretch, random) + np.arange(_MIXED)[:, None] * blocks // _MIXED
        parts = np.abs(random.standard_normal(_MIXED))
        parts /= np.sqrt(np.square(parts).sum())
        mixed = np.square(parts) @ counts[rows % blocks]
        yield mixed, np.tensordot(parts, varied[rows % blocks], 1) - mixed[:, None] * offset


def _sampled(
    features: Features, counts: Counts, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """The same of events drawn one by one, independently."""
    own, drawn = features.sampled(counts, random), features.sampled(counts, random)
    if own is None or drawn is None:
        raise TypeError("these features cannot be drawn")
    return counts.astype(np.float64), drawn - counts[:, None] * own.sum(axis=0) / counts.sum()


def _is_sampling(
    features: Features,
    means: Floats,
    counts: Counts,
    residuals: Floats,
    longest: int,
    random: np.random.Generator,
) -> bool:
    """Whether blocks vary no more than events drawn independently of each other do.

    Then that is how they are drawn: it is known exactly, where a hundred blocks show it only
    roughly. Compared are blocks one by one, and as many together as the longest window has.
    """
    if features.rates is None:
        return False

    def spread(sums: Floats) -> Floats:
        ends = np.arange(0, len(counts) - longest + 1, longest)
        known = counts.astype(np.float64)
        whole = np.add.reduceat(known, ends), np.add.reduceat(sums, ends)
        single = differences(features, sums, known, means).mean()
        return np.array([single, differences(features, whole[1], whole[0], means).mean()])

    usual = np.array([spread(_sampled(features, counts, random)[1]) for _ in range(_COMPARED)])
    return bool((spread(residuals) <= np.quantile(usual, _COMPATIBLE, axis=0)).all())


def _statistics(
    features: Features, means: Floats, counts: Floats, residuals: Floats, windows: tuple[int, ...]
) -> Floats:
    """The windows slid over a stream: ``evaluations x groups x windows``."""
    events = np.append(0, np.cumsum(counts))
    sums = np.concatenate((np.zeros((1, residuals.shape[1])), np.cumsum(residuals, axis=0)))
    last = windows[-1]
    found = np.empty((len(counts) - last, len(features.groups), len(windows)))
    for place, window in enumerate(windows):
        inside = sums[last + 1 :] - sums[last + 1 - window : -window]
        known = np.maximum(events[last + 1 :] - events[last + 1 - window : -window], 1.0)
        found[:, :, place] = differences(features, inside, known, means)
    return found


def _sampling_noise(
    features: Features, counts: Counts, windows: NDArray[np.int64]
) -> tuple[Floats, Floats] | None:
    """Mean and variance that the differences of indicators have by sampling alone.

    Moments of binomial counts. Matters where the reference is all but constant: resampling it
    cannot show what it never held.
    """
    if features.rates is None:
        return None
    spread = (features.rates * (1 - features.rates))[:, None]
    n = np.maximum(counts.mean() * windows, 1.0)[None, :]
    scale, weights = features.scales[:, None] ** 2, features.weights[:, None]
    fourth = n * spread * (1 + 3 * (n - 2) * spread)
    variance = (fourth - (n * spread) ** 2) / n**2 / scale**2 * weights**2
    mean = (weights * spread / scale).sum(axis=0) + 0 * n
    return mean, variance.sum(axis=0, keepdims=True)


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
            return max(min(_STRETCHED * (lag - _QUIET + 1), total // 4), 1)
    return max(total // 4, 1)


def _draw(blocks: int, stretch: int, random: np.random.Generator) -> Counts:
    """All blocks once, in stretches of consecutive ones in random order.

    None twice: two of a kind in one window are what live traffic never has.
    """
    starts = random.permutation(np.arange(0, blocks, stretch)) + random.integers(blocks)
    rows: Counts = ((starts[:, None] + np.arange(stretch)) % blocks).ravel()[:blocks]
    return rows


def _rate_curve(scores: Floats, gap: int) -> tuple[float, float]:
    """Logarithm of alarms a block as a straight line of the level.

    An alarm lasts until chance alone makes as much :data:`RELIEF` times as often: exceedances in
    between are no others.
    """
    evaluations = scores.size
    shares = np.geomspace(_BODY, 8 / evaluations, _RESOLUTION)
    levels = np.unique(np.quantile(scores, 1 - shares))
    counted = np.array([_alarms(scores, level) for level in levels])
    usable = (counted >= _FEWEST) & (counted <= _SATURATED * evaluations / gap) & (levels >= 1.0)
    usable[: int(np.argmax(counted))] = False
    if usable.sum() < 3:
        # Nothing varies, or all within one window: each exceedance by itself.
        return float(-np.log(gap)), 1.0
    slope, intercept = np.polyfit(
        levels[usable],
        np.log(counted[usable] / evaluations),
        1,
        w=np.sqrt(np.minimum(counted[usable], _PLENTY)),
    )
    if slope > -_LEAST_SLOPE:
        middle = np.average(levels[usable], weights=counted[usable])
        height = np.average(np.log(counted[usable] / evaluations), weights=counted[usable])
        slope, intercept = -_LEAST_SLOPE, height + _LEAST_SLOPE * middle
    return float(intercept), float(-slope)


def _alarms(scores: Floats, level: float) -> int:
    """How often a score of all streams rises above the level, having been well below it before."""
    above, below = scores > level, scores < level - np.log(RELIEF)
    states = above.astype(np.int8) - below
    states[:, 0] = np.where(above[:, 0], 1, -1)
    at = np.where(states != 0, np.arange(states.shape[1]), 0)
    last = np.take_along_axis(states, np.maximum.accumulate(at, axis=1), axis=1)
    return int((last[:, 0] > 0).sum() + ((last[:, 1:] > 0) & (last[:, :-1] < 0)).sum())
