"""Words as grounding sees them: keyed by base form or number, weighed, with their classes."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.grounding.lexicon import (
    CLOCK,
    FULL_WEIGHT,
    Class,
    LexiconTables,
    key_of,
    number_key,
    row_of,
    spelling,
)
from detectors.grounding.markers import begins_item, is_marker
from detectors.grounding.numbers import (
    clock_at,
    clock_digits,
    decimal_at,
    is_digit,
    month_form,
    power_of,
    rough_key,
)
from detectors.grounding.quantities import note_quantity
from detectors.text.column import TextColumn

_STOP: Final = np.uint16(Class.STOP)
_NUMBER: Final = np.uint16(Class.NUMBER)
_NAME: Final = np.uint16(Class.NAME)
_FRAME: Final = np.uint16(Class.FRAME)
_ABOUT: Final = np.uint16(Class.ABOUT)
_UNIT: Final = np.uint16(Class.UNIT)
_UNNAMED: Final = np.uint16(Class.STOP | Class.CALENDAR | Class.FRAME)
_NUMBER_WEIGHT: Final = np.float32(0.9)
_STOP_WEIGHT: Final = np.float32(0.05)
_SCALE: Final = np.float32(1 / FULL_WEIGHT)
_TOKENS_A_WORD: Final = 2
"""Signs of money and percent are tokens as well."""


class Tokens(NamedTuple):
    """Room for the tokens of one text, a row a token.

    ``keys`` are equal for forms of one word; ``weights`` are rarities in 0..1; ``classes`` are bits
    of :class:`~detectors.grounding.lexicon.Class`; ``relations`` rows of the lexicon's relations,
    0 is none; ``sentences`` the place of the token's sentence in its column. Of numbers alone,
    ``digits`` and ``exponents`` are the value, and ``others`` the key of what else it may mean, as
    a month or an hour; 0 is none.
    """

    keys: NDArray[np.uint32]
    weights: NDArray[np.float32]
    classes: NDArray[np.uint16]
    relations: NDArray[np.uint16]
    sentences: NDArray[np.int32]
    digits: NDArray[np.uint64]
    exponents: NDArray[np.int32]
    others: NDArray[np.uint32]


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


def room_for_tokens(words: int) -> Tokens:
    """Room for the tokens of so many words."""
    most = _TOKENS_A_WORD * words
    return Tokens(
        np.empty(most, np.uint32),
        np.empty(most, np.float32),
        np.empty(most, np.uint16),
        np.empty(most, np.uint16),
        np.empty(most, np.int32),
        np.empty(most, np.uint64),
        np.empty(most, np.int32),
        np.empty(most, np.uint32),
    )


@compiled_inline
def _is_ordinal(data: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether the letters behind a number are the ending of an ordinal."""
    if end - start != 2:
        return False
    pair = (data[start] | 32) << 8 | (data[start + 1] | 32)
    return bool(pair == 0x7374 or pair == 0x6E64 or pair == 0x7264 or pair == 0x7468)


@compiled_inline
def _sign(data: NDArray[np.uint8], start: int, end: int) -> int:
    """Which of the lexicon's signs stands before or behind a number, -1 for none."""
    before = data[start - 1]
    if before == ord("$"):
        return 0
    if before == 0xA3 and data[start - 2] == 0xC2:
        return 1
    if before == 0xAC and data[start - 2] == 0x82:
        return 2
    if before == 0xB9 and data[start - 2] == 0x82:
        return 3
    return 4 if data[end] == ord("%") else -1


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


