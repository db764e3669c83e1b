"""Reading the letters of a word that no vocabulary holds."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_inline

LETTERS: Final = 27
READ: Final = 24
"""Bytes of a word, and of what stands behind it."""


@compiled_inline
def spelling_of(
    data: NDArray[np.uint8], start: int, end: int, letters: NDArray[np.float32]
) -> tuple[int, int, int, np.float32]:
    """Of a word: digits, capitals inside, letters outside ASCII, its letters' likelihood."""
    digit = switch = wide = 0
    likely = np.float32(0)
    last = LETTERS - 1
    previous = np.uint8(0)
    stop = min(end, start + READ)
    for at in range(start, stop):
        octet = data[at]
        lower = octet | np.uint8(0x20)
        if octet >= 0x80:
            wide = 1
        elif octet <= 0x39:
            digit = 1
        elif octet < 0x60 and previous >= 0x61 and previous < 0x80:
            switch = 1
        if lower >= 0x61 and lower <= 0x7A:
            letter = int(lower) - 0x61
            likely += letters[last, letter]
            last = letter
        previous = octet
    likely = (likely + letters[last, LETTERS - 1]) / np.float32(stop - start + 1)
    return digit, switch, wide, likely
