"""Categories folded into counts by value."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from detectors.folding.groups import Groups
from detectors.folding.histograms import ABSENT, count_codes
from detectors.summaries import CategoryCounts


def fold_categories(
    frame: pl.DataFrame, names: Sequence[str], groups: Groups
) -> Iterator[tuple[int, str, CategoryCounts]]:
    """Row, signal and summary, where any category is known. ``frame`` is in leaf order."""
    if not names:
        return
    encoded = [frame[name].cast(pl.String).to_arrow().dictionary_encode() for name in names]
    values = [each.dictionary.to_pylist() for each in encoded]
    blocks = np.stack([each.indices.fill_null(ABSENT).to_numpy() for each in encoded])
    histograms = count_codes(blocks.astype(np.int32, copy=False), groups)
    codes, counts = histograms.codes.tolist(), histograms.counts.tolist()
    for row, cuts in enumerate(histograms.cuts):
        for signal, name in enumerate(names):
            start, end = cuts[signal], cuts[signal + 1]
            if start < end:
                found = map(values[signal].__getitem__, codes[start:end])
                by_value = dict(zip(found, counts[start:end], strict=True))
                yield row, name, CategoryCounts.bounded(by_value)
