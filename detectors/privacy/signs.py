"""Signs and spaces outside ASCII, dashes and quotation marks among them, as the scan reads them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_inline

_SPACE: Final = np.uint8(0x20)
_QUOTE: Final = np.uint8(0x22)
_APOSTROPHE: Final = np.uint8(0x27)
_ANOTHER: Final = np.uint8(0x2A)
_HYPHEN: Final = np.uint8(0x2D)
_POINT: Final = np.uint8(0x2E)


@compiled_inline
def sign_bytes(data: NDArray[np.uint8], i: int) -> int:
    """How many bytes the sign outside ASCII has that begins at ``i``; 0 where none does.

    By lead bytes: U+0080 to U+00BF, U+2000 to U+2FFF and U+3000 to U+303F hold few letters.
    """
    c = data[i]
    if c == 0xC2:
        return 2
    if c == 0xE2 or (c == 0xE3 and data[i + 1] == 0x80):
        return 3
    return 0


@compiled_inline
def plain_sign(data: NDArray[np.uint8], i: int) -> np.uint8:
    """The sign at ``i`` as ASCII has it, or an asterisk; of all else its first byte."""
    width = sign_bytes(data, i)
    if width == 0:
        return np.uint8(data[i])
    d = data[i + 1]
    if width == 2:
        if d == 0xA0:
            return _SPACE
        return _QUOTE if d == 0xAB or d == 0xBB else _ANOTHER  # « »
    e = data[i + 2]
    if data[i] == 0xE3:
        return _SPACE if e == 0x80 else _ANOTHER
    if d == 0x88 and e == 0x92:
        return _HYPHEN  # minus
    if d != 0x80:
        return _ANOTHER
    if e < 0x90 or e == 0xAF:
        return _SPACE
    if e <= 0x95:
        return _HYPHEN
    if e == 0x99:
        return _APOSTROPHE
    if (e >= 0x98 and e <= 0x9F) or e == 0xB9 or e == 0xBA:
        return _QUOTE
    return _POINT if e == 0xA6 else _ANOTHER


@compiled_inline
def sign_before(data: NDArray[np.uint8], i: int) -> tuple[np.uint8, int]:
    """What ends at ``i`` as :func:`plain_sign` reads it, and its bytes; of letters the last byte."""
    c = data[i - 1]
    if c >= 0x80 and c < 0xC0:
        if data[i - 2] == 0xC2:
            return plain_sign(data, i - 2), 2
        if sign_bytes(data, i - 3) == 3:
            return plain_sign(data, i - 3), 3
    return c, 1
