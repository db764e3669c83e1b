"""A reference's blocks as numbers, and streams that are drawn like them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detectors.drift.directions import directions_of, evenness, wandering_of
from detectors.drift.features import Features
from detectors.drift.variation import Variation
from detectors.drift.vector_features import VectorFeatures, shrinkage

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Record:
    """A reference's blocks, in order of time.

    ``means`` are expected features an event, ``rows x features``; ``rows`` tells which row each
    block has (its phase), and ``period`` after how many blocks phases come again, 0 for never.
    ``residuals`` are sums of features less what is expected, ``blocks x features``; ``block`` is in
    seconds. ``sampling`` is the variance that independent events have, summed over the features;
    ``None`` where it is not known. The longest window has ``longest`` blocks. ``starts`` are in
    epoch seconds.
    """

    features: Features
    means: Floats
    rows: Counts
    counts: Counts
    residuals: Floats
    period: int
    block: int
    sampling: float | None
    longest: int
    starts: Counts

    @cached_property
    def deviations(self) -> Floats:
        """Residuals whose variance by sampling does not depend on the number of events."""
        known = np.sqrt(np.maximum(self.counts, 1))[:, None]
        return self.residuals / known * np.sqrt(self.features.weights)

    @cached_property
    def directions(self) -> float:
        """In how many directions the blocks vary (:func:`directions_of`)."""
        damped = 0.0
        if isinstance(self.features, VectorFeatures):
            size = float(np.square(self.deviations).sum(axis=1).mean()) / len(self.counts)
            size *= 1 - shrinkage(*self.deviations.shape)
            damped = size / (1 + size)
        return directions_of(self.deviations, len(np.unique(self.rows)), damped)

    @cached_property
    def wandering(self) -> tuple[float, Floats]:
        """In how many directions the blocks wander, and which (:func:`wandering_of`)."""
        few = isinstance(self.features, VectorFeatures)
        return wandering_of(self.deviations, self.longest, self.directions, few=few)

    def variation(self) -> Variation:
        """How the blocks vary."""
        # What comes again with the phases is in the expectations.
        followed = min(self.period, len(self.means)) // 2
        skip = np.arange(1, followed + 1) / max(self.period, 1)
        series = self.deviations
        even = evenness(series, self.directions)
        directions = even * self.directions, even * self.wandering[0]
        return Variation.of(series, self.sampling, directions, skip, self.block)


@dataclass(frozen=True, slots=True)
class Streams:
    """Drawn streams, with what their own references let expect.

    ``counts`` are ``streams x looks``, ``sums`` and ``expected`` ``streams x looks x features``.
    """

    counts: Floats
    sums: Floats
    expected: Floats
