"""Words as grounding sees them: keyed by base form or number, weighed, with their classes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.grounding.columns import Column, Tokens
from detectors.grounding.digits import is_digit
from detectors.grounding.lexicon import (
    FULL_WEIGHT,
    Class,
    LexiconTables,
    classes_in,
    key_in,
    key_of,
    row_of,
    spelling,
)
from detectors.grounding.markers import begins_item, is_marker
from detectors.grounding.number_tokens import read_number
from detectors.grounding.number_words import compose
from detectors.grounding.numbers import power_of
from detectors.grounding.quantities import note_quantity, unit_written

_STOP: Final = np.uint16(Class.STOP)
_NUMBER: Final = np.uint16(Class.NUMBER)
_NAME: Final = np.uint16(Class.NAME)
_FRAME: Final = np.uint16(Class.FRAME)
_ABOUT: Final = np.uint16(Class.ABOUT)
_UNIT: Final = np.uint16(Class.UNIT)
_COUNT: Final = np.uint16(Class.COUNT)
_PARTICLE: Final = np.uint16(Class.PARTICLE)
_NEGATION: Final = np.uint16(Class.NEGATION)
_UNNAMED: Final = np.uint16(Class.STOP | Class.CALENDAR | Class.FRAME)
_COMMA: Final = 44
_SCALE: Final = np.float32(1 / FULL_WEIGHT)


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
        first_token = filled
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
                    filled, last, more = read_number(
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
                classes = classes_in(record)
                if upper and word > begin and not classes & _UNNAMED:
                    if not begins_item(data, start):
                        classes |= _NAME
                keys[filled] = key_in(record)
                weights[filled] = np.float32(record >> np.uint64(48)) * _SCALE
                relations[filled] = rows_of_relations[row]
            else:
                square = unit_written(data, start, ends[word], lexicon)
                classes = _UNIT if square else _NAME if upper else np.uint16(0)
                keys[filled] = square if square else key_of(value)
                weights[filled] = 1.0
                relations[filled] = 0
            if power >= 0:
                # "3.2 million" may be 3,187,450 in the source: so may be its second word.
                if starts[word] == ends[word - 1] + 1 and power_of(data, start, ends[word]):
                    classes |= _NUMBER
                    digits[filled], exponents[filled] = digits[power], exponents[power]
                    others[filled] = others[power]
                power = -1
            if classes & _PARTICLE and word == begin and data[ends[word]] == _COMMA:
                classes &= ~_NEGATION
            classes_of[filled] = classes
            if classes & _COUNT and not classes & _NUMBER:
                compose(tokens, filled, first_token, lexicon)
            if classes & _UNIT:
                note_quantity(tokens, filled, filled - 1, first_token, lexicon)
            before = classes | (before & _ABOUT if classes & _STOP else np.uint16(0))
            filled += 1
            word += 1
            read += 1
    return filled
