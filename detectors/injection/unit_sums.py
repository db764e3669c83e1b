"""What the words of stretches add up to, from a table of bytes: a row is one line of the cache."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.injection.features import SMOOTHING

WIDTH: Final = 64
"""Columns of the table; 32 words, as many as a stretch has, do not exceed 16 bits."""
STEPS: Final = 127


def in_bytes(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A table as int8 [words, :data:`WIDTH`], and what makes numbers of its columns.

    Raises
    ------
    ValueError
        When the table has more columns than that.
    """
    if table.shape[1] > WIDTH:
        raise ValueError(f"{table.shape[1]} columns do not fit into {WIDTH}: use fewer units")
    scales = np.zeros(WIDTH, np.float32)
    scales[: table.shape[1]] = np.abs(table).max(axis=0) / STEPS
    found = np.zeros((len(table), WIDTH), np.int8)
    found[:, : table.shape[1]] = np.rint(table / scales[: table.shape[1]])
    return found, scales


@compiled
def unit_sums(
    rows: NDArray[np.int32],
    bounds: NDArray[np.int64],
    table: NDArray[np.int8],
    scales: NDArray[np.float32],
) -> NDArray[np.float32]:
    """The sum of the table's rows of every stretch's words, smoothed by its length.

    Parameters
    ----------
    rows
        The words' rows in the table, -1 for words it lacks.
    bounds
        Where each stretch's words begin.
    table, scales
        As :func:`in_bytes` makes them.
    """
    sums = np.empty((len(bounds) - 1, WIDTH), np.float32)
    whole = np.empty(WIDTH, np.int16)
    for stretch in range(len(sums)):
        first, last = bounds[stretch], bounds[stretch + 1]
        whole[:] = 0
        for word in range(first, last):
            row = rows[word]
            if row >= 0:
                for place in range(WIDTH):
                    whole[place] += table[row, place]
        scale = np.float32(1) / np.sqrt(np.float32(last - first + SMOOTHING))
        for place in range(WIDTH):
            sums[stretch, place] = np.float32(whole[place]) * scales[place] * scale
    return sums
