"""Seeing through disguised words: digits and signs for letters, letters drawn out or spaced out.

Only words that look disguised are looked up: those that the vocabulary lacks, those with signs
inside (``f*ck``, ``sh!t``, zero-width characters), and runs of single letters (``i d i o t``).
What they stand for is found in a small dictionary by a key that is the same for all spellings.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.text.lookalikes import LEET_LETTERS, LOOKALIKES

SKIPPED: Final = -2
"""The row of words that are part of the disguised word before them."""

LONGEST_KEY: Final = 20
BEGINNINGS: Final = 1 << 12
_FIRST: Final = 3
_LONGEST_SPAN: Final = 64
_MOST_PARTS: Final = 12
_SHORTEST_RUN: Final = 3
_PRIME: Final = np.uint64(0x100000001B3)
_BASIS: Final = np.uint64(0xCBF29CE484222325)

_DROPPED: Final = 1
_STOP: Final = 0

# What a byte stands for in a key: a letter, nothing (_DROPPED), or the end of the word (_STOP).
_LETTERS: Final = np.zeros(256, np.uint8)
for _octet in range(ord("a"), ord("z") + 1):
    _LETTERS[_octet] = _LETTERS[_octet - 32] = _octet
for _sign, _letter in (LEET_LETTERS | {"8": "b", "+": "t", "|": "i", "*": "*", "l": "i"}).items():
    _LETTERS[ord(_sign)] = ord(_letter)
_LETTERS[ord("L")] = ord("i")
for _sign in "._-~'":
    _LETTERS[ord(_sign)] = _DROPPED

# Letters of other scripts that look like Latin ones, and letters with accents.
_ACCENTED: Final = dict(
    zip("àáâãäåèéêëìíîïòóôõöøùúûüçñ", "aaaaaaeeeeiiiioooooouuuucn", strict=True)
)
_LOOKALIKES: Final = np.zeros(0x530, np.uint8)
for _sign, _letter in (LOOKALIKES | _ACCENTED).items():
    if ord(_sign) < len(_LOOKALIKES):
        _LOOKALIKES[ord(_sign)] = ord(_letter.replace("l", "i"))

_FULL_WIDTH: Final = 0xFEE0
_SIGNS: Final = np.zeros(256, np.bool_)
for _sign in "*@$!+|._-~":
    _SIGNS[ord(_sign)] = True
_OUTER: Final = np.zeros(256, np.bool_)
for _sign in "@$*":
    _OUTER[ord(_sign)] = True
_ORDINARY: Final = ~(_SIGNS | _OUTER)
_ORDINARY[0xC2:] = False
"""Bytes after a word that say that nothing of it follows."""


@compiled_in_place
def _symbol(data: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """What the character here stands for in a key, and its bytes."""
    octet = int(data[at])
    symbol, size = _STOP, 4
    if octet < 0x80:
        symbol, size = int(_LETTERS[octet]), 1
    elif octet < 0xE0:
        size = 2
        code = (octet & 0x1F) << 6 | (int(data[at + 1]) & 0x3F)
        if code == 0xAD or (code >= 0x300 and code < 0x370):  # soft hyphen, combining marks
            symbol = _DROPPED
        elif code < len(_LOOKALIKES):
            symbol = int(_LOOKALIKES[code])
    elif octet < 0xF0:
        size = 3
        code = (octet & 0x0F) << 12 | (int(data[at + 1]) & 0x3F) << 6 | (int(data[at + 2]) & 0x3F)
        if (code >= 0x200B and code <= 0x200F) or code in (0x2060, 0xFEFF):
            symbol = _DROPPED
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
    value = _BASIS
    before = np.uint8(_STOP)
    length = 0
    for at in range(start, end):
        octet = data[at]
        if octet >= 0x80:
            value, _ = _read(data, start, end, _FIRST)
            break
        symbol = _LETTERS[octet]
        if symbol == _DROPPED or (symbol == before and symbol != 0x2A):
            continue
        if symbol == _STOP:
            value = np.uint64(0)
            break
        value = (value ^ np.uint64(symbol)) * _PRIME
        before = symbol
        length += 1
        if length == _FIRST:
            break
    return int((value ^ value >> np.uint64(32)) & np.uint64(BEGINNINGS - 1))


@compiled_in_place
def _read(data: NDArray[np.uint8], start: int, end: int, most: int) -> tuple[np.uint64, int]:
    """The key of at most so many letters, and how many there are; 0 where it cannot be a word."""
    value = _BASIS
    before = _STOP
    length = 0
    at = start
    while at < end and length < most:
        symbol, size = _symbol(data, at)
        at += size
        if symbol == _DROPPED or (symbol == before and symbol != 0x2A):
            continue
        if symbol == _STOP:
            return np.uint64(0), 0
        value = (value ^ np.uint64(symbol)) * _PRIME
        before = symbol
        length += 1
    return value, length


@compiled_inline
def _row_of(key: np.uint64, keys: NDArray[np.uint64], rows: NDArray[np.int32]) -> int:
    mask = np.uint64(len(keys) - 1)
    slot = (key ^ key >> np.uint64(32)) & mask
    while keys[slot] != np.uint64(0):
        if keys[slot] == key:
            return int(rows[slot])
        slot = (slot + np.uint64(1)) & mask
    return -1


@compiled_in_place
def _signed(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether there are only signs and invisible characters between two words."""
    at = start
    while at < end:
        octet = data[at]
        if octet < 0x80:
            if not _SIGNS[octet]:
                return False
            at += 1
        else:
            symbol, size = _symbol(data, at)
            if symbol != _DROPPED:
                return False
            at += size
    return True


