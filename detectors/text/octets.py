"""Eight bytes at a time: how compiled loops read runs of ASCII letters and digits.

The arithmetic is on the bytes of one register at once (Warren, Hacker's Delight, 2nd edition,
section 6-1); a byte's answer is its highest bit. Nothing carries over from byte to byte.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_inline

BYTES: Final = 8
"""Bytes that are read at once; as many may be read behind the end of a text."""

_HIGH: Final = np.uint64(0x8080808080808080)
_SMALL: Final = np.uint64(0x2020202020202020)
# Added to a byte below 0x80, they reach its highest bit from this character on.
_FROM_ZERO: Final = np.uint64(0x5050505050505050)
_BEYOND_NINE: Final = np.uint64(0x4646464646464646)
_FROM_CAPITAL_A: Final = np.uint64(0x3F3F3F3F3F3F3F3F)
_BEYOND_CAPITAL_Z: Final = np.uint64(0x2525252525252525)
_FROM_A: Final = np.uint64(0x1F1F1F1F1F1F1F1F)
_BEYOND_Z: Final = np.uint64(0x0505050505050505)
_TWO: Final = np.uint64(2)
_SEVEN: Final = np.uint64(7)
_LAST: Final = np.uint64(56)
_ONE: Final = np.uint64(1)
_EACH_ONE: Final = np.uint64(0x0101010101010101)
_ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)


@compiled_inline
def eight_bytes(data: NDArray[np.uint8], at: int) -> np.uint64:
    """The eight bytes from a position on, the first one lowest: one load, to the compiler."""
    octets = np.uint64(0)
    for place in range(BYTES):
        octets |= np.uint64(data[np.uint64(at + place)]) << np.uint64(8 * place)
    return octets


@compiled_inline
def marked_bytes(marked: np.uint64) -> int:
    """How many bytes are marked by their highest bit."""
    # Of an unsigned number, int() makes no signed one in compiled code.
    return np.int64((marked >> _SEVEN) * _EACH_ONE >> _LAST)  # type: ignore[return-value]


@compiled_inline
def capitals(octets: np.uint64) -> np.uint64:
    """Which bytes are capital letters of ASCII."""
    low = octets & ~_HIGH
    return (low + _FROM_CAPITAL_A) & ~(low + _BEYOND_CAPITAL_Z) & ~octets & _HIGH


@compiled_inline
def letters(octets: np.uint64) -> np.uint64:
    """Which bytes are letters of ASCII."""
    low = (octets & ~_HIGH) | _SMALL
    return (low + _FROM_A) & ~(low + _BEYOND_Z) & ~octets & _HIGH


@compiled_inline
def digits(octets: np.uint64) -> np.uint64:
    """Which bytes are digits of ASCII."""
    low = octets & ~_HIGH
    return (low + _FROM_ZERO) & ~(low + _BEYOND_NINE) & ~octets & _HIGH


@compiled_inline
def leading(marked: np.uint64) -> int:
    """How many of the first bytes are marked, 0 to 8."""
    others = ~marked & _HIGH
    # The bits below the lowest one that is set.
    return marked_bytes((others - _ONE & ~others) & _HIGH)


@compiled_inline
def first_bytes(count: int) -> np.uint64:
    """All bits of so many first bytes, 1 to 8."""
    return _ALL >> np.uint64(8 * (BYTES - count))


@compiled_inline
def in_small(octets: np.uint64, large: np.uint64) -> np.uint64:
    """The bytes with small letters for the capitals that are marked."""
    return octets | large >> _TWO


@compiled_inline
def word_in_small(octets: np.uint64) -> np.uint64:
    """Letters and digits of ASCII, which words hold with apostrophes, with small letters only."""
    return octets | _SMALL


@compiled_inline
def is_ascii(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether all bytes between two places are ASCII."""
    at = start
    while end - at > BYTES:
        if eight_bytes(data, at) & _HIGH:
            return False
        at += BYTES
    return at == end or not eight_bytes(data, at) & _HIGH & first_bytes(end - at)
