"""Seeing through disguised words: digits and signs for letters, letters drawn out or spaced out.

Only words that look disguised are looked up: those that the vocabulary lacks, those with signs
inside (``f*ck``, ``sh!t``, zero-width characters), and runs of single letters (``i d i o t``).
What they stand for is found in a small dictionary by a key that is the same for all spellings.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.toxicity.letter_keys import (
    BASIS,
    DROPPED,
    PRIME,
    STOP,
    beginning,
    disguise_key,
    symbol_at,
)

SKIPPED: Final = -2
"""The row of words that are part of the disguised word before them."""

_LONGEST_SPAN: Final = 64
_MOST_PARTS: Final = 12
_SHORTEST_RUN: Final = 3
_NINE: Final = np.uint8(ord("9"))
_CALL: Final = np.uint8(ord("!"))
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
def _is_number(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether there are but digits, and points and signs as numbers have them: "455", "4.55"."""
    for at in range(start, end):
        octet = data[at]
        if octet > _NINE or _OUTER[octet] or octet == _CALL:
            return False
    return True


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
            symbol, size = symbol_at(data, at)
            if symbol != DROPPED:
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
        Whether a word of the dictionary begins so, by
        :func:`~detectors.toxicity.letter_keys.beginning`: most words do not, and are not read
        further.

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
        if (
            stop - begin <= _LONGEST_SPAN
            and (rows[word] < 0 or last > word or not bare)
            and not _is_number(data, begin, stop)
        ):
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
    value = BASIS
    before = STOP
    best_last = word
    best_row = -1
    lettered = False
    last = word
    while last < len(starts) and last - word < _MOST_PARTS and ends[last] - starts[last] == 1:
        if last > word and (starts[last] - ends[last - 1] != 1 or data[ends[last - 1]] == 0x0A):
            break
        symbol, _ = symbol_at(data, starts[last])
        if symbol <= DROPPED:
            break
        lettered = lettered or not _is_number(data, starts[last], ends[last])
        if symbol != before:
            value = (value ^ np.uint64(symbol)) * PRIME
            before = symbol
        if lettered and last - word + 1 >= _SHORTEST_RUN:
            row = _row_of(value, keys, key_rows)
            if row >= 0:
                best_last, best_row = last, row
        last += 1
    return best_last, best_row
