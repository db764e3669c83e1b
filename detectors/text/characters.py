"""What kind of character each code point is, and its lower case: two table look-ups.

The tables follow Unicode's general category, so they are exact for every script.
"""

import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Kind:
    """Kinds of characters, as plain integers.

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


KINDS: Final = 8

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


def _of_category(category: str) -> int:
    return _OF_CATEGORY.get(category) or _OF_CATEGORY.get(category[0], Kind.OTHER)


def _kinds(known: int) -> NDArray[np.uint8]:
    """The kind of every code point below ``known``."""
    categories = np.array([unicodedata.category(chr(code)) for code in range(known)])
    different, places = np.unique(categories, return_inverse=True)
    kinds = np.array([_of_category(category) for category in different], np.uint8)[places]
    letters = (kinds == Kind.LETTER) | (kinds == Kind.UPPER)
    for first, last in _IDEOGRAPHS:
        place = slice(first, last + 1)
        kinds[place][letters[place]] = Kind.IDEOGRAPH
    for first, last in _SELECTORS:
        kinds[first : last + 1] = Kind.OTHER
    return kinds


def _lower(code: int) -> int:
    """The lower case where it is one character; the dotted capital I's is two, of which the i."""
    return ord(chr(code).lower()[0])


ASCII_KINDS: Final = _kinds(128)
ASCII_LOWER: Final = np.array([_lower(code) for code in range(128)], np.int32)


@cache
def unicode_tables() -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Kind and lower case of every code point, the last entry standing for all beyond.

    Takes 0.1 s, so only texts beyond ASCII ask for it.
    """
    lower = np.array([_lower(code) for code in range(_KNOWN)], np.int32)
    return np.append(_kinds(_KNOWN), np.uint8(Kind.OTHER)), lower
