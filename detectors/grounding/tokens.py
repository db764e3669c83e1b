"""Words as grounding sees them: keyed by base form or number, weighed, with their classes."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.grounding.lexicon import (
    FULL_WEIGHT,
    Class,
    LexiconTables,
    key_of,
    number_key,
    row_of,
    spelling,
)
from detectors.text.column import TextColumn

_STOP: Final = np.uint16(Class.STOP)
_NUMBER: Final = np.uint16(Class.NUMBER)
_NAME: Final = np.uint16(Class.NAME)
_UNNAMED: Final = np.uint16(Class.STOP | Class.CALENDAR)
_TEN: Final = np.uint64(10)
_PRIME: Final = np.uint64(0x100000001B3)
_NUMBER_WEIGHT: Final = np.float32(0.9)
_SCALE: Final = np.float32(1 / FULL_WEIGHT)
_POINT: Final = 46
_COMMA: Final = 44
_BRACKET: Final = 41
_SPACE: Final = 32


class Tokens(NamedTuple):
    """Room for the tokens of one text, a row a token.

    ``keys`` are equal for forms of one word; ``weights`` are rarities in 0..1; ``classes`` are bits
    of :class:`~detectors.grounding.lexicon.Class`; ``relations`` rows of the lexicon's relations,
    0 is none; ``sentences`` the place of the token's sentence in its column.
    """

    keys: NDArray[np.uint32]
    weights: NDArray[np.float32]
    classes: NDArray[np.uint16]
    relations: NDArray[np.uint16]
    sentences: NDArray[np.int32]


class Column(NamedTuple):
    """A text column as kernels read it, see :class:`~detectors.text.column.TextColumn`."""

    data: NDArray[np.uint8]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    rows: NDArray[np.int32]
    sentence_offsets: NDArray[np.int64]
    word_bounds: NDArray[np.int64]


def as_columns(column: TextColumn) -> Column:
    """A text column as kernels read it."""
    words, sentences = column.words, column.sentences
    return Column(
        column.buffer.data, words.starts, words.ends, column.rows,
        sentences.offsets, sentences.word_bounds,
    )  # fmt: skip


def room_for_tokens(most: int) -> Tokens:
    """Room for so many tokens."""
    return Tokens(
        np.empty(most, np.uint32),
        np.empty(most, np.float32),
        np.empty(most, np.uint16),
        np.empty(most, np.uint16),
        np.empty(most, np.int32),
    )


@compiled_in_place
def _is_digit(octet: int) -> bool:
    return 48 <= octet <= 57


@compiled_in_place
def _digits(
    data: NDArray[np.uint8], start: int, end: int, value: np.uint64
) -> tuple[np.uint64, int]:
    """The number whose digits begin here, appended to a value, and where they end."""
    at = start
    while at < end and _is_digit(data[at]):
        value = value * _TEN + np.uint64(data[at] - 48)
        at += 1
    return value, at


@compiled_in_place
def _suffix(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """A hash of the letters after a number; 0 for none and for the endings of ordinals."""
    if end - start == 2:
        pair = (data[start] | 32) << 8 | (data[start + 1] | 32)
        if pair == 0x7374 or pair == 0x6E64 or pair == 0x7264 or pair == 0x7468:
            return np.uint64(0)
    value = np.uint64(0)
    for at in range(start, end):
        value = (value ^ np.uint64(data[at] | 32)) * _PRIME
    return value


@compiled_in_place
def _number(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    word: int,
    stop: int,
) -> tuple[np.uint32, int]:
    """The key of the number that begins with this word, and its last word.

    Digits with commas or points between them are one number.
    """
    end = ends[word]
    value, at = _digits(data, starts[word], end, np.uint64(0))
    while (
        at == end
        and word + 1 < stop
        and starts[word + 1] == end + 1
        and (data[end] == _COMMA or data[end] == _POINT)
        and _is_digit(data[end + 1])
        and (data[end] == _POINT or ends[word + 1] == end + 4)
    ):
        if data[end] == _POINT:
            value = value * np.uint64(16) + np.uint64(11)
        word += 1
        end = ends[word]
        value, at = _digits(data, starts[word], end, value)
    return number_key(value + _suffix(data, at, end)), word


@compiled_in_place
def _is_list_number(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    word: int,
    stop: int,
) -> bool:
    """Whether a sentence's first word is the number of a list's item: ``2. It is red.``."""
    end = ends[word]
    return (
        end - starts[word] <= 2
        and word + 1 < stop
        and starts[word + 1] > end + 1
        and (data[end] == _POINT or data[end] == _BRACKET)
        and data[end + 1] == _SPACE
    )


@compiled_in_place
def _bare_end(data: NDArray[np.uint8], start: int, end: int) -> int:
    """Where a word ends without the ending of a possessive or, of rare words, of a plural."""
    if end - start > 3 and data[end - 1] == 115:
        if data[end - 2] == 39:
            return end - 2
        if data[end - 2] == 0x99 and data[end - 3] == 0x80:
            return end - 4
        if end - start > 4 and data[end - 2] != 115:
            return end - 1
    return end


@compiled_in_place
def read_tokens(
    column: Column, text: int, most_words: int, lexicon: LexiconTables, tokens: Tokens, filled: int
) -> int:
    """Append a text's tokens to those already there; how many there are now.

    At most ``most_words`` words are read, and no more than there is room for. The numbers of the items
    of lists say nothing and are passed over.
    """
    # Fields of tuples are taken once: each time costs a count of references.
    data, starts, ends, rows, sentence_offsets, word_bounds = column
    keys, weights, classes_of, relations, sentences = tokens
    records, rows_of_relations = lexicon.records, lexicon.relations
    room = len(keys)
    read = 0
    for sentence in range(sentence_offsets[text], sentence_offsets[text + 1]):
        begin, stop = word_bounds[sentence], word_bounds[sentence + 1]
        word = begin
        if (
            begin < stop
            and _is_digit(data[starts[begin]])
            and _is_list_number(data, starts, ends, begin, stop)
        ):
            word += 1
            read += 1
        while word < stop:
            if read >= most_words or filled == room:
                return filled
            start, row = starts[word], rows[word]
            first = data[start]
            upper = 65 <= first <= 90
            sentences[filled] = sentence
            if _is_digit(first):
                key, last = _number(data, starts, ends, word, stop)
                read += last - word
                word = last
                keys[filled] = key
                weights[filled] = _NUMBER_WEIGHT
                classes_of[filled] = _NUMBER
                relations[filled] = 0
            else:
                value = np.uint64(0)
                if row < 0:
                    value = spelling(data, start, _bare_end(data, start, ends[word]))
                    row = row_of(lexicon, value)
                if row >= 0:
                    record = records[row]
                    classes = np.uint16(record >> np.uint64(32) & np.uint64(0xFFFF))
                    if upper and word > begin and not classes & _UNNAMED:
                        classes |= _NAME
                    keys[filled] = np.uint32(record & np.uint64(0xFFFFFFFF))
                    weights[filled] = np.float32(record >> np.uint64(48)) * _SCALE
                    classes_of[filled] = classes
                    relations[filled] = rows_of_relations[row]
                else:
                    keys[filled] = key_of(value)
                    weights[filled] = 1.0
                    classes_of[filled] = _NAME if upper else np.uint16(0)
                    relations[filled] = 0
            filled += 1
            word += 1
            read += 1
    return filled
