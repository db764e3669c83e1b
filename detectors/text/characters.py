"""What kind of character each byte of a UTF-8 text belongs to: one table look-up a byte.

Bytes are looked up in a table of 256; the code points of characters outside ASCII are decoded, all
at once, and looked up in a table by Unicode's general category. So ASCII costs a fraction of a
nanosecond a byte, and the rest is exact for every script.
"""

import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Kind:
    """Kinds of characters, as plain integers: numpy compares those fastest.

    A word is a run of letters, digits and marks, or one of the last two.
    """

    OTHER: Final = 0
    PUNCTUATION: Final = 1
    LETTER: Final = 2
    UPPER: Final = 3
    DIGIT: Final = 4
    MARK: Final = 5
    IDEOGRAPH: Final = 6
    PICTOGRAM: Final = 7


CONTINUED: Final = 8
"""Added to the kind at every byte of a character but its first."""

_KNOWN: Final = 0x32400  # no letters are assigned beyond, in Unicode 15

_IDEOGRAPHS: Final = (
    (0x3041, 0x30FF),  # Hiragana and Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),
    (0x20000, 0x323AF),
)
# They change the look of the character before them and are no part of a word.
_SELECTORS: Final = ((0xFE00, 0xFE0F), (0x1F3FB, 0x1F3FF))


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def _kind(code: int) -> int:
    category = unicodedata.category(chr(code))
    if _within(code, _SELECTORS):
        return Kind.OTHER
    if category.startswith("L") and _within(code, _IDEOGRAPHS):
        return Kind.IDEOGRAPH
    return _OF_CATEGORY.get(category) or _OF_CATEGORY.get(category[0], Kind.OTHER)


_OF_CATEGORY: Final = {
    "Lu": Kind.UPPER,
    "Lt": Kind.UPPER,
    "So": Kind.PICTOGRAM,
    "L": Kind.LETTER,
    "N": Kind.DIGIT,
    "M": Kind.MARK,
    "P": Kind.PUNCTUATION,
    "S": Kind.PUNCTUATION,
}

_ASCII_KINDS: Final = bytes(_kind(code) if code < 128 else Kind.OTHER for code in range(256))


@cache
def _unicode_kinds() -> NDArray[np.uint8]:
    """The kind of every code point; takes 0.1 s, so only texts beyond ASCII ask for it."""
    return np.array([_kind(code) for code in range(_KNOWN)] + [Kind.OTHER], np.uint8)


def kinds_of(
    data: bytes,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """The kind of every byte's character, and the characters outside ASCII.

    Parameters
    ----------
    data
        Valid UTF-8.

    Returns
    -------
    kinds
        One :class:`Kind` a byte, plus :data:`CONTINUED` at continuation bytes.
    leads
        Positions of the first bytes of the characters outside ASCII.
    codes
        Their code points.
    """
    kinds = np.frombuffer(bytearray(data.translate(_ASCII_KINDS)), np.uint8)
    octets = np.frombuffer(data, np.uint8)
    leads = np.flatnonzero(octets >= 0xC0)
    if not leads.size:
        return kinds, leads, leads
    first = octets[leads].astype(np.int64)
    codes = np.where(first >= 0xF0, first & 0x07, np.where(first >= 0xE0, first & 0x0F, first & 31))
    lengths = 2 + (first >= 0xE0) + (first >= 0xF0)
    for step in (1, 2, 3):
        longer = np.flatnonzero(lengths > step)
        codes[longer] = codes[longer] << 6 | (octets[leads[longer] + step] & 0x3F)
    found = _unicode_kinds()[np.minimum(codes, _KNOWN)]
    kinds[leads] = found
    for step in (1, 2, 3):
        longer = np.flatnonzero(lengths > step)
        kinds[leads[longer] + step] = found[longer] + CONTINUED
    return kinds, leads, codes
