"""Summaries as sums of a few features an event, so that every kind of signal is compared alike.

What a reference looks like decides the features: for numbers whether an event lies at or below
each of the reference's quantiles, for categories which of its frequent values it has, for flags
whether it is true, for embeddings their components. A feature is divided by its standard deviation
in the reference. The squared difference of the mean features is then, up to a factor, the
Anderson-Darling distance of numbers, Pearson's statistic of categories, and the kernel two-sample
statistic (maximum mean discrepancy) of embeddings with the kernel that their features span.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.drift.embedding import LINEAR, SIZE
from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
)

Floats = NDArray[np.float64]

_LEVELS: Final = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_MOST_CATEGORIES: Final = 30
_RAREST: Final = 0.01
"""Least share that a category's features are scaled by: rare ones would be all noise."""


class Features(Protocol):
    """Turns summaries of one signal into sums.

    ``groups`` are the stretches of features that are judged together. ``rates`` are the features'
    shares in the reference, where they are indicators; else ``None``. ``scales`` are their
    standard deviations.
    """

    @property
    def groups(self) -> tuple[slice, ...]: ...  # noqa: D102

    @property
    def rates(self) -> Floats | None: ...  # noqa: D102

    @property
    def scales(self) -> Floats: ...  # noqa: D102

    def sums(self, summary: Summary) -> tuple[int, Floats] | None:
        """Events, and the sums of their features; ``None`` for a summary of another kind."""
        ...


@dataclass(frozen=True, slots=True)
class FlagFeatures:
    """Whether it is true."""

    groups: tuple[slice, ...]
    rates: Floats
    scales: Floats

    @classmethod
    def of(cls, reference: FlagCounts) -> "FlagFeatures":
        """The features that this reference asks for."""
        rates = np.array([reference.positive / max(reference.count, 1)])
        return cls((slice(0, 1),), rates, _deviations(rates, reference.count))

    def sums(self, summary: Summary) -> tuple[int, Floats] | None:
        """Known values and how many are true."""
        if not isinstance(summary, FlagCounts):
            return None
        return summary.count, np.array([float(summary.positive)]) / self.scales


@dataclass(frozen=True, slots=True)
class NumberFeatures:
    """Whether a number is at most each of some bucket bounds.

    ``keys`` are bucket numbers, those of negative values below those of zero and of positive ones.
    """

    groups: tuple[slice, ...]
    rates: Floats
    scales: Floats
    keys: NDArray[np.int64]

    @classmethod
    def of(cls, reference: Distribution) -> "NumberFeatures":
        """Bounds at the reference's quantiles; of a constant, below and above it."""
        keys, counts = _ordered(reference)
        shares = np.cumsum(counts) / max(reference.count, 1)
        at = np.unique(np.minimum(np.searchsorted(shares, _LEVELS), len(keys) - 1))
        inner = keys[at]
        if len(keys) < 3:
            # Of one or two values every departure shows only beside them.
            inner = np.unique(np.concatenate((keys - 1, keys)))
        rates = np.array([counts[keys <= key].sum() for key in inner]) / max(reference.count, 1)
        kept = (rates < 1) | (len(keys) < 3)
        scales = _deviations(rates[kept], reference.count)
        return cls((slice(0, int(kept.sum())),), rates[kept], scales, inner[kept])

    def sums(self, summary: Summary) -> tuple[int, Floats] | None:
        """Values, and how many are at most each bound."""
        if not isinstance(summary, Distribution):
            return None
        keys, counts = _ordered(summary)
        below = np.append(0, np.cumsum(counts))[np.searchsorted(keys, self.keys, side="right")]
        return summary.count, below / self.scales


_NEGATIVE: Final = 100_000
"""Beyond any bucket's number: bucket -n of a negative magnitude has the code -(100000 + n)."""


def _ordered(distribution: Distribution) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Codes of the buckets in the order of their values, and their counts."""
    found = {-(_NEGATIVE + key): count for key, count in distribution.negative.items()}
    if distribution.zeros:
        found[0] = distribution.zeros
    found |= {_NEGATIVE + key: count for key, count in distribution.positive.items()}
    codes = sorted(found)
    return np.array(codes, np.int64), np.array([found[code] for code in codes], np.int64)


@dataclass(frozen=True, slots=True)
class CategoryFeatures:
    """Which of the frequent values it has, and whether it has another one."""

    groups: tuple[slice, ...]
    rates: Floats
    scales: Floats
    names: tuple[str, ...]

    @classmethod
    def of(cls, reference: CategoryCounts) -> "CategoryFeatures":
        """The values that are frequent in the reference."""
        ranked = sorted(reference.counts, key=lambda name: (-reference.counts[name], name))
        names = tuple(ranked[:_MOST_CATEGORIES])
        total = max(reference.count, 1)
        shares = [reference.counts[name] / total for name in names]
        rates = np.array([*shares, 1 - sum(shares)]).clip(0, 1)
        scales = np.sqrt(np.maximum(rates, _RAREST))
        return cls((slice(0, len(rates)),), rates, scales, names)

    def sums(self, summary: Summary) -> tuple[int, Floats] | None:
        """Events, and how many have each value."""
        if not isinstance(summary, CategoryCounts):
            return None
        counts = [float(summary.counts.get(name, 0)) for name in self.names]
        return summary.count, np.array([*counts, summary.count - sum(counts)]) / self.scales


@dataclass(frozen=True, slots=True)
class VectorFeatures:
    """The components: of Tidewatch's own embeddings their linear part and their Fourier part."""

    groups: tuple[slice, ...]
    scales: Floats
    rates: None = None

    @classmethod
    def of(cls, reference: VectorSum) -> "VectorFeatures":
        """The components as they are, in units of the reference's spread."""
        size = len(reference.sum)
        parts = (slice(0, LINEAR), slice(LINEAR, SIZE)) if size == SIZE else (slice(0, size),)
        return cls(parts, np.full(size, float(np.sqrt(reference.variance or 0.0)) or 1.0))

    def sums(self, summary: Summary) -> tuple[int, Floats] | None:
        """Vectors and their sum; ``None`` for vectors of another length, or not finite."""
        if not isinstance(summary, VectorSum) or len(summary.sum) != len(self.scales):
            return None
        total = summary.sum
        return (summary.count, total / self.scales) if np.isfinite(total).all() else None


def features_of(reference: Summary) -> Features | None:
    """The features that a reference asks for; ``None`` where its kind has none or it is empty."""
    match reference:
        case FlagCounts() if reference.count:
            return FlagFeatures.of(reference)
        case Distribution() if reference.count:
            return NumberFeatures.of(reference)
        case CategoryCounts() if reference.count:
            return CategoryFeatures.of(reference)
        case VectorSum() if reference.count:
            return VectorFeatures.of(reference)
    return None


def is_sound(summary: Summary) -> bool:
    """Whether a summary has no sum that is not a number: one such would spoil all it merges with.

    >>> is_sound(VectorSum.of(1, np.array([np.nan]), 0.0))
    False
    """
    if isinstance(summary, VectorSum):
        return bool(np.isfinite(summary.sum).all())
    return True


def _deviations(rates: Floats, count: int) -> Floats:
    """Standard deviations of indicators, never 0: what was never seen may still be."""
    smoothed = (rates * count + 0.5) / (count + 1)
    return np.sqrt(smoothed * (1 - smoothed))
