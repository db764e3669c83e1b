"""Sums of embeddings as features, turned so that noise is alike in all directions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detectors.summaries import Summary, VectorSum

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class VectorFeatures:
    """The components, turned by ``turn`` (``components x features``).

    In single precision: thousands of segments have some.
    """

    groups: tuple[slice, ...]
    weights: Floats
    turn: NDArray[np.float32]
    rates: None = None

    @classmethod
    def of(cls, reference: VectorSum) -> "VectorFeatures":
        """The components in units of the reference's spread."""
        size = len(reference.sum)
        scale = float(np.sqrt(reference.variance or 0.0)) or 1.0
        return cls(
            (slice(0, size),), np.ones(size), np.eye(size, dtype=np.float32) / np.float32(scale)
        )

    def among(self, deviations: Floats) -> "VectorFeatures":
        """Turned so that noise is nearly the same in all directions.

        What moves is often hidden where noise is large, and stands out where it is not. The
        covariance is shrunk towards one that is the same in all directions, as far as blocks are
        few (:func:`shrinkage`).

        Parameters
        ----------
        deviations
            What blocks differ from what is expected, by the root of their events, ``blocks x
            components``.
        """
        size = deviations.shape[1]
        share = shrinkage(*deviations.shape)
        covariance = deviations.T @ deviations / len(deviations)
        even = float(np.trace(covariance)) / size
        if even <= 0:
            return self
        covariance = (1 - share) * covariance + share * even * np.eye(size)
        values, axes = np.linalg.eigh(covariance)
        return replace(self, turn=np.ascontiguousarray(axes / np.sqrt(values), np.float32))

    def sums(self, summary: Summary) -> tuple[int, Floats] | None:
        """Vectors and their sum; ``None`` for vectors of another length."""
        if not isinstance(summary, VectorSum) or len(summary.total) != 8 * len(self.turn):
            return None
        return summary.count, summary.sum

    def known(self, now: Sequence[Summary | None], minimum: int) -> tuple[list[int], Floats]:
        """Events and sums of each, a row each; none of fewer than the minimum, or not finite."""
        size, counts, totals = 8 * len(self.turn), [], []
        for each in now:
            if isinstance(each, VectorSum) and each.count >= minimum and len(each.total) == size:
                counts.append(each.count)
                totals.append(each.total)
            else:
                counts.append(0)
                totals.append(bytes(size))
        sums = np.frombuffer(b"".join(totals), "<f8").reshape(len(counts), -1)
        if not math.isfinite(sums.sum()):
            sound = np.isfinite(sums.sum(axis=1))
            counts = [n if good else 0 for n, good in zip(counts, sound.tolist(), strict=True)]
            sums = np.where(sound[:, None], sums, 0.0)
        return counts, sums

    def scaled(self, sums: Floats) -> Floats:
        """Turned; in single precision, which is enough of differences."""
        return np.asarray(sums.astype(np.float32) @ self.turn, np.float64)


def shrinkage(blocks: int, components: int) -> float:
    """How far a covariance of so many blocks is moved to one that is the same in all directions.

    >>> round(shrinkage(96, 96), 2), round(shrinkage(960, 96), 2)
    (0.91, 0.5)
    """
    return 10 * components / (10 * components + blocks)
