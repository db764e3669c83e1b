"""Streams like the reference: its blocks' deviations drawn anew, with the memory they show."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.drift.course import Course
from detectors.drift.record import Record, Streams
from detectors.drift.resampling_cells import CellStreams
from detectors.drift.resampling_vectors import VectorStreams
from detectors.drift.variation import Variation
from detectors.drift.vector_features import VectorFeatures

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_FEWEST: Final = 96
"""Streams at least: each has a reference and a memory of its own."""

_ROOM: Final = 2_000_000
"""Numbers in an array at most."""


def resampled(
    record: Record,
    variation: Variation,
    looks: int,
    evaluations: int,
    random: np.random.Generator,
) -> Iterator[Streams]:
    """Streams of so many windows of the longest length in all, ``looks`` a block.

    Each begins with a reference of its own, as long as the given one, since a reference is known
    no better than its size allows. What blocks vary one by one are the reference's own deviations,
    what wanders an autoregressive process in the directions in which the reference wanders; how
    much, and for how long, is drawn from the posterior.
    """
    past, longest = len(record.counts), record.longest
    number = max(evaluations // looks // (past - longest), _FEWEST)
    ahead = longest + -(-evaluations // looks // number)
    levels, white, excess, memory = variation.draw(number, random)
    source = (
        VectorStreams(record, random)
        if isinstance(record.features, VectorFeatures)
        else CellStreams(record, record.features)
    )
    length = past + ahead * looks
    room = max(_ROOM // (length * (record.residuals.shape[1] + 1)), 1)
    order = np.lexsort((excess, memory))
    for group in np.split(order, np.flatnonzero(np.diff(memory[order])) + 1):
        for first in range(0, len(group), room):
            some = group[first : first + room]
            course = Course.of(
                record.rows,
                record.counts,
                record.period,
                source.choices,
                len(some),
                ahead,
                looks,
                random,
            )
            variances = np.array([levels[some], white[some], excess[some]])
            yield source.draw(course, variances, float(memory[some[0]]), random)
