"""Flags folded into counts."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from detectors.folding.groups import Groups
from detectors.summaries import FlagCounts


def fold_flags(
    frame: pl.DataFrame, names: Sequence[str], groups: Groups
) -> Iterator[tuple[int, str, FlagCounts]]:
    """Row, signal and summary, where any flag is known. ``frame`` is in leaf order."""
    if not names:
        return
    columns = frame.select(pl.col(names).cast(pl.Boolean))
    known = columns.select(pl.all().is_not_null().cast(pl.Int64)).to_numpy().T
    true = columns.select(pl.all().fill_null(value=False).cast(pl.Int64)).to_numpy().T
    counts = groups.reduce(np.add, known).tolist()
    positives = groups.reduce(np.add, true).tolist()
    for name, count, positive in zip(names, counts, positives, strict=True):
        for row in range(groups.rows):
            if count[row]:
                yield row, name, FlagCounts(count[row], positive[row])
