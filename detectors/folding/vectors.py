"""Embeddings folded into sums."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from detectors.folding.groups import Groups
from detectors.summaries import VectorSum

_WORTH: Final = 32
"""Events a leaf from which leaves are best summed one by one."""


def fold_vectors(
    frame: pl.DataFrame, names: Sequence[str], groups: Groups
) -> Iterator[tuple[int, str, VectorSum]]:
    """Row, signal and summary, where any vector is known. ``frame`` is in leaf order.

    Raises ``TypeError`` when a column does not hold arrays of one length.
    """
    scattered = _WORTH * len(groups.leaf_starts) > len(frame)
    for name in names:
        series = frame[name]
        if series.null_count() == len(series):
            continue
        if not isinstance(series.dtype, pl.Array):
            raise TypeError(
                f"vector signal {name} is {series.dtype}: give arrays of one length (pl.Array)"
            )
        vectors = series.to_numpy().astype(np.float64)
        squared_norms = np.vecdot(vectors, vectors)
        known = np.isfinite(vectors).all(axis=1)
        vectors[~known] = 0.0
        squared_norms[~known] = 0.0
        counts = groups.reduce(np.add, known.astype(np.int64)).tolist()
        norms = groups.reduce(np.add, squared_norms).tolist()
        totals = groups.sum_vectors(vectors) if scattered else _sum_in_leaves(vectors, groups)
        for row, count in enumerate(counts):
            if count:
                yield row, name, VectorSum.of(count, totals[row], norms[row])


def _sum_in_leaves(vectors: npt.NDArray[np.float64], groups: Groups) -> npt.NDArray[np.float64]:
    """Vectors of events summed to rows, leaf by leaf."""
    leaves = np.array([vectors[a:b].sum(axis=0) for a, b in pairwise(groups.leaf_bounds)])
    rows: npt.NDArray[np.float64] = groups.membership @ leaves
    return rows
