"""Summary of embeddings: their sum and the sum of their squared norms."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct


class VectorSum(Struct, frozen=True, array_like=True, tag="v"):
    """Count, sum and sum of squared norms of vectors of one length.

    ``total`` is the sum as float64, little-endian, on the wire too: float32 would halve it, but a
    long window would then lose what a small pane adds. Merges exactly but for rounding. Vectors
    of different lengths do not add up: those of the largest length are kept, which is what a
    change of embedding model needs, and is associative.

    In SQL: ``sum(count)``, ``sumForEach(total)`` (``Array(Float64)``), ``sum(sum_squared_norms)``;
    the mean is ``arrayMap(x -> x / n, total)``.

    >>> VectorSum.empty().observe([[1.0, 2.0], [3.0, 4.0]]).mean.tolist()
    [2.0, 3.0]
    """

    count: int
    sum_squared_norms: float
    total: bytes

    @classmethod
    def empty(cls) -> "VectorSum":
        """No observation: the identity of :meth:`merge`."""
        return cls(0, 0.0, b"")

    @classmethod
    def of(
        cls, count: int, total: npt.NDArray[np.float64], sum_squared_norms: float
    ) -> "VectorSum":
        """The summary with this sum."""
        return cls(count, sum_squared_norms, total.astype("<f8", copy=False).tobytes())

    def observe(
        self, values: pl.Series | npt.NDArray[Any] | Sequence[Sequence[float] | None]
    ) -> "VectorSum":
        """These vectors too; nulls and vectors with a component that is not finite are ignored."""
        vectors = known_vectors(values)
        if not len(vectors):
            return self
        return self.merge(
            VectorSum.of(len(vectors), vectors.sum(axis=0), float(np.square(vectors).sum()))
        )

    def merge(self, other: "VectorSum") -> "VectorSum":
        """Both together; of different lengths, the longer alone."""
        if len(self.total) != len(other.total):
            return max(self, other, key=lambda each: len(each.total))
        return VectorSum.of(
            self.count + other.count,
            self.sum + other.sum,
            self.sum_squared_norms + other.sum_squared_norms,
        )

    @property
    def sum(self) -> npt.NDArray[np.float64]:
        """The sum of the vectors, component by component."""
        return np.frombuffer(self.total, "<f8")

    @property
    def mean(self) -> npt.NDArray[np.float64] | None:
        """The mean vector, ``None`` of nothing."""
        return self.sum / self.count if self.count else None

    @property
    def variance(self) -> float | None:
        """Mean squared distance to the mean vector, ``None`` of nothing."""
        mean = self.mean
        if mean is None:
            return None
        return max(self.sum_squared_norms / self.count - float(mean @ mean), 0.0)


def known_vectors(
    values: pl.Series | npt.NDArray[Any] | Sequence[Sequence[float] | None],
) -> npt.NDArray[np.float64]:
    """The known vectors whose components are all finite, a row each."""
    if isinstance(values, pl.Series):
        rows = values.drop_nulls()
        matrix = np.array(rows.to_list() if rows.dtype == pl.List else rows.to_numpy(), np.float64)
    else:
        matrix = np.array([row for row in values if row is not None], np.float64)
    if matrix.ndim != 2:
        return np.empty((0, 0))
    finite: npt.NDArray[np.float64] = matrix[np.isfinite(matrix).all(axis=1)]
    return finite
