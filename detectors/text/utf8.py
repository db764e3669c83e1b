"""UTF-8 in compiled loops."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline

_EIGHT: Final = np.uint64(8)


@compiled_inline
def decode(data: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """The code point of the character that begins here, and its length in bytes."""
    first = int(data[at])
    if first < 0x80:
        return first, 1
    code = first & 0x1F
    length = 2
    if first >= 0xE0:
        code = first & 0x0F
        length = 3
    if first >= 0xF0:
        code = first & 0x07
        length = 4
    for step in range(1, length):
        code = code << 6 | (int(data[at + step]) & 0x3F)
    return code, length


@compiled_in_place
def encode(code: int) -> tuple[np.uint64, int]:
    """UTF-8 of a code point, the first byte lowest, and how many bytes."""
    wide = np.uint64(code)
    six = np.uint64(0x3F)
    tail = np.uint64(0x80)
    if code < 0x80:
        return wide, 1
    if code < 0x800:
        return (np.uint64(0xC0) | wide >> np.uint64(6)) | (tail | (wide & six)) << _EIGHT, 2
    if code < 0x10000:
        return (
            (np.uint64(0xE0) | wide >> np.uint64(12))
            | (tail | (wide >> np.uint64(6) & six)) << _EIGHT
            | (tail | (wide & six)) << np.uint64(16)
        ), 3
    return (
        (np.uint64(0xF0) | wide >> np.uint64(18))
        | (tail | (wide >> np.uint64(12) & six)) << _EIGHT
        | (tail | (wide >> np.uint64(6) & six)) << np.uint64(16)
        | (tail | (wide & six)) << np.uint64(24)
    ), 4
