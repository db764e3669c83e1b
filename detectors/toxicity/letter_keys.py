"""Keys of words that are the same for all spellings of a word."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.text.lookalikes import LEET_LETTERS, LOOKALIKES

LONGEST_KEY: Final = 20
BEGINNINGS: Final = 1 << 12
_FIRST: Final = 3
PRIME: Final = np.uint64(0x100000001B3)
BASIS: Final = np.uint64(0xCBF29CE484222325)

DROPPED: Final = 1
STOP: Final = 0

# What a byte stands for in a key: a letter, nothing (DROPPED), or the end of the word (STOP).
_LETTERS: Final = np.zeros(256, np.uint8)
for _octet in range(ord("a"), ord("z") + 1):
    _LETTERS[_octet] = _LETTERS[_octet - 32] = _octet
for _sign, _letter in (LEET_LETTERS | {"8": "b", "+": "t", "|": "i", "*": "*", "l": "i"}).items():
    _LETTERS[ord(_sign)] = ord(_letter)
_LETTERS[ord("L")] = ord("i")
for _sign in "._-~'":
    _LETTERS[ord(_sign)] = DROPPED

# Letters of other scripts that look like Latin ones, and letters with accents.
_ACCENTED: Final = dict(
    zip("àáâãäåèéêëìíîïòóôõöøùúûüçñ", "aaaaaaeeeeiiiioooooouuuucn", strict=True)
)
_LOOKALIKES: Final = np.zeros(0x530, np.uint8)
for _sign, _letter in (LOOKALIKES | _ACCENTED).items():
    if ord(_sign) < len(_LOOKALIKES):
        _LOOKALIKES[ord(_sign)] = ord(_letter.replace("l", "i"))

_FULL_WIDTH: Final = 0xFEE0


@compiled_in_place
def symbol_at(data: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """What the character here stands for in a key, and its bytes."""
    octet = int(data[at])
    symbol, size = STOP, 4
    if octet < 0x80:
        symbol, size = int(_LETTERS[octet]), 1
    elif octet < 0xE0:
        size = 2
        code = (octet & 0x1F) << 6 | (int(data[at + 1]) & 0x3F)
        if code == 0xAD or (code >= 0x300 and code < 0x370):  # soft hyphen, combining marks
            symbol = DROPPED
        elif code < len(_LOOKALIKES):
            symbol = int(_LOOKALIKES[code])
    elif octet < 0xF0:
        size = 3
        code = (octet & 0x0F) << 12 | (int(data[at + 1]) & 0x3F) << 6 | (int(data[at + 2]) & 0x3F)
        if (code >= 0x200B and code <= 0x200F) or code in (0x2060, 0xFEFF):
            symbol = DROPPED
        elif code > 0xFF00 and code < 0xFF5F:
            symbol = int(_LETTERS[code - _FULL_WIDTH])
    return symbol, size


@compiled_in_place
def disguise_key(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """The key of all spellings of a word; 0 where it cannot be one.

    Letters in small, signs as the letters they stand for, repetitions left out but of ``*``.
    """
    value, length = _read(data, start, end, LONGEST_KEY + 1)
    return value if length > 1 and length <= LONGEST_KEY else np.uint64(0)


@compiled_inline
def beginning(data: NDArray[np.uint8], start: int, end: int) -> int:
    """The place of a word's first letters in a table of beginnings, below :data:`BEGINNINGS`."""
    value = BASIS
    before = np.uint8(STOP)
    length = 0
    for at in range(start, end):
        octet = data[at]
        if octet >= 0x80:
            value, _ = _read(data, start, end, _FIRST)
            break
        symbol = _LETTERS[octet]
        if symbol == DROPPED or (symbol == before and symbol != 0x2A):
            continue
        if symbol == STOP:
            value = np.uint64(0)
            break
        value = (value ^ np.uint64(symbol)) * PRIME
        before = symbol
        length += 1
        if length == _FIRST:
            break
    return int((value ^ value >> np.uint64(32)) & np.uint64(BEGINNINGS - 1))


@compiled_in_place
def _read(data: NDArray[np.uint8], start: int, end: int, most: int) -> tuple[np.uint64, int]:
    """The key of at most so many letters, and how many there are; 0 where it cannot be a word."""
    value = BASIS
    before = STOP
    length = 0
    at = start
    while at < end and length < most:
        symbol, size = symbol_at(data, at)
        at += size
        if symbol == DROPPED or (symbol == before and symbol != 0x2A):
            continue
        if symbol == STOP:
            return np.uint64(0), 0
        value = (value ^ np.uint64(symbol)) * PRIME
        before = symbol
        length += 1
    return value, length
