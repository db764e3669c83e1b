"""Summaries as sums of a few features an event, so that every kind of signal is compared alike.

What a reference looks like decides the features: for numbers whether an event lies at or below
each of the reference's quantiles, for categories which of its frequent values it has, for flags
whether it is true, for embeddings their components. A feature is divided by its standard deviation
in the reference. The squared difference of the mean features is then, up to a factor, the
Anderson-Darling distance of numbers and Pearson's statistic of categories; indicators' squares are
replaced by deviances, which agree with them but in the tails. Embeddings' components are turned so
that it is the kernel Fisher discriminant's two-sample statistic (Harchaoui, Bach and Moulines 2008)
with the kernel that they span.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from detectors.drift.vector_features import VectorFeatures
from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
)

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_LEVELS: Final = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_MOST_CATEGORIES: Final = 30
_RAREST: Final = 0.01
"""Least share that a category's features are scaled by: rare ones would be all noise."""


@dataclass(frozen=True, slots=True)
class FlagFeatures:
    """Whether it is true."""

    groups: tuple[slice, ...]
    rates: Floats
    scales: Floats
    weights: Floats

    @classmethod
    def of(cls, reference: FlagCounts) -> "FlagFeatures":
        """The features that this reference asks for."""
        rates = _smoothed(np.array([reference.positive]), reference.count)
        return cls((slice(0, 1),), rates, _deviations(rates), np.ones(1))

    def cells(self, rates: Floats) -> Floats:
        """True and false."""
        return np.concatenate((rates, 1 - rates), axis=-1)

    def of_cells(self, counts: Floats) -> Floats:
        """Sums of features of so many events of each cell."""
        return counts[..., :1] / self.scales

    def sums(self, summary: Summary) -> tuple[int, Floats] | None:
        """Known values and how many are true."""
        if not isinstance(summary, FlagCounts):
            return None
        return summary.count, np.array([float(summary.positive)])

    def scaled(self, sums: Floats) -> Floats:
        """In units of standard deviations."""
        return sums / self.scales


@dataclass(frozen=True, slots=True)
class NumberFeatures:
    """Whether a number is at most each of some bucket bounds.

    ``keys`` are bucket numbers, those of negative values below those of zero and of positive ones.
    """

    groups: tuple[slice, ...]
    rates: Floats
    scales: Floats
    weights: Floats
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
        below = np.array([counts[keys <= key].sum() for key in inner])
        kept = (below < reference.count) | (len(keys) < 3)
        rates = _smoothed(below[kept], reference.count)
        size = len(rates)
        return cls((slice(0, size),), rates, _deviations(rates), np.ones(size), inner[kept])

    def cells(self, rates: Floats) -> Floats:
        """What lies between the bounds."""
        return np.diff(rates, prepend=0.0, append=1.0, axis=-1)

    def of_cells(self, counts: Floats) -> Floats:
        """Sums of features of so many events of each cell."""
        return np.cumsum(counts, axis=-1)[..., :-1] / self.scales

    def sums(self, summary: Summary) -> tuple[int, Floats] | None:
        """Values, and how many are at most each bound."""
        if not isinstance(summary, Distribution):
            return None
        return self.sums_of([summary])[0]

    def sums_of(self, summaries: Sequence[Distribution]) -> list[tuple[int, Floats]]:
        """The same of many, in a fraction of the time."""
        codes, counts, rows = _codes(summaries)
        width = len(self.keys) + 1
        places = rows * width + np.searchsorted(self.keys, codes)
        cells = np.bincount(places, counts, len(summaries) * width).astype(np.float64)
        below = np.cumsum(cells.reshape(-1, width), axis=1)[:, :-1]
        return [(each.count, row) for each, row in zip(summaries, below, strict=True)]

    def scaled(self, sums: Floats) -> Floats:
        """In units of standard deviations."""
        return sums / self.scales


_NEGATIVE: Final = 100_000
"""Beyond any bucket's number: bucket -n of a negative magnitude has the code -(100000 + n)."""


def _codes(distributions: Sequence[Distribution]) -> tuple[Counts, Counts, Counts]:
    """Codes of the buckets, which have the order of their values, their counts, and whose each is.

    Those of positive values first, then zeros, then those of negative ones.
    """
    positive = [each.positive for each in distributions]
    negative = [each.negative for each in distributions]
    zeros = [(row, each.zeros) for row, each in enumerate(distributions) if each.zeros]
    above, below = sum(map(len, positive)), sum(map(len, negative))
    size = above + len(zeros) + below
    codes, counts, rows = (np.zeros(size, np.int64) for _ in range(3))
    for buckets, begin, end in ((positive, 0, above), (negative, size - below, size)):
        if end > begin:
            every = chain.from_iterable(each.values() for each in buckets)
            codes[begin:end] = np.fromiter(chain.from_iterable(buckets), np.int64, end - begin)
            counts[begin:end] = np.fromiter(every, np.int64, end - begin)
            rows[begin:end] = np.repeat(np.arange(len(buckets)), [*map(len, buckets)])
    codes[:above] += _NEGATIVE
    codes[size - below :] = -(_NEGATIVE + codes[size - below :])
    if zeros:
        rows[above : size - below], counts[above : size - below] = np.array(zeros).T
    return codes, counts, rows


