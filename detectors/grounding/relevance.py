"""How near two texts are in meaning, by the cosine of their mean word vectors."""

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_fast
from detectors.grounding.sources import readable
from detectors.text.column import TextColumn


def cosines(one: TextColumn, rows: NDArray[np.int64], other: TextColumn) -> NDArray[np.float64]:
    """Similarity in 0..1 of each text of a column to the given row of another.

    Parameters
    ----------
    one
        The texts that ``rows`` points to.
    rows
        int64, a row of ``one`` for each text of ``other``.
    other
        The texts to compare.

    Returns
    -------
    numpy.ndarray
        float64; NaN where one of the two is not English or has no known word.
    """
    near = np.empty(len(rows))
    _cosines(one.embeddings, rows, other.embeddings, near)
    near[~(readable(one)[rows] & readable(other))] = np.nan
    return near


@compiled_fast
def _cosines(
    one: NDArray[np.float32],
    rows: NDArray[np.int64],
    other: NDArray[np.float32],
    near: NDArray[np.float64],
) -> None:
    # Pair by pair, not as a product of matrices: its rounding may depend on the other rows.
    for at in range(len(rows)):
        total = left = right = 0.0
        for place in range(other.shape[1]):
            here, there = np.float64(one[rows[at], place]), np.float64(other[at, place])
            total += here * there
            left += here * here
            right += there * there
        near[at] = min(max(total, 0.0), 1.0) if left > 0.0 and right > 0.0 else np.nan