@compiled_inline
def _read_number(
    column: Column,
    begin: int,
    word: int,
    stop: int,
    lexicon: LexiconTables,
    tokens: Tokens,
    filled: int,
    rough: bool,
) -> tuple[int, int, int]:
    """Append the number that begins at a byte of this word, with its sign and its unit.

    Returns
    -------
    filled
        Tokens there are now.
    last
        The last word that was read.
    more
        Where in it the next number begins, of ``2024-03-15T09:30``; -1 for none.
    """
    data, starts, ends = column.data, column.starts, column.ends
    keys, weights, classes_of, relations, _, digits_of, exponents, others = tokens
    digits, exponent, last, at = decimal_at(data, starts, ends, begin, word, stop)
    sign = _sign(data, begin, at)
    scaled = exponent
    other = rough_key(digits, exponent) if rough else np.uint32(0)
    minutes = -1
    if last == word and at <= begin + 2:
        minutes, last, at = clock_at(data, starts, ends, digits, word, at, stop)
        if minutes < 0:
            month = month_form(data, begin, at, digits)
            other = month if month else other
    end = ends[last]
    more = -1
    unit = np.uint32(0)
    if minutes >= 0:
        if minutes % 60 == 0:
            other = number_key(digits, 0)
        digits, exponent, scaled = clock_digits(minutes), CLOCK, CLOCK
    elif at < end and not _is_ordinal(data, at, end):
        if data[at] | 32 == ord("t") and is_digit(data[at + 1]):
            more = at + 1
        else:
            scaled += power_of(data, at, end)
            row = row_of(lexicon, spelling(data, at, end)) if end - at <= 3 else -1
            if row >= 0:
                unit = np.uint32(lexicon.records[row] & np.uint64(0xFFFFFFFF))
            else:
                digits, exponent = spelling(data, begin, end), 0
                scaled = exponent
    elif at == end and last + 1 < stop and starts[last + 1] == end + 1:
        scaled += power_of(data, starts[last + 1], ends[last + 1])
    keys[filled] = number_key(digits, exponent)
    weights[filled] = _NUMBER_WEIGHT
    classes_of[filled] = _NUMBER
    relations[filled] = 0
    digits_of[filled], exponents[filled], others[filled] = digits, scaled, other
    filled += 1
    for extra in (unit, lexicon.signs[sign] if sign >= 0 else np.uint32(0)):
        if extra and filled < len(keys):
            tokens.sentences[filled] = tokens.sentences[filled - 1]
            keys[filled] = extra
            weights[filled] = _STOP_WEIGHT
            classes_of[filled] = _STOP | _UNIT if extra == unit else _STOP
            relations[filled] = 0
            if extra == unit:
                note_quantity(keys, classes_of, digits_of, exponents, filled, lexicon)
            filled += 1
    return filled, last, more


@compiled_in_place
def read_tokens(
    column: Column,
    text: int,
    most_words: int,
    lexicon: LexiconTables,
    tokens: Tokens,
    filled: int,
    answer: bool,
) -> int:
    """Append a text's tokens to those already there; how many there are now.

    At most ``most_words`` words are read, and no more than there is room for. The markers of an answer
    are passed over, see :func:`~detectors.grounding.markers.is_marker`.
    """
    # Fields of tuples are taken once: each time costs a count of references.
    data, starts, ends, rows, sentence_offsets, word_bounds = column
    keys, weights, classes_of, relations, sentences, digits, exponents, others = tokens
    records, rows_of_relations = lexicon.records, lexicon.relations
    room = len(keys)
    read = 0
    for sentence in range(sentence_offsets[text], sentence_offsets[text + 1]):
        begin, stop = word_bounds[sentence], word_bounds[sentence + 1]
        word = begin
        before = np.uint16(0)
        power = -1
        while word < stop:
            if read >= most_words or filled == room:
                return filled
            start, row = starts[word], rows[word]
            first = data[start]
            upper = 65 <= first <= 90
            sentences[filled] = sentence
            if is_digit(first):
                if answer and is_marker(
                    data, start, ends[word], word == begin, bool(before & _FRAME)
                ):
                    before = np.uint16(0)
                    word += 1
                    read += 1
                    continue
                more, last = start, word
                rough = bool(before & _ABOUT)
                while more >= 0 and filled < room:
                    sentences[filled] = sentence
                    number = filled
                    filled, last, more = _read_number(
                        column, more, last, stop, lexicon, tokens, filled, rough
                    )
                before = np.uint16(0)
                power = number
                read += last - word + 1
                word = last + 1
                continue
            value = np.uint64(0)
            if row < 0:
                value = spelling(data, start, _bare_end(data, start, ends[word]))
                row = row_of(lexicon, value)
            if row >= 0:
                record = records[row]
                classes = np.uint16(record >> np.uint64(32) & np.uint64(0xFFFF))
                if upper and word > begin and not classes & _UNNAMED:
                    if not begins_item(data, start):
                        classes |= _NAME
                keys[filled] = np.uint32(record & np.uint64(0xFFFFFFFF))
                weights[filled] = np.float32(record >> np.uint64(48)) * _SCALE
                relations[filled] = rows_of_relations[row]
            else:
                classes = _NAME if upper else np.uint16(0)
                keys[filled] = key_of(value)
                weights[filled] = 1.0
                relations[filled] = 0
            if power >= 0:
                # "3.2 million" may be 3,187,450 in the source: so may be its second word.
                if starts[word] == ends[word - 1] + 1 and power_of(data, start, ends[word]):
                    classes |= _NUMBER
                    digits[filled], exponents[filled] = digits[power], exponents[power]
                    others[filled] = others[power]
                power = -1
            classes_of[filled] = classes
            if classes & _UNIT and filled and sentences[filled - 1] == sentence:
                note_quantity(keys, classes_of, digits, exponents, filled, lexicon)
            before = classes | (before & _ABOUT if classes & _STOP else np.uint16(0))
            filled += 1
            word += 1
            read += 1
    return filled
