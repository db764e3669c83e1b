"""How often a difference as large as this one comes by chance: block resampling of the reference.

The reference's blocks hold how traffic varies by itself: sampling noise, bursts, autocorrelation.
Long streams are drawn from it (:mod:`detectors.drift.resampling`), the windows slide over them as
they slide over live traffic, and what is counted is how many separate times a value is exceeded.
Each stream has its own reference, drawn in the same way, since a reference is known no better than
its size allows.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc, gammainccinv

from detectors.drift.features import Features, differences
from detectors.drift.rate_curve import RateCurve
from detectors.drift.record import Record, Streams
from detectors.drift.resampling import resampled

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_SMALLEST: Final = math.exp(-700.0)
"""Smaller probabilities are beyond float64."""

_EVALUATIONS: Final = 40_000
MOST_LOOKS: Final = 6
"""As many looks a block are drawn at most; more are reckoned with (:func:`log_more_looks`)."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The null distribution of a signal's differences.

    ``shape`` and ``scale`` are of gamma distributions, a row a group of features, a column a
    window. ``curve`` gives how many separate exceedances of a score a look has, ``looks`` a block.
    ``roughness`` is the part of each window's variance that its blocks have one by one.
    """

    shape: Floats
    scale: Floats
    curve: RateCurve = field(default_factory=RateCurve)
    roughness: tuple[float, ...] = ()
    looks: int = 1

    @classmethod
    def of_moments(cls, mean: Floats, variance: Floats) -> "Calibration":
        """Gamma distributions of these moments, without a rate."""
        mean, variance = np.maximum(mean, 1e-12), np.maximum(variance, 1e-24)
        return cls(mean**2 / variance, variance / mean)

    def scores(self, statistics: Floats) -> Floats:
        """How far out each statistic lies: minus the logarithm of its tail probability."""
        tails = gammaincc(self.shape, statistics / self.scale)
        return np.asarray(-np.log(np.maximum(tails, _SMALLEST)))

    def limits(self, score: float) -> Floats:
        """The statistics that have this score, by group and window."""
        found: Floats = gammainccinv(self.shape, math.exp(-max(score, 0.0))) * self.scale
        return np.maximum(found, 1e-12)

    def log_rate(self, score: float) -> float:
        """Logarithm of the separate exceedances of this score a block."""
        return self.curve.log_rate(score) + math.log(self.looks)


class Null:
    """What the reference's own blocks show; calibrated when it is first asked for.

    Calibrating costs a hundred times what a comparison does, and most windows need none: what
    blocks show one by one, or sampling noise alone, explains them. ``alone`` is that distribution.
    ``reread`` gives the blocks for calibration, so that they need not be held until then.
    """

    def __init__(
        self,
        alone: Calibration,
        windows: tuple[int, ...],
        looks: int,
        random: np.random.Generator,
        reread: Callable[[], Record | None],
    ) -> None:
        self.alone = alone
        self._windows, self._looks = windows, looks
        self._random, self._reread = random, reread
        self._limits = (math.nan, alone.shape)

    @classmethod
    def of(
        cls,
        record: Record,
        windows: tuple[int, ...],
        looks: int,
        random: np.random.Generator,
        reread: Callable[[], Record | None],
    ) -> "Null":
        """That of blocks, for windows of so many, ascending, and so many looks a block."""
        counts = record.counts.astype(np.float64)
        single = differences(record.features, record.residuals, counts, record.means[record.rows])
        mean = np.repeat(single.mean(axis=0)[:, None], len(windows), axis=1)
        # The more blocks, the more like squares of normal values.
        normal = 2 * float(np.square(record.deviations.T @ record.deviations / len(counts)).sum())
        variance = normal + (single.var(axis=0)[:, None] - normal) / np.array(windows)
        floor = sampling_noise(record.features, record.counts, np.array(windows))
        if floor is not None:
            mean, variance = np.maximum(mean, floor[0]), np.maximum(variance, floor[1])
        return cls(Calibration.of_moments(mean, variance), windows, looks, random, reread)

    @property
    def calibrated(self) -> bool:
        """Whether that has been done."""
        return "calibration" in self.__dict__

    def limits(self, score: float) -> Floats:
        """The statistics that have this score were ``alone`` all: kept, a monitor has one level."""
        if self._limits[0] != score:
            self._limits = score, self.alone.limits(score)
        return self._limits[1]

    @cached_property
    def calibration(self) -> Calibration:
        """The null distribution; that of single blocks where these are not to be had any more."""
        record = self._reread()
        if record is None:
            return self.alone
        return calibrate(record, self._windows, self._looks, self._random)


def calibrate(
    record: Record, windows: tuple[int, ...], looks: int, random: np.random.Generator
) -> Calibration:
    """The null distribution of windows of so many blocks, ascending, and so many looks a block."""
    variation = record.variation()
    found = [
        _statistics(record.features, drawn, tuple(window * looks for window in windows))
        for drawn in resampled(record, variation, looks, _EVALUATIONS, random)
    ]
    statistics = np.concatenate(found)  # streams x evaluations x groups x windows
    flat = statistics.reshape(-1, *statistics.shape[2:])
    start = Calibration.of_moments(flat.mean(axis=0), flat.var(axis=0))
    best = start.scores(statistics).max(axis=(2, 3))
    curve = RateCurve.of(best, windows[-1] * looks)
    roughness = tuple(variation.roughness(window) for window in windows)
    return Calibration(start.shape, start.scale, curve, roughness, looks)


def _statistics(features: Features, drawn: Streams, windows: tuple[int, ...]) -> Floats:
    """The windows slid over streams: ``streams x evaluations x groups x windows``."""

    def running(each: Floats) -> Floats:
        first = np.zeros_like(each[:, :1])
        return np.concatenate((first, np.cumsum(each, axis=1)), axis=1)

    events, sums, expected = map(running, (drawn.counts, drawn.sums, drawn.expected))
    last = windows[-1]
    streams, length = drawn.counts.shape
    found = np.empty((streams, length - last, len(features.groups), len(windows)))
    for place, window in enumerate(windows):
        begin, end = slice(last + 1 - window, -window), slice(last + 1, None)
        known = np.maximum(events[:, end] - events[:, begin], 1.0)
        means = expected[:, end] - expected[:, begin]
        inside = sums[:, end] - sums[:, begin] - means
        found[..., place] = differences(features, inside, known, means / known[..., None])
    return found


def sampling_noise(
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


def log_more_looks(
    score: float, window: float, often: float, than: float = 1.0, roughness: float = 1.0
) -> float:
    """Logarithm of how many times more alarms come of looking more often.

    Or less often: fewer then, and it is negative.

    Windows that overlap differ little: Siegmund's correction for looking at discrete moments
    (1985, Sequential Analysis, chapter 10), by its approximation of Siegmund and Yakir (2007).

    Parameters
    ----------
    score
        Minus the logarithm of the tail probability.
    window
        Length of the window, in blocks.
    often
        Looks a block.
    than
        Looks a block that are known what they make.
    roughness
        The part of the window's variance that events have one by one. The rest wanders, and hardly
        changes from look to look.

    Examples
    --------
    >>> log_more_looks(8.0, 1, 1)
    0.0
    >>> round(float(np.exp(log_more_looks(8.0, 1, 6))), 1)
    4.3
    """
    distance = math.sqrt(2 * max(score, 1.0))
    seen = []
    for looks in (often, than):
        step = distance * math.sqrt(2 * roughness / window / looks)
        normal = 0.5 * math.erfc(-step / 2 / math.sqrt(2))
        density = math.exp(-(step**2) / 8) / math.sqrt(2 * math.pi)
        seen.append(2 / step * (normal - 0.5) / (step / 2 * normal + density))
    return math.log(seen[0] / seen[1])
