"""Scores and amounts folded into distributions."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from detectors.folding.groups import Groups
from detectors.folding.histograms import ABSENT, Codes, count_codes
from detectors.summaries import Distribution
from detectors.summaries.log_buckets import ZERO_FLOOR, bucket_index


def fold_distributions(
    frame: pl.DataFrame, names: Sequence[str], groups: Groups
) -> Iterator[tuple[int, str, Distribution]]:
    """Row, signal and summary, where any number is known. ``frame`` is in leaf order."""
    if not names:
        return
    columns = frame.select(pl.col(names).cast(pl.Float64).fill_null(np.nan))
    values = np.ascontiguousarray(columns.to_numpy().T)
    known = np.isfinite(values)
    numbers = np.where(known, values, 0.0)
    tiny = np.abs(numbers) < ZERO_FLOOR
    with np.errstate(over="ignore"):
        statistics = [
            groups.reduce(np.add, known.astype(np.int32)),
            groups.reduce(np.add, numbers),
            groups.reduce(np.add, np.square(numbers)),
            groups.reduce(np.minimum, np.where(known, numbers, np.inf)),
            groups.reduce(np.maximum, np.where(known, numbers, -np.inf)),
            groups.reduce(np.logical_and, numbers == np.rint(numbers)),
            groups.reduce(np.add, (known & tiny).astype(np.int32)),
        ]
    blocks, with_negative = _bucket_blocks(numbers, tiny)
    histograms = count_codes(blocks, groups)
    buckets, counts, cuts = histograms.codes.tolist(), histograms.counts.tolist(), histograms.cuts
    by_signal = (array.tolist() for array in statistics)
    for signal, (name, *by_row) in enumerate(zip(names, *by_signal, strict=True)):
        below = with_negative.get(signal)
        rows = enumerate(zip(*by_row, strict=True))
        for row, (count, total, squares, lowest, highest, integral, zeros) in rows:
            if count == 0:
                continue
            cut = cuts[row]
            start, end = cut[signal], cut[signal + 1]
            positive = dict(zip(buckets[start:end], counts[start:end], strict=True))
            negative: dict[int, int] = {}
            if below is not None:
                start, end = cut[below], cut[below + 1]
                negative = dict(zip(buckets[start:end], counts[start:end], strict=True))
            yield (
                row,
                name,
                Distribution(
                    count=count,
                    sum=total,
                    sum_squares=squares,
                    minimum=lowest,
                    maximum=highest,
                    integral=integral,
                    zeros=zeros,
                    positive=positive,
                    negative=negative,
                ),
            )


def _bucket_blocks(
    numbers: npt.NDArray[np.float64], tiny: npt.NDArray[np.bool_]
) -> tuple[Codes, dict[int, int]]:
    """Buckets of the positive values of every signal, then of the negative ones where any are.

    Gives the blocks, and the block of negative values by signal.
    """
    index = bucket_index(np.abs(np.where(tiny, 1.0, numbers)))
    below = numbers < 0
    positive = np.where(tiny | below, ABSENT, index)
    signals = np.flatnonzero((below & ~tiny).any(axis=1))
    negative = np.where(below[signals] & ~tiny[signals], index[signals], ABSENT)
    blocks = {int(signal): len(numbers) + place for place, signal in enumerate(signals)}
    return np.concatenate((positive, negative)).astype(np.int32, copy=False), blocks