def undisguise(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    rows: NDArray[np.int32],
    keys: NDArray[np.uint64],
    key_rows: NDArray[np.int32],
    beginnings: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """The words' rows, disguised words by what they stand for.

    Parameters
    ----------
    data, starts, ends
        The column's buffer and its words in it.
    rows
        The words' rows in the vocabulary, -1 where it lacks them.
    keys, key_rows
        The dictionary by open addressing: keys of disguises (0 in free slots), rows of the words.
    beginnings
        Whether a word of the dictionary begins so (see :func:`beginning`): most words do not, and
        are not read further.

    Returns
    -------
    numpy.ndarray
        int32; :data:`SKIPPED` for all but the first part of a word in parts.
    """
    result = rows.copy()
    _undisguise(data, starts, ends, rows, keys, key_rows, beginnings, result)
    return result


@compiled_in_place
def _undisguise(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    rows: NDArray[np.int32],
    keys: NDArray[np.uint64],
    key_rows: NDArray[np.int32],
    beginnings: NDArray[np.bool_],
    result: NDArray[np.int32],
) -> None:
    count = len(rows)
    word = 0
    while word < count:
        end = ends[word]
        start = starts[word]
        # Most words: known, and a space, a comma or a line's end around them.
        if rows[word] >= 0 and _ORDINARY[data[end]] and end - start > 1:
            if not _OUTER[data[start - 1]]:
                word += 1
                continue
        follows = word + 1 < count
        opened = _OUTER[data[start - 1]]
        closed = _OUTER[data[end]]
        joined = follows and (_SIGNS[data[end]] or data[end] >= 0xC2)
        alone = end - start == 1 and follows and ends[word + 1] - starts[word + 1] == 1
        if rows[word] >= 0 and not (opened or closed or joined or alone):
            word += 1
            continue
        last = word
        if joined:
            while (
                last + 1 < count
                and last - word < _MOST_PARTS
                and starts[last + 1] - ends[last] <= 6
                and _signed(data, ends[last], starts[last + 1])
            ):
                last += 1
        reach = end if last == word else ends[last]
        begin = start
        while _OUTER[data[begin - 1]] and start - begin < 3:
            begin -= 1
        stop = reach
        while _OUTER[data[stop]] and stop - reach < 4:
            stop += 1
        row = -1
        bare = begin == start and stop == reach
        if stop - begin <= _LONGEST_SPAN and (rows[word] < 0 or last > word or not bare):
            if beginnings[beginning(data, begin, stop)]:
                row = _row_of(disguise_key(data, begin, stop), keys, key_rows)
            # Emphasis around a word: *word*.
            unread = row < 0 and not bare and (last > word or rows[word] < 0)
            if unread and beginnings[beginning(data, start, reach)]:
                row = _row_of(disguise_key(data, start, reach), keys, key_rows)
        if row < 0 and alone:
            last, row = _spaced(data, starts, ends, word, keys, key_rows)
        if row < 0:
            word += 1
            continue
        result[word] = row
        for part in range(word + 1, last + 1):
            result[part] = SKIPPED
        word = last + 1


@compiled_in_place
def _spaced(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    word: int,
    keys: NDArray[np.uint64],
    key_rows: NDArray[np.int32],
) -> tuple[int, int]:
    """The last letter and the row of a word in letters with single gaps; row -1 for none."""
    value = _BASIS
    before = _STOP
    best_last = word
    best_row = -1
    last = word
    while last < len(starts) and last - word < _MOST_PARTS and ends[last] - starts[last] == 1:
        if last > word and (starts[last] - ends[last - 1] != 1 or data[ends[last - 1]] == 0x0A):
            break
        symbol, _ = _symbol(data, starts[last])
        if symbol <= _DROPPED:
            break
        if symbol != before:
            value = (value ^ np.uint64(symbol)) * _PRIME
            before = symbol
        if last - word + 1 >= _SHORTEST_RUN:
            row = _row_of(value, keys, key_rows)
            if row >= 0:
                best_last, best_row = last, row
        last += 1
    return best_last, best_row
