"""What a byte of UTF-8 may begin, for the compiled scan."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

OTHER, LETTER, DIGIT, AT, COLON, HYPHEN, ANGLE, WIDE = range(8)


def _classes() -> NDArray[np.uint8]:
    table = np.full(256, OTHER, np.uint8)
    for octets, kind in (
        (range(0x61, 0x7B), LETTER),
        (range(0x41, 0x5B), LETTER),
        (range(0x80, 0x100), LETTER),
        (range(0x30, 0x3A), DIGIT),
        # Lead bytes under which signs and spaces are, not letters: U+00A0, U+2000, U+3000.
        ((0xC2, 0xE2, 0xE3), WIDE),
        ((0x40,), AT),
        ((0x3A,), COLON),
        ((0x2D,), HYPHEN),
        ((0x3C,), ANGLE),
    ):
        table[list(octets)] = kind
    return table


CLASSES: Final = _classes()
"""Class of each of the 256 bytes."""

TELLING, PLAIN, BLANK, POINT = range(4)


def _behind() -> NDArray[np.uint8]:
    table = np.full(256, TELLING, np.uint8)
    table[list(b"\t\n\r!?,;()")] = PLAIN
    table[ord(" ")] = BLANK
    table[ord(".")] = POINT
    return table


BEHIND: Final = _behind()
"""What a byte behind a word of letters may say of it: something, nothing, or what follows does."""
