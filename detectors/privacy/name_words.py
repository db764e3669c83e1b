"""Words around names as the compiled loops read them: where they begin, how they look."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.privacy.vocabulary import FNV_OFFSET, FNV_PRIME
from detectors.text.octets import BYTES, eight_bytes, leading, letters

LONGEST_GAP: Final = 12
"""Bytes between two words that are neighbours, at most."""
LONGEST_WORD: Final = 40
"""Bytes of a word that are read, at most."""

NONE, SMALL, CAPITAL, CAPITALS, INITIAL, MIXED, NUMBER, OTHER = range(8)
"""Shapes of words; CAPITAL has small letters behind one large one, INITIAL is that one alone."""

_TWO_BYTES: Final = np.uint8(0xC3)


@compiled_inline
def sign_bytes(data: NDArray[np.uint8], i: int) -> int:
    """How many bytes the sign has that begins at ``i``; 0 where a letter or a digit does."""
    c = data[i]
    if c < 0x80:
        low = c | 0x20
        return 0 if (low >= 0x61 and low <= 0x7A) or (c >= 0x30 and c <= 0x39) else 1
    if c < 0xC3:
        return 2 if c == 0xC2 else 1
    if c == 0xE2 or c == 0xEF or (c == 0xE3 and data[i + 1] == 0x80):
        return 3
    return 4 if c >= 0xF0 else 0


@compiled_inline
def word_end(data: NDArray[np.uint8], start: int, limit: int) -> int:
    """Where the word ends that begins at ``start``."""
    i = start
    while i < limit:
        many = leading(letters(eight_bytes(data, i)))
        i += many
        if many == BYTES:
            continue
        c = data[i]
        if c < 0x80:
            if c < 0x30 or c > 0x39:
                break
        elif c >= 0xC2 and sign_bytes(data, i):
            break
        i += 1
    return min(i, limit)


@compiled_inline
def next_word(data: NDArray[np.uint8], end: int, limit: int) -> tuple[int, int]:
    """The word behind the one that ends at ``end``; an empty one where none is near."""
    i, last = end, min(limit, end + LONGEST_GAP)
    while i < last:
        signs = sign_bytes(data, i)
        if signs == 0:
            return i, word_end(data, i, min(limit, i + LONGEST_WORD))
        i += signs
    return last, last


@compiled_inline
def word_before(data: NDArray[np.uint8], start: int, begin: int) -> tuple[int, int]:
    """The word before the one that begins at ``start``; an empty one where none is near."""
    end = start
    first = max(begin, start - LONGEST_GAP)
    while end > first:
        i = end - 1
        while i > first and data[i] & 0xC0 == 0x80:
            i -= 1
        if sign_bytes(data, i) == 0:
            break
        end = i
    else:
        return first, first
    begins, first = end, max(begin, end - LONGEST_WORD)
    while begins > first:
        i = begins - 1
        while i > first and data[i] & 0xC0 == 0x80:
            i -= 1
        if sign_bytes(data, i):
            break
        begins = i
    return begins, end


@compiled_in_place
def read_word(data: NDArray[np.uint8], start: int, end: int) -> tuple[np.uint64, int]:
    """Hash (FNV-1a, 64 bits, of small letters) and shape of a word; of Latin letters with accents too."""
    key = FNV_OFFSET
    large, small, digits, others = 0, 0, 0, 0
    before = np.uint8(0)
    for i in range(start, end):
        c = data[i]
        if c < 0x80:
            if c >= 0x61:
                small += 1
            elif c >= 0x41:
                large += 1
                c = np.uint8(c | 0x20)
            else:
                digits += 1
        elif c < 0xC0:
            if before == _TWO_BYTES:
                if c < 0x9F and c != 0x97:
                    large += 1
                    c = np.uint8(c | 0x20)
                else:
                    small += 1
            elif before == 0xC4 or before == 0xC5:
                odd = (before == 0xC4 and c > 0xB8) or (before == 0xC5 and (c < 0x89 or c > 0xB8))
                if (c & 1) == (1 if odd else 0):
                    large += 1
                    c = np.uint8(c + 1)
                else:
                    small += 1
            elif before == 0xCE:
                large += c < 0xAA
                small += c >= 0xAA
            elif before == 0xD0:
                large += c < 0xB0
                small += c >= 0xB0
            elif before == 0xCF or before == 0xD1:
                small += 1
            elif before >= 0xC0:
                others += 1
        before = data[i]
        key = (key ^ np.uint64(c)) * FNV_PRIME
    shape = MIXED
    if start == end:
        shape = NONE
    elif others:
        shape = OTHER
    elif digits:
        shape = NUMBER if large + small == 0 else MIXED
    elif large == 0:
        shape = SMALL
    elif small == 0:
        shape = INITIAL if large == 1 else CAPITALS
    elif large == 1 and begins_large(data, start):
        shape = CAPITAL
    return key, shape


@compiled_inline
def begins_large(data: NDArray[np.uint8], i: int) -> bool:
    """Whether a large letter is at ``i``: Latin, Greek or Cyrillic."""
    c, second = data[i], data[i + 1]
    if c < 0x80:
        return bool(c >= 0x41 and c <= 0x5A)
    if c == 0xC3:
        return bool(second < 0x9F and second != 0x97)
    if c == 0xC4 or c == 0xC5:
        odd = (c == 0xC4 and second > 0xB8) or (c == 0xC5 and (second < 0x89 or second > 0xB8))
        return bool((second & 1) == (1 if odd else 0))
    if c == 0xCE:
        return bool(second < 0xAA)
    return bool((c == 0xD0 and second < 0xB0) or c == 0xE1)
