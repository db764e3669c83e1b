"""The product of a vector and a matrix: the inside of small networks."""

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_fast


@compiled_fast
def add_product(
    values: NDArray[np.float32],
    matrix: NDArray[np.float32],
    first: int,
    sums: NDArray[np.float32],
) -> None:
    """Add the vector times as many rows of the matrix, from ``first`` on, to the sums.

    Four rows at a time, so that the sums are read and written a quarter as often.
    """
    units = len(sums)
    whole = len(values) // 4 * 4
    for place in range(0, whole, 4):
        row = first + place
        one, two, three, four = (
            values[place], values[place + 1], values[place + 2], values[place + 3],
        )  # fmt: skip
        for unit in range(units):
            sums[unit] += (one * matrix[row, unit] + two * matrix[row + 1, unit]) + (
                three * matrix[row + 2, unit] + four * matrix[row + 3, unit]
            )
    for place in range(whole, len(values)):
        value = values[place]
        for unit in range(units):
            sums[unit] += value * matrix[first + place, unit]


@compiled_fast
def active_product(
    inner: NDArray[np.float32], output: NDArray[np.float32], bias: np.float32
) -> np.float32:
    """The sum of what is above zero, times the output's weights, and the bias."""
    total = bias
    for unit in range(len(inner)):
        total += max(inner[unit], np.float32(0)) * output[unit]
    return total
