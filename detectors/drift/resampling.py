"""Streams like the reference: its blocks drawn anew, or its events where they are independent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.drift.features import Features, differences

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_STRETCHED: Final = 3
"""Stretches are so many times as long as blocks resemble the ones before."""

_FAR: Final = 32
_QUIET: Final = 5
"""Lags in a row without autocorrelation that show its end."""

_MIXED: Final = 4
"""Draws that are mixed to one stream."""

_COMPARED: Final = 40
_COMPATIBLE: Final = 0.95
"""Part of the streams of independent events that vary less than blocks may, to be alike."""


def is_sampling(
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

    usual = np.array([spread(sampled(features, counts, random)[1]) for _ in range(_COMPARED)])
    return bool((spread(residuals) <= np.quantile(usual, _COMPATIBLE, axis=0)).all())


def resampled(
    features: Features,
    counts: Counts,
    residuals: Floats,
    longest: int,
    streams: int,
    random: np.random.Generator,
) -> Iterator[tuple[Floats, Floats]]:
    """Events and residuals by block of drawn streams, each against a reference drawn for it."""
    blocks = len(counts)
    # Resemblance too weak to be seen block by block may add up over a window.
    lags = _memory(residuals)
    stretch = max(min(_STRETCHED * max(lags, longest), blocks // 4), 1)
    # Stretches end, and their mean is the reference's own: both make it look better known than it
    # is. Twice, as windows drawn without repetition lack what its error adds.
    known = (1 - stretch / blocks) * max(1 - lags / stretch, 1 / 3)
    error = np.sqrt(2 / known)
    # What blocks have in common with their neighbours went into the expectation, too.
    residuals = residuals / np.sqrt(1 - min(_STRETCHED * lags, blocks // 4) / blocks)
    spread = _Spread.of(features, counts, residuals, lags)
    for _ in range(streams):
        varied = residuals * spread.draw(random)
        own = random.integers(0, blocks, -(-blocks // stretch))[:, None] + np.arange(stretch)
        own = own.ravel()[:blocks] % blocks
        offset = error * varied[own].sum(axis=0) / max(int(counts[own].sum()), 1)
        # A hundred blocks end at their largest, the future does not: several draws are mixed, so
        # that variance and autocorrelation stay, and tails reach beyond it.
        rows = _draw(blocks, stretch, random) + np.arange(_MIXED)[:, None] * blocks // _MIXED
        parts = np.abs(random.standard_normal(_MIXED))
        parts /= np.sqrt(np.square(parts).sum())
        mixed = np.square(parts) @ counts[rows % blocks]
        yield mixed, np.tensordot(parts, varied[rows % blocks], 1) - mixed[:, None] * offset


def sampled(
    features: Features, counts: Counts, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """The same of events drawn one by one, independently."""
    own, drawn = features.sampled(counts, random), features.sampled(counts, random)
    if own is None or drawn is None:
        raise TypeError("these features cannot be drawn")
    return counts.astype(np.float64), drawn - counts[:, None] * own.sum(axis=0) / counts.sum()


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
    def of(cls, features: Features, counts: Counts, residuals: Floats, lags: int) -> "_Spread":
        each = np.square(residuals).sum(axis=1) / np.maximum(counts, 1)
        mean, variance = float(each.mean()), float(each.var())
        if mean <= 0:
            return cls(1.0, np.inf)
        # Features have a variance of 1; all components of a vector together have it.
        least = (1 if features.rates is None else len(features.rates)) / mean
        apart = len(counts) / (2 * lags - 1)
        return cls(least, 2 * mean**2 * apart / variance if variance > 0 else np.inf)

    def draw(self, random: np.random.Generator) -> float:
        """A factor for the residuals of one stream."""
        share = 1.0
        if np.isfinite(self.degrees):
            share = self.degrees / max(float(random.chisquare(self.degrees)), 1e-3 * self.degrees)
        return float(np.sqrt(max(share, self.least)))


def _memory(residuals: Floats) -> int:
    """For how long blocks resemble the ones before: the first lag of quiet ones.

    After Politis and White (2004). What blocks far apart have in common is noise: it knows in how
    many directions they vary.
    """
    total = len(residuals)

    def likeness(lag: int) -> float:
        return float(np.einsum("ij,ij->", residuals[lag:], residuals[:-lag])) / (total - lag)

    far = np.unique(np.linspace(total // 4, total // 2, _FAR).astype(int))
    noise = float(np.sqrt(np.mean([likeness(int(lag)) ** 2 for lag in far])))
    quiet = 0
    for lag in range(1, total // 4):
        quiet = quiet + 1 if likeness(lag) <= noise else 0
        if quiet == _QUIET:
            return lag - _QUIET + 1
    return max(total // 4, 1)


def _draw(blocks: int, stretch: int, random: np.random.Generator) -> Counts:
    """All blocks once, in stretches of consecutive ones in random order.

    None twice: two of a kind in one window are what live traffic never has.
    """
    starts = random.permutation(np.arange(0, blocks, stretch)) + random.integers(blocks)
    rows: Counts = ((starts[:, None] + np.arange(stretch)) % blocks).ravel()[:blocks]
    return rows
