"""What a linear tagger of names sees: a word, how it is written, and the words around it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.privacy.byte_classes import DIGIT, LETTER
from detectors.privacy.signs import plain_sign, sign_before, sign_bytes
from detectors.privacy.vocabulary import AMBIGUOUS, FNV_PRIME, GIVEN, LONE, ORDINARY_LOG2
from detectors.privacy.word_flags import found_flags, hash_of

FEATURES: Final = 18
"""Features a word."""
SLOTS_LOG2: Final = 15
SLOTS: Final = 1 << SLOTS_LOG2
"""Weights of the tagger; features are hashed to them."""
_SHIFT: Final = np.uint64(64 - SLOTS_LOG2)
_ORDINARY_SHIFT: Final = np.uint64(64 - ORDINARY_LOG2)
_LONGEST: Final = 24
_HASTY: Final = 160
_LEAST_SMALL: Final = 3
_LETTER: Final = np.uint8(LETTER)
_DIGIT: Final = np.uint8(DIGIT)

# What parts a word from its neighbour.
_EDGE, _LINE, _SPACE, _COMMA, _STOP, _COLON, _APOSTROPHE, _OTHER = range(8)
# How a neighbour is written.
_NONE, _SMALL, _CAPITAL, _CLEAR, _AMBIGUOUS, _FAMILY, _NUMBER, _INITIAL, _ORDINARY = range(9)


@compiled_inline
def is_capital(data: NDArray[np.uint8], i: int) -> bool:
    """Whether a capital letter of Latin, Greek or Cyrillic script begins at ``i``."""
    c = data[i]
    if c < 0x80:
        return bool(c >= 0x41 and c <= 0x5A)
    d = data[i + 1]
    if c == 0xC3:
        return bool(d <= 0x9E)
    if c == 0xC4:
        return bool((d & 1 == 0) if d < 0xB9 else (d & 1 == 1))
    if c == 0xC5:
        return bool((d & 1 == 1) if d < 0x89 or d > 0xB8 else (d & 1 == 0))
    return bool((c == 0xCE and d >= 0x86 and d <= 0xAB) or (c == 0xD0 and d < 0xB0))


@compiled_inline
def ordinary_slot(key: np.uint64) -> np.uint64:
    """The bit of a word among ordinary words."""
    return (key * FNV_PRIME) >> _ORDINARY_SHIFT


@compiled_inline
def is_ordinary(ordinary: NDArray[np.uint8], key: np.uint64) -> bool:
    """Whether the word of a hash is an ordinary one; a few names seem so too."""
    bit = ordinary_slot(key)
    return bool(ordinary[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7)) & 1)


@compiled_inline
def word_end(data: NDArray[np.uint8], i: int, limit: int, classes: NDArray[np.uint8]) -> int:
    """Where the letters end that begin at ``i``."""
    while i < limit and classes[data[i]] == _LETTER:
        i += 1
    return i


@compiled_inline
def _word_start(data: NDArray[np.uint8], i: int, begin: int, classes: NDArray[np.uint8]) -> int:
    """Where the letters begin that end at ``i``."""
    end, floor = i, max(begin, i - _LONGEST)
    while i > floor and classes[data[i - 1]] == _LETTER:
        i -= 1
    # The last bytes of a sign look like letters: the word begins behind them.
    return min(end, _beyond_sign(data, i - 1)) if i > begin else i


@compiled_inline
def _beyond_sign(data: NDArray[np.uint8], i: int) -> int:
    """Behind the byte at ``i``, or behind the sign that begins there."""
    return i + max(sign_bytes(data, i), 1)


@compiled_in_place
def _neighbour(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    ordinary: NDArray[np.uint8],
) -> tuple[int, np.uint64]:
    """How a word beside is written, and its hash; of what looks like a name, no hash."""
    if start >= end:
        return _NONE, np.uint64(0)
    key = hash_of(data, start, end)
    if not is_capital(data, start):
        return _SMALL, key
    if end - start == 1 and data[start] != 0x49:  # "I" is none
        return _INITIAL, np.uint64(0)
    known = found_flags(keys, flags, key)
    if known & GIVEN:
        return (_AMBIGUOUS if known & AMBIGUOUS else _CLEAR), np.uint64(0)
    if known & AMBIGUOUS:
        return _FAMILY, np.uint64(0)
    if is_ordinary(ordinary, key):
        return _ORDINARY, key
    return _CAPITAL, np.uint64(0)


@compiled_inline
def _parting(c: np.uint8, space: bool, classes: NDArray[np.uint8]) -> int:
    """What stands between two words, by the sign ``c`` and whether there is space as well."""
    if c == 0x0A:
        return _LINE
    if classes[c] == _LETTER or classes[c] == _DIGIT:
        return _SPACE
    if c == 0x2C or c == 0x3B:
        return _COMMA
    if c == 0x2E or c == 0x21 or c == 0x3F:
        return _STOP if space else _OTHER
    if c == 0x3A:
        return _COLON
    if c == 0x27:
        return _APOSTROPHE
    return _OTHER


@compiled_inline
def _slot(kind: int, first: np.uint64, second: np.uint64) -> np.int64:
    key = (first ^ np.uint64(kind) * np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xFF51AFD7ED558CCD)
    key = (key ^ (key >> np.uint64(32)) ^ second) * np.uint64(0xC4CEB9FE1A85EC53)
    return np.int64(key >> _SHIFT)


@compiled_in_place
def name_features(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    begin: int,
    limit: int,
    known: int,
    caseless: bool,
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    ordinary: NDArray[np.uint8],
    classes: NDArray[np.uint8],
    slots: NDArray[np.int64],
) -> None:
    """Write the features of the word ``data[start:end]`` of the text from ``begin`` to ``limit``.

    Parameters
    ----------
    known
        What the vocabulary says of the word.
    caseless
        Whether the text has no capitals.
    slots
        Numbers of the weights that count; int64[FEATURES].
    """
    # The words before, and what parts them from this one.
    i, left = start, _EDGE
    sign, width = sign_before(data, i)
    while i > begin and (sign == 0x20 or sign == 0x3E):
        i -= width
        sign, width = sign_before(data, i)
    if i > begin:
        left = _parting(sign, i < start, classes)
        if left != _LINE and left != _SPACE:
            i -= width
            sign, width = sign_before(data, i)
            while i > begin and (sign == 0x20 or sign == 0x2E or sign == 0x22):
                i -= width
                sign, width = sign_before(data, i)
    first = _word_start(data, i, begin, classes)
    before, before_key = _neighbour(data, first, i, keys, flags, ordinary)
    if first == i and i > begin and classes[data[i - 1]] == _DIGIT:
        before = _NUMBER
    if left == _LINE:
        before_key = np.uint64(before)
    sign, width = sign_before(data, first)
    i = first - width if first > begin and (sign == 0x20 or sign == 0x27) else first
    beyond, second = _neighbour(
        data, _word_start(data, i, begin, classes), i, keys, flags, ordinary
    )
    second += np.uint64(beyond)
    # The words behind.
    i, right = end, _EDGE
    while i < limit and plain_sign(data, i) == 0x20:
        i = _beyond_sign(data, i)
    if i < limit:
        after = _beyond_sign(data, i)
        sign = plain_sign(data, after)
        space = after >= limit or bool(sign <= 0x20 or sign == 0x22)
        right = _parting(plain_sign(data, i), space, classes)
        if right != _LINE and right != _SPACE:
            i = after
            while i < limit and (plain_sign(data, i) == 0x20 or plain_sign(data, i) == 0x22):
                i = _beyond_sign(data, i)
    last = word_end(data, i, min(limit, i + _LONGEST), classes)
    behind, behind_key = _neighbour(data, i, last, keys, flags, ordinary)
    if last == i and i < limit and classes[data[i]] == _DIGIT:
        behind = _NUMBER
    i = last
    if last < limit and (plain_sign(data, last) == 0x20 or plain_sign(data, last) == 0x27):
        i = _beyond_sign(data, last)
    last = word_end(data, i, min(limit, i + _LONGEST), classes)
    beyond, third = _neighbour(data, i, last, keys, flags, ordinary)
    third += np.uint64(beyond)

    if known & GIVEN:
        if known & AMBIGUOUS:
            kind = 5 if known & LONE else 2
        else:
            kind = 0 if known & LONE else 1
    else:
        kind = 3 if known & AMBIGUOUS else 4
    fine = np.uint64(kind + 8 * caseless)
    coarse = np.uint64(max(kind, 1))
    before_word = before_key + np.uint64(before * 16 + left)
    behind_word = behind_key + np.uint64(behind * 16 + right)
    around = np.uint64(left + 8 * right + 64 * before + 1024 * behind)
    ending = hash_of(data, max(start, end - 3), end)
    slots[0] = _slot(1, fine, np.uint64(0))
    slots[1] = _slot(2, before_word, np.uint64(0))
    slots[2] = _slot(3, before_word, coarse)
    slots[3] = _slot(4, behind_word, np.uint64(0))
    slots[4] = _slot(5, behind_word, coarse)
    slots[5] = _slot(6, before_word, second)
    slots[6] = _slot(7, behind_word, third)
    slots[7] = _slot(8, around, np.uint64(0))
    slots[8] = _slot(9, around, coarse)
    slots[9] = _slot(10, ending, coarse)
    slots[10] = _slot(11, before_word, behind_word)
    slots[11] = _slot(12, np.uint64(min(end - start, 12)), coarse)
    slots[12] = _slot(13, np.uint64(before * 16 + left), fine)
    slots[13] = _slot(14, np.uint64(behind * 16 + right), fine)
    slots[14] = _slot(15, before_key, np.uint64(before) + np.uint64(16) * np.uint64(behind))
    slots[15] = _slot(16, behind_key, np.uint64(behind) + np.uint64(16) * np.uint64(before))
    slots[16] = _slot(17, before_word + second * FNV_PRIME, coarse)
    slots[17] = _slot(18, behind_word + third * FNV_PRIME, coarse)


@compiled_inline
def starts_candidate(data: NDArray[np.uint8], i: int) -> bool:
    """Whether a capital, or a letter outside ASCII, stands at ``i`` before a small letter."""
    c = data[i]
    return bool((c - np.uint8(0x41) < np.uint8(26) or c >= 0x80) and data[i + 1] >= 0x61)


@compiled_inline
def is_candidate(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    key: np.uint64,
    known: int,
    caseless: bool,
    ordinary: NDArray[np.uint8],
) -> bool:
    """Whether a word may be part of a name: a capital before small letters, and no ordinary word.

    Without capitals in the text, a given name that is nothing else.
    """
    if end - start < 2 or end - start > _LONGEST or data[end - 1] < 0x61:
        return False
    if caseless:
        return bool(known & GIVEN and not known & AMBIGUOUS and end - start >= _LEAST_SMALL)
    if known & (GIVEN | AMBIGUOUS) == 0 and is_ordinary(ordinary, key):
        return False
    return is_capital(data, start)


@compiled_in_place
def is_caseless(data: NDArray[np.uint8], begin: int, limit: int) -> bool:
    """Whether a text begins without any capital, as people write in haste."""
    for i in range(begin, min(limit, begin + _HASTY)):
        if 0x41 <= data[i] <= 0x5A:
            return False
    return True
