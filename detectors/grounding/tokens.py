"""Words as grounding sees them: keyed by base form or number, weighed, with their classes."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.grounding.lexicon import Class, LexiconTables, find_entry, number_key

_STOP: Final = np.uint16(Class.STOP)
_NUMBER: Final = np.uint16(Class.NUMBER)
_NAME: Final = np.uint16(Class.NAME)
_CALENDAR: Final = np.uint16(Class.CALENDAR)
_TEN: Final = np.uint64(10)
_SALT: Final = np.uint64(0x2545F4914F6CDD1D)
_PRIME: Final = np.uint64(0x100000001B3)


class Tokens(NamedTuple):
    """Room for the tokens of one text, a row a token.

    ``keys`` are equal for forms of one word; ``weights`` are rarities in 0..1; ``classes`` are bits
    of :class:`~detectors.grounding.lexicon.Class`; ``entries`` lexicon entries or -1; ``rows``
    rows of word vectors or -1; ``sentences`` the place of the token's sentence in its column.
    """

    keys: NDArray[np.uint64]
    weights: NDArray[np.float32]
    classes: NDArray[np.uint16]
    entries: NDArray[np.int32]
    rows: NDArray[np.int32]
    sentences: NDArray[np.int32]


class Column(NamedTuple):
    """A text column as kernels read it, see :class:`~detectors.text.column.TextColumn`."""

    data: NDArray[np.uint8]
    hashes: NDArray[np.uint64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    rows: NDArray[np.int32]
    sentence_offsets: NDArray[np.int64]
    word_bounds: NDArray[np.int64]


def room_for_tokens(most: int) -> Tokens:
    """Room for so many tokens."""
    return Tokens(
        np.empty(most, np.uint64),
        np.empty(most, np.float32),
        np.empty(most, np.uint16),
        np.empty(most, np.int32),
        np.empty(most, np.int32),
        np.empty(most, np.int32),
    )


@compiled
def _is_digit(octet: int) -> bool:
    return 48 <= octet <= 57


@compiled
def _is_upper(octet: int) -> bool:
    return 65 <= octet <= 90


@compiled
def _digits(
    data: NDArray[np.uint8], start: int, end: int, value: np.uint64
) -> tuple[np.uint64, int]:
    """The number whose digits begin here, appended to a value, and where they end."""
    at = start
    while at < end and _is_digit(data[at]):
        value = value * _TEN + np.uint64(data[at] - 48)
        at += 1
    return value, at


@compiled
def _suffix_hash(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """A hash of the letters after a number; 0 for none and for the endings of ordinals."""
    if end - start == 2:
        one, two = data[start] | 32, data[start + 1] | 32
        if (
            (one == 115 and two == 116)
            or (one == 110 and two == 100)
            or (one == 114 and two == 100)
            or (one == 116 and two == 104)
        ):
            return np.uint64(0)
    value = np.uint64(0)
    for at in range(start, end):
        value = (value ^ np.uint64(data[at] | 32)) * _PRIME
    return value


@compiled
def read_tokens(
    column: Column, text: int, most_words: int, lexicon: LexiconTables, tokens: Tokens, filled: int
) -> int:
    """Append a text's tokens to those already there; how many there are now.

    Digits with commas or points between them are one number; a possessive ending is no part of a
    word. At most ``most_words`` words are read, and no more than there is room for.
    """
    data = column.data
    first, last = column.sentence_offsets[text], column.sentence_offsets[text + 1]
    room = len(tokens.keys)
    read = 0
    for sentence in range(first, last):
        word = column.word_bounds[sentence]
        stop = column.word_bounds[sentence + 1]
        begin = word
        while word < stop:
            if read == most_words or filled == room:
                return filled
            start, end = column.starts[word], column.ends[word]
            tokens.sentences[filled] = sentence
            tokens.rows[filled] = column.rows[word]
            if _is_digit(data[start]):
                value, at = _digits(data, start, end, np.uint64(0))
                while (
                    at == end
                    and word + 1 < stop
                    and column.starts[word + 1] == end + 1
                    and (data[end] == 44 or data[end] == 46)
                    and _is_digit(data[end + 1])
                    and (data[end] == 46 or column.ends[word + 1] == end + 4)
                ):
                    if data[end] == 46:
                        value = value * np.uint64(16) + np.uint64(11)
                    word += 1
                    read += 1
                    start, end = column.starts[word], column.ends[word]
                    value, at = _digits(data, start, end, value)
                tokens.keys[filled] = number_key(value + _suffix_hash(data, at, end))
                tokens.weights[filled] = 0.9
                tokens.classes[filled] = _NUMBER
                tokens.entries[filled] = -1
            else:
                if end - start > 3 and data[end - 1] == 115:
                    if data[end - 2] == 39:
                        end -= 2
                    elif data[end - 2] == 0x99 and data[end - 3] == 0x80:
                        end -= 4
                entry = find_entry(lexicon, column.hashes[word], column.rows[word])
                upper = _is_upper(data[start])
                if entry >= 0:
                    classes = lexicon.classes[entry]
                    tokens.keys[filled] = lexicon.keys[entry]
                    tokens.weights[filled] = lexicon.weights[entry]
                    if upper and word > begin and not classes & _STOP and not classes & _CALENDAR:
                        classes |= _NAME
                else:
                    classes = _NAME if upper else np.uint16(0)
                    value = _SALT
                    for at in range(start, end):
                        octet = data[at]
                        value = (
                            value ^ np.uint64(octet | 32 if _is_upper(octet) else octet)
                        ) * _PRIME
                    tokens.keys[filled] = value ^ (value >> np.uint64(29))
                    tokens.weights[filled] = 1.0
                tokens.classes[filled] = classes
                tokens.entries[filled] = entry
            filled += 1
            word += 1
            read += 1
    return filled