def _ordered(distribution: Distribution) -> tuple[Counts, Counts]:
    """Codes in ascending order, and their counts."""
    codes, counts, _ = _codes([distribution])
    order = np.argsort(codes)
    return codes[order], counts[order]


@dataclass(frozen=True, slots=True)
class CategoryFeatures:
    """Which of the frequent values it has, and whether it has another one."""

    groups: tuple[slice, ...]
    rates: Floats
    scales: Floats
    weights: Floats
    names: tuple[str, ...]

    @classmethod
    def of(cls, reference: CategoryCounts) -> "CategoryFeatures":
        """The values that are frequent in the reference."""
        ranked = sorted(reference.counts, key=lambda name: (-reference.counts[name], name))
        names = tuple(ranked[:_MOST_CATEGORIES])
        counts = [reference.counts[name] for name in names]
        rates = _smoothed(np.array([*counts, reference.count - sum(counts)]), reference.count)
        # Pearson's statistic of a multinomial is that of binomials, each so weighted.
        weights = (1 - rates) * np.minimum(rates / _RAREST, 1)
        return cls((slice(0, len(rates)),), rates, _deviations(rates), weights, names)

    def cells(self, rates: Floats) -> Floats:
        """The values, and the rest."""
        return rates

    def of_cells(self, counts: Floats) -> Floats:
        """Sums of features of so many events of each cell."""
        return counts / self.scales

    def sums(self, summary: Summary) -> tuple[int, Floats] | None:
        """Events, and how many have each value."""
        if not isinstance(summary, CategoryCounts):
            return None
        counts = [float(summary.counts.get(name, 0)) for name in self.names]
        return summary.count, np.array([*counts, summary.count - sum(counts)])

    def scaled(self, sums: Floats) -> Floats:
        """In units of standard deviations."""
        return sums / self.scales


Indicators = FlagFeatures | NumberFeatures | CategoryFeatures
"""Features that say which of some disjoint cells an event is in."""

Features = Indicators | VectorFeatures
"""What turns summaries of one signal into sums.

``groups`` are the stretches of features that are judged together. ``rates`` are the features'
shares in the reference, where they are indicators (with standard deviations ``scales``); else
``None``. ``weights`` tell how much each counts. ``sums`` are of what summaries count, ``scaled``
makes features of them.
"""


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


def sums_of(
    features: Features, summaries: Sequence[Summary]
) -> Sequence[tuple[int, Floats] | None]:
    """Known values and sums of features of many summaries, ``None`` for those of another kind."""
    if isinstance(features, NumberFeatures):
        numbers = [each for each in summaries if isinstance(each, Distribution)]
        if len(numbers) == len(summaries):
            return features.sums_of(numbers)
    return [features.sums(summary) for summary in summaries]


def is_sound(summary: Summary) -> bool:
    """Whether a summary has no sum that is not a number: one such would spoil all it merges with.

    >>> is_sound(VectorSum.of(1, np.array([np.nan]), 0.0))
    False
    """
    if isinstance(summary, VectorSum):
        return bool(np.isfinite(summary.sum).all())
    return True


def _smoothed(counts: NDArray[np.int64], total: int) -> Floats:
    """Shares, never 0 or 1: what was never seen may still be."""
    shares: Floats = (counts + 0.5) / (total + 1)
    return shares


def _deviations(rates: Floats) -> Floats:
    """Standard deviations of indicators."""
    return np.sqrt(rates * (1 - rates))


def differences(features: Features, residuals: Floats, events: Floats, means: Floats) -> Floats:
    """How far sums of features are from what is expected of so many events, by group.

    Of vectors the squared length an event; of indicators the weighted sum of their binomial
    deviances, whose tails are those of chi-squared also where few are expected: a rate of a few
    events is skewed, and its square would call bursts rarer than they are.

    Parameters
    ----------
    residuals
        Sums less what is expected, ``... x features``.
    events
        How many events, ``...``.
    means
        Expected features an event, ``features`` or ``... x features``.

    Returns
    -------
    numpy.ndarray
        ``... x groups``.
    """
    known = np.maximum(events, 1.0)[..., None]
    if features.rates is None:
        return np.asarray(np.einsum("...i,...i->...", residuals, residuals)[..., None] / known)
    low = float(features.rates.min()) / 2
    expected = known * np.clip(means * features.scales, low, 1 - low)
    found = np.clip(residuals * features.scales + expected, 0.0, known)
    deviance = xlogy(found, found / expected)
    deviance += xlogy(known - found, (known - found) / (known - expected))
    # All are one group; sums of deviances leave crumbs.
    return np.asarray(np.maximum(2 * (deviance @ features.weights)[..., None], 0.0))
