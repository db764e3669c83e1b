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
from detectors.drift.resampling import is_sampling, resampled, sampled

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

_BODY: Final = 0.05
"""Share of the scores above which the rate's curve is drawn: alarms are of its tail."""

_PLENTY: Final = 40
"""More exceedances than these weigh no more: the curve may bend, and its tail decides."""

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
    if is_sampling(features, means, counts, residuals, longest, random):
        draws = (sampled(features, counts, random) for _ in range(streams))
    else:
        draws = resampled(features, counts, residuals, longest, streams, random)
    found = [_statistics(features, means, *each, windows) for each in draws]
    statistics = np.concatenate(found)  # evaluations x groups x windows
    start = Calibration.of_moments(statistics.mean(axis=0), statistics.var(axis=0))
    best = start.scores(statistics).max(axis=(1, 2))
    intercept, slope = _rate_curve(best.reshape(streams, -1), longest)
    return Calibration(start.shape, start.scale, intercept, slope)


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
