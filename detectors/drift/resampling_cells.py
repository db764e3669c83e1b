"""Streams of counts: shares of cells wander by factors, as log-normal ones do."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.drift.course import Course, resemblance
from detectors.drift.directions import directions_of, wandering_of
from detectors.drift.features import Indicators, NumberFeatures
from detectors.drift.record import Record, Streams

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_LARGEST: Final = 3.0
"""Logarithm of the largest factor that a share wanders by."""

_NEVER: Final = 1e-12
"""Share of a cell that holds nothing."""

_CORRECTIONS: Final = 4
"""How often what shares cannot wander is given once more."""


class CellStreams:
    """Streams like those of a reference of flags, categories or numbers.

    ``choices`` are the deviations of single blocks that there are to draw from.
    """

    def __init__(self, record: Record, features: Indicators) -> None:
        self._record, self._features, self.choices = record, features, len(record.counts)
        means = record.means * features.scales
        self._shares = _as_shares(features.cells(means.clip(0, 1)))
        alone = record.residuals / np.maximum(record.counts, 1)[:, None]
        seen = features.cells(alone * features.scales + means[record.rows])
        known = record.counts[:, None]
        roots = np.sqrt((seen * known).clip(0) + 0.375) / np.sqrt(known + 0.375 * seen.shape[1])
        # Roots vary alike at any share (Anscombe 1948).
        shocks = 2 * (roots - np.sqrt(self._shares[record.rows]))
        events = record.counts.sum()
        self._typical = record.counts @ self._shares[record.rows] / events + _NEVER
        ordered = isinstance(features, NumberFeatures) and len(self._shares) > 1
        self._phases = self._shares if ordered else self._shares[:0]
        for row, shares in enumerate(self._phases):
            at = record.rows == row
            moved = shocks[at] / np.sqrt(np.maximum(shares, _NEVER))
            shocks[at] = _at_quantiles(moved, shares, self._typical) * np.sqrt(self._typical)
        self._shocks = shocks - shocks.mean(axis=0)
        shocks = self._shocks * np.sqrt(known)
        self._axes = wandering_of(shocks, record.longest, directions_of(shocks), few=False)[1]

    def draw(
        self, course: Course, variances: Floats, memory: float, random: np.random.Generator
    ) -> Streams:
        """Streams of these variances (``3 x streams``: of sampling, one by one, wandering)."""
        past, counts = course.past, course.counts
        slow = course.wander(random.standard_normal((*counts.shape, len(self._axes))), memory)
        parts = course.lasting(self._shocks[course.drawn]), slow @ self._axes
        roots = np.sqrt(self._typical)
        for part, each, variance in zip(
            parts, (self._shocks / np.sqrt(past), self._axes), variances[1:], strict=True
        ):
            # By the same factors in every phase: of categories their shares, of numbers what lies
            # at the same quantiles, for a bound is another quantile by night than by day.
            factor = self._factor(each * roots, variance)
            np.multiply(part, factor[:, None, None] / roots, out=part)
            for row, shares in enumerate(self._phases):
                at = course.rows == row
                part[:, at] = _at_quantiles(part[:, at], self._typical, shares)
        found = self._wandering(course, parts, variances[1:].sum(axis=1), memory)
        by_row = course.by_row(found[:, :past] * counts[:, :past, None], len(self._shares))
        events = by_row.sum(axis=2)
        drawn = random.multinomial(np.rint(events).astype(np.int64), _as_shares(by_row + 1e-12))
        means = self._features.of_cells(drawn.astype(np.float64))
        means /= np.maximum(events, 1)[..., None]
        sums = random.multinomial(counts[:, past:], found[:, past:]).astype(np.float64)
        return course.streams(self._features.of_cells(sums), means)

    def _factor(self, changes: Floats, variance: Floats) -> Floats:
        """By what to multiply changes of shares (``any x cells``) to have this variance."""
        without = changes - changes.sum(axis=1, keepdims=True) * self._typical
        moved = self._features.of_cells(without)
        size = float((np.square(moved) @ self._features.weights).sum())
        if size <= 0:
            return np.zeros(len(variance))
        return np.asarray(np.sqrt(variance / self._record.counts.mean() / size))

    def _wandering(
        self, course: Course, parts: tuple[Floats, Floats], wanted: Floats, memory: float
    ) -> Floats:
        """Shares that vary by these parts, one by one and wandering, as much as is wanted.

        Factors that go up and down alike raise some shares in the mean, which is no wandering: it
        is taken off. Shares cannot wander beyond 0 and 1: what that takes is given once more, to
        what wanders by itself, which shows in how neighbours go together, and to the rest.
        """
        shares = self._shares[course.rows]
        middle = np.ones(shares.shape[1])
        found = _moved(shares, parts[0] + parts[1])
        for _ in range(_CORRECTIONS):
            middle *= (found.mean(axis=(0, 1)) + 1e-12) / (shares.mean(axis=0) + 1e-12)
            for stretch, looks in (
                (slice(course.past), 1),
                (slice(course.past, None), course.looks),
            ):
                alone, slowly = self._variances(
                    found[:, stretch] - shares[stretch], course.counts[:, stretch], looks, memory
                )
                if len(self._phases):
                    # The same shows differently in the next phase, and seems to be of a block.
                    slowly = max(slowly, alone + slowly - wanted[0])
                for part, is_seen, least in zip(parts, (alone, slowly), wanted, strict=True):
                    if least > 0:
                        more = least / max(is_seen, least / 2)
                        part[:, stretch] *= np.sqrt(more).clip(0.7, 1.4)
            found = _moved(shares / middle, parts[0] + parts[1])
        return found

    def _variances(
        self, changes: Floats, counts: Counts, looks: int, memory: float
    ) -> tuple[float, float]:
        """How much blocks vary one by one, and how much they wander; sums over the streams."""
        moved = self._features.of_cells(changes) * np.sqrt(self._features.weights)
        moved = moved.reshape(len(moved), -1, looks, moved.shape[-1]).mean(axis=2)
        moved *= np.sqrt(counts.reshape(len(moved), -1, looks).sum(axis=2))[..., None]
        blocks = moved.shape[1]
        together = float(np.einsum("ijk,ijk->", moved[:, 1:], moved[:, :-1])) / (blocks - 1)
        slowly = together / resemblance(memory, looks)[1]
        return float(np.square(moved).sum()) / blocks - slowly, slowly


def _at_quantiles(relative: Floats, shares: Floats, others: Floats) -> Floats:
    """Changes of cells, as parts of their shares, as those of other cells at the same quantiles.

    Both are cells in ascending order of what they hold; each of the others changes as the cells
    that it lies in do, so much of it as lies in each.
    """
    end, other = np.cumsum(shares), np.cumsum(others)
    upper = np.minimum(end[:, None], other)
    lower = np.maximum((end - shares)[:, None], other - others)
    return np.asarray(relative @ ((upper - lower).clip(0) / np.maximum(others, _NEVER)))


def _moved(shares: Floats, relative: Floats) -> Floats:
    """Shares that wander by parts of them: small ones by log-normal factors, large as seen.

    Counts of few events are skewed, so that factors are not taken from them.
    """
    factors = relative.clip(-_LARGEST)
    large = factors > 1
    # Few are: logarithms of all would take as long as the rest of a calibration.
    factors[large] = 2 * np.log1p(factors[large] / 2) + 1 - 2 * np.log(1.5)
    np.exp(np.minimum(factors, _LARGEST, out=factors), out=factors)
    factors *= shares
    factors /= factors.sum(axis=-1, keepdims=True)
    return factors


def _as_shares(found: Floats) -> Floats:
    found = found.clip(0)
    return np.asarray(found / found.sum(axis=-1, keepdims=True))
