"""Streams of vectors: deviations go in the directions in which neighbouring blocks differ."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.drift.course import Course
from detectors.drift.directions import spread_beyond
from detectors.drift.record import Record, Streams

Floats = NDArray[np.float64]

_DRAWS: Final = 4096
"""Deviations to choose from."""

_MIXED: Final = 4
"""Draws that are mixed to one deviation: tails reach beyond the largest of a hundred blocks."""

_MANY: Final = 8
"""Blocks a feature from which their deviations are drawn as they are."""


class VectorStreams:
    """Streams like those of a reference of vectors.

    ``choices`` are the deviations of single blocks that there are to draw from.
    """

    choices: Final = _DRAWS

    def __init__(self, record: Record, random: np.random.Generator) -> None:
        self._record = record
        axes = record.wandering[1]
        # Chosen from a table: drawing each costs ten times as much.
        self._shocks = random.standard_normal((_DRAWS, len(axes))) @ axes
        self._deviations = _mixed(record, random)

    def draw(
        self, course: Course, variances: Floats, memory: float, random: np.random.Generator
    ) -> Streams:
        """Streams of these variances (``3 x streams``: of sampling, one by one, wandering)."""
        levels, white, excess = variances
        counts = course.counts
        found = course.wander(self._shocks[random.integers(_DRAWS, size=counts.shape)], memory)
        found *= np.sqrt(excess)[:, None, None]
        if white.any():
            beyond = course.lasting(self._deviations[course.drawn])
            found += beyond * np.sqrt(white)[:, None, None]
        found *= np.sqrt(counts / self._record.counts.mean())[..., None]
        alone = self._deviations[random.integers(_DRAWS, size=counts.shape)]
        found += alone * np.sqrt(levels)[:, None, None]
        found *= np.sqrt(counts)[..., None]
        rows = len(self._record.means)
        events = course.by_row(counts, rows)[..., None]
        means = course.by_row(found, rows) / np.maximum(events, 1)
        return course.streams(found[:, course.past :], means)


def _mixed(record: Record, random: np.random.Generator) -> Floats:
    """:data:`_DRAWS` deviations of variance 1: of many blocks their own, else each mixed of some.

    Of few, as neighbours differ; of many, with the tails that they have.
    """
    deviations = record.deviations
    if len(deviations) >= _MANY * deviations.shape[1]:
        spread = np.sqrt(np.square(deviations).sum(axis=1).mean())
        return np.asarray(deviations[random.integers(len(deviations), size=_DRAWS)] / spread)
    apart = (deviations - np.roll(deviations, 1, axis=0)) / np.sqrt(2)
    size = float(np.square(apart).sum(axis=1).mean())
    even, features = spread_beyond(deviations, record.directions), apart.shape[1]
    found = np.sqrt(even / features) * random.standard_normal((_DRAWS, features))
    parts = np.abs(random.standard_normal((_MIXED, _DRAWS, 1)))
    parts *= np.sqrt((1 - even) / max(size, 1e-300) / np.square(parts).sum(axis=0))
    for part in parts:
        found += part * apart[random.integers(len(apart), size=_DRAWS)]
    return np.asarray(found)
