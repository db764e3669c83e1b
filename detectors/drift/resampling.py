"""Streams like the reference: its blocks' deviations drawn anew, with the memory they show."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter  # type: ignore[attr-defined]

from detectors.drift.course import Course, resemblance
from detectors.drift.directions import directions_of, evenness, spread_beyond, wandering_of
from detectors.drift.features import Features
from detectors.drift.variation import Variation
from detectors.drift.vector_features import VectorFeatures

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_FEWEST: Final = 96
"""Streams at least: each has a reference and a memory of its own."""

_ROOM: Final = 2_000_000
"""Numbers in an array at most."""

_LARGEST: Final = 3.0
"""Logarithm of the largest factor that a share wanders by."""

_CORRECTIONS: Final = 4
"""How often what shares cannot wander is given once more."""

_DRAWS: Final = 4096
"""Deviations of vectors to choose from."""

_MIXED: Final = 4
"""Draws that are mixed to one deviation: tails reach beyond the largest of a hundred blocks."""


_MANY: Final = 8
"""Blocks a feature from which their deviations are drawn as they are."""


@dataclass(frozen=True)
class Record:
    """A reference's blocks, in order of time.

    ``means`` are expected features an event, ``rows x features``; ``rows`` tells which row each
    block has (its phase), and ``period`` after how many blocks phases come again, 0 for never.
    ``residuals`` are sums of features less what is expected, ``blocks x features``; ``block`` is in
    seconds. ``sampling`` is the variance that independent events have, summed over the features;
    ``None`` where it is not known.
    """

    features: Features
    means: Floats
    rows: Counts
    counts: Counts
    residuals: Floats
    period: int
    block: int
    sampling: float | None

    @cached_property
    def deviations(self) -> Floats:
        """Residuals whose variance by sampling does not depend on the number of events."""
        known = np.sqrt(np.maximum(self.counts, 1))[:, None]
        return self.residuals / known * np.sqrt(self.features.weights)

    def variation(self, together: int) -> Variation:
        """How the blocks vary; ``together`` is the number of blocks of the longest window."""
        # What comes again with the phases is in the expectations.
        followed = min(self.period, len(self.means)) // 2
        skip = np.arange(1, followed + 1) / max(self.period, 1)
        series = self.deviations
        even = evenness(series)
        directions = even * directions_of(series), even * wandering_of(series, together)[0]
        return Variation.of(series, self.sampling, directions, skip, self.block)


@dataclass(frozen=True, slots=True)
class Streams:
    """Drawn streams, with what their own references let expect.

    ``counts`` are ``streams x looks``, ``sums`` and ``expected`` ``streams x looks x features``.
    """

    counts: Floats
    sums: Floats
    expected: Floats


def resampled(
    record: Record,
    variation: Variation,
    longest: int,
    looks: int,
    evaluations: int,
    random: np.random.Generator,
) -> Iterator[Streams]:
    """Streams of so many windows of ``longest`` blocks in all, ``looks`` a block.

    Each begins with a reference of its own, as long as the given one, since a reference is known
    no better than its size allows. What blocks vary one by one are the reference's own deviations,
    what wanders an autoregressive process in the directions in which the reference wanders; how
    much, and for how long, is drawn from the posterior.
    """
    past = len(record.counts)
    number = max(evaluations // looks // (past - longest), _FEWEST)
    ahead = longest + -(-evaluations // looks // number)
    levels, white, excess, memory = variation.draw(number, random)
    vectors = isinstance(record.features, VectorFeatures)
    draw, choices = (_vectors, _DRAWS) if vectors else (_indicators, past)
    length = past + ahead * looks
    room = max(_ROOM // (length * (record.residuals.shape[1] + 1)), 1)
    order = np.lexsort((excess, memory))
    for group in np.split(order, np.flatnonzero(np.diff(memory[order])) + 1):
        for first in range(0, len(group), room):
            some = group[first : first + room]
            variances = np.array([levels[some], white[some], excess[some]])
            course = Course.of(
                record.rows, record.counts, record.period, choices, len(some), ahead, looks, random
            )
            yield draw(record, course, longest, variances, float(memory[some[0]]), random)


def _indicators(
    record: Record,
    course: Course,
    longest: int,
    variances: Floats,
    memory: float,
    random: np.random.Generator,
) -> Streams:
    """Shares of cells wander by factors, as log-normal ones do."""
    features = record.features
    if isinstance(features, VectorFeatures):
        raise TypeError("vectors have no cells")
    past, rows, counts = course.past, course.rows, course.counts
    shares = _shares(features.cells((record.means * features.scales).clip(0, 1)))
    seen = features.cells(
        ((record.residuals / np.maximum(record.counts, 1)[:, None]) * features.scales)
        + (record.means * features.scales)[record.rows]
    )
    known = record.counts[:, None]
    roots = np.sqrt((seen * known).clip(0) + 0.375) / np.sqrt(known + 0.375 * seen.shape[1])
    # Roots vary alike at any share (Anscombe 1948).
    shocks = 2 * (roots - np.sqrt(shares[record.rows]))
    shocks -= shocks.mean(axis=0)
    typical = record.counts @ shares[record.rows] / record.counts.sum() + 1e-12
    _, axes = wandering_of(shocks * np.sqrt(known), longest)
    parts = [course.lasting(shocks[course.drawn]), _wander(axes, course, memory, random)]
    for place, each in enumerate((shocks / np.sqrt(past), axes)):
        changes = each * np.sqrt(typical)
        moved = features.of_cells(changes - changes.sum(axis=1, keepdims=True) * typical)
        size = float((np.square(moved) @ features.weights).sum())
        wanted = variances[1 + place] / record.counts.mean()
        factor = np.sqrt(wanted / size) if size > 0 else np.zeros(len(counts))
        # By the same factors in every phase.
        parts[place] *= factor[:, None, None] / np.sqrt(typical)
    found = _wandering(shares[rows], parts[0] + parts[1])
    middle = np.ones(shares.shape[1])
    for _ in range(_CORRECTIONS):
        # Factors that go up and down alike raise some shares in the mean, which is no wandering.
        middle *= (found.mean(axis=(0, 1)) + 1e-12) / (shares[rows].mean(axis=0) + 1e-12)
        # Shares cannot wander beyond 0 and 1: what that takes is given once more, to what wanders
        # by itself, which shows in how neighbours go together, and to the rest.
        for part, looks in ((slice(past), 1), (slice(past, None), course.looks)):
            moved = features.of_cells(found[:, part] - shares[rows[part]])
            moved *= np.sqrt(features.weights)
            moved = moved.reshape(len(moved), -1, looks, moved.shape[-1]).mean(axis=2)
            events = counts[:, part].reshape(len(moved), -1, looks).sum(axis=2)
            moved *= np.sqrt(events)[..., None]
            together = np.einsum("ijk,ijk->i", moved[:, 1:], moved[:, :-1]) / (moved.shape[1] - 1)
            slowly = together / resemblance(memory, looks)[1]
            alone = np.square(moved).sum(axis=2).mean(axis=1) - slowly
            for place, seen in enumerate((alone, slowly)):
                wanted = float(variances[1 + place].sum())
                if wanted > 0:
                    more = wanted / max(float(seen.sum()), wanted / 2)
                    parts[place][:, part] *= np.sqrt(more).clip(0.7, 1.4)
        found = _wandering(shares[rows] / middle, parts[0] + parts[1])
    weighted = found[:, :past] * counts[:, :past, None]
    by_row = np.stack(
        [weighted[:, rows[:past] == row].sum(axis=1) for row in range(len(shares))], 1
    )
    events = by_row.sum(axis=2)
    drawn = random.multinomial(np.rint(events).astype(np.int64), _shares(by_row + 1e-12))
    own = drawn.astype(np.float64)
    means = features.of_cells(own) / np.maximum(events, 1)[..., None]
    sums = features.of_cells(random.multinomial(counts[:, past:], found[:, past:]).astype(float))
    live = counts[:, past:].astype(np.float64)
    return Streams(live, sums, live[..., None] * means[:, rows[past:]])


def _vectors(
    record: Record,
    course: Course,
    longest: int,
    variances: Floats,
    memory: float,
    random: np.random.Generator,
) -> Streams:
    """Deviations go in the directions in which neighbouring blocks differ."""
    levels, white, excess = variances
    past, rows, counts = course.past, course.rows, course.counts
    found = _wander(wandering_of(record.deviations, longest)[1], course, memory, random)
    found *= np.sqrt(excess)[:, None, None]
    deviations = _mixed(record.deviations, random)
    if white.any():
        beyond = course.lasting(deviations[course.drawn])
        found += beyond * np.sqrt(white)[:, None, None]
    found *= np.sqrt(counts / record.counts.mean())[..., None]
    alone = deviations[random.integers(_DRAWS, size=counts.shape)]
    found += alone * np.sqrt(levels)[:, None, None]
    found *= np.sqrt(counts)[..., None]
    by_row = [rows[:past] == row for row in range(len(record.means))]
    means = np.stack(
        [
            found[:, :past][:, each].sum(axis=1)
            / np.maximum(counts[:, :past][:, each].sum(axis=1), 1)[:, None]
            for each in by_row
        ],
        axis=1,
    )
    live = counts[:, past:].astype(np.float64)
    return Streams(live, found[:, past:], live[..., None] * means[:, rows[past:]])


def _mixed(deviations: Floats, random: np.random.Generator) -> Floats:
    """:data:`_DRAWS` deviations of variance 1: of many blocks their own, else each mixed of some.

    Of few, as neighbours differ; of many, with the tails that they have.
    """
    if len(deviations) >= _MANY * deviations.shape[1]:
        spread = np.sqrt(np.square(deviations).sum(axis=1).mean())
        return np.asarray(deviations[random.integers(len(deviations), size=_DRAWS)] / spread)
    apart = (deviations - np.roll(deviations, 1, axis=0)) / np.sqrt(2)
    size = float(np.square(apart).sum(axis=1).mean())
    even, features = spread_beyond(deviations), apart.shape[1]
    found = np.sqrt(even / features) * random.standard_normal((_DRAWS, features))
    parts = np.abs(random.standard_normal((_MIXED, _DRAWS, 1)))
    parts *= np.sqrt((1 - even) / max(size, 1e-300) / np.square(parts).sum(axis=0))
    for part in parts:
        found += part * apart[random.integers(len(apart), size=_DRAWS)]
    return np.asarray(found)


def _wander(axes: Floats, course: Course, memory: float, random: np.random.Generator) -> Floats:
    """Autoregressive processes of variance 1, block by block, along these directions.

    ``streams x length x features``; where blocks are looked at more often, they go on in between.
    """
    streams, length = course.counts.shape
    shocks = random.standard_normal((streams, length, len(axes)))
    keep = np.exp(-1 / memory)
    past = shocks[:, : course.past]
    past[:, 1:] *= np.sqrt(1 - keep**2)
    past[:] = lfilter([1.0], [1.0, -keep], past, axis=1)
    live = shocks[:, course.past :]
    often = np.exp(-1 / memory / course.looks)
    live *= np.sqrt(1 - often**2)
    live[:], _ = lfilter([1.0], [1.0, -often], live, axis=1, zi=often * past[:, -1:])
    # Means of blocks vary less than what they are means of.
    live /= np.sqrt(resemblance(memory, course.looks)[0])
    return np.asarray(shocks @ axes)


def _wandering(shares: Floats, relative: Floats) -> Floats:
    """Shares that wander by parts of them: small ones by log-normal factors, large as seen.

    Counts of few events are skewed, so that factors are not taken from them.
    """
    large = 2 * np.log1p(np.maximum(relative, 1.0) / 2) + 1 - 2 * np.log(1.5)
    factors = np.where(relative > 1, large, relative).clip(-_LARGEST, _LARGEST)
    return _shares(shares * np.exp(factors))


def _shares(found: Floats) -> Floats:
    found = found.clip(0)
    return np.asarray(found / found.sum(axis=-1, keepdims=True))
