"""Scores and amounts folded into distributions."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from detectors.folding.groups import Groups
from detectors.folding.packing import pack_distributions
from detectors.summaries.log_buckets import ZERO_FLOOR, bucket_index


def fold_distributions(
    frame: pl.DataFrame, names: Sequence[str], groups: Groups
) -> Iterator[tuple[int, str, bytes]]:
    """Row, signal and encoded summary, where any number is known. ``frame`` is in leaf order."""
    if not names:
        return
    columns = frame.select(pl.col(names).cast(pl.Float64).fill_null(np.nan))
    values = np.ascontiguousarray(columns.to_numpy().T)
    magnitudes = np.abs(values)
    plain = np.isfinite(values) & (magnitudes >= ZERO_FLOOR)
    data, ends = pack_distributions(
        values,
        bucket_index(np.where(plain, magnitudes, 1.0)),
        groups.leaf_bounds,
        groups.members,
        groups.row_bounds,
    )
    packed = data[: ends[-1]].tobytes()
    bounds = ends.tolist()
    place = 0
    for name in names:
        for row in range(groups.rows):
            begin, end = bounds[place], bounds[place + 1]
            place += 1
            if end > begin:
                yield row, name, packed[begin:end]
