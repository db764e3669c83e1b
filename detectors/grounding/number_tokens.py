"""The tokens of a number: itself, its unit and its sign."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_inline
from detectors.grounding.columns import Column, Tokens
from detectors.grounding.digits import digits_at, groups_at, is_digit
from detectors.grounding.lexicon import (
    CLOCK,
    DECADE,
    Class,
    LexiconTables,
    key_in,
    number_key,
    row_of,
    spelling,
)
from detectors.grounding.numbers import (
    clock_at,
    clock_digits,
    decimal_at,
    month_form,
    power_of,
    rough_key,
)
from detectors.grounding.quantities import note_quantity, unit_written

_STOP: Final = np.uint16(Class.STOP)
_NUMBER: Final = np.uint16(Class.NUMBER)
_UNIT: Final = np.uint16(Class.UNIT)
NUMBER_WEIGHT: Final = np.float32(0.9)
_STOP_WEIGHT: Final = np.float32(0.05)
_TEN: Final = np.uint64(10)
_THOUSAND: Final = np.uint64(1000)
_ZERO: Final = np.uint64(0)
_COLON: Final = 58
_LAST_MONEY: Final = 3


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


@compiled_inline
def _add_groups(
    column: Column, word: int, last: int, value: np.uint64, tokens: Tokens, number: int
) -> tuple[int, int]:
    """Append the words of digits behind a number as parts of it; its last token, tokens in all."""
    data, starts = column.data, column.starts
    for group in range(word + 1, last + 1):
        if number + 1 == len(tokens.keys):
            break
        number += 1
        at = starts[group]
        digits, _ = digits_at(data, at, at + 3, _ZERO)
        tokens.sentences[number] = tokens.sentences[number - 1]
        tokens.keys[number] = number_key(digits, 0)
        tokens.weights[number] = NUMBER_WEIGHT
        tokens.classes[number] = _NUMBER
        tokens.relations[number] = 0
        tokens.digits[number], tokens.exponents[number] = value, 0
        tokens.others[number] = 0
    return number, number + 1


@compiled_inline
def read_number(
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
    if exponent == -3 and not rough and _ZERO < digits // _THOUSAND < _THOUSAND:
        # 1.200 may be 1,200.
        other = number_key(digits, 0)
    groups, grouped = last, np.uint64(0)
    if last == word and at == ends[word] and data[at] != _COLON:
        groups, grouped = groups_at(data, starts, ends, begin, word, stop)
    minutes = -1
    if not grouped and last == word and at <= begin + 2:
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
            square = unit_written(data, at, end, lexicon)
            row = row_of(lexicon, spelling(data, at, end)) if end - at <= 3 else -1
            if scaled > exponent and 0 <= sign <= _LAST_MONEY:
                # The m of $5m is no metre.
                row = -2
            if data[at] | 32 == ord("s") and end - at == 1 and digits % _TEN == 0 and not exponent:
                other = number_key(digits // _TEN, DECADE)
            if square:
                unit = np.uint32(square)
            elif row >= 0:
                unit = key_in(lexicon.records[row])
            elif row == -1:
                digits, exponent = spelling(data, begin, end), 0
                scaled = exponent
    elif not grouped and at == end and last + 1 < stop and starts[last + 1] == end + 1:
        scaled += power_of(data, starts[last + 1], ends[last + 1])
    keys[filled] = number_key(digits, exponent)
    weights[filled] = NUMBER_WEIGHT
    classes_of[filled] = _NUMBER
    relations[filled] = 0
    digits_of[filled], exponents[filled], others[filled] = digits, scaled, other
    number = filled
    filled += 1
    if grouped:
        digits_of[number], exponents[number] = grouped, 0
        number, filled = _add_groups(column, word, groups, grouped, tokens, number)
        last = groups
    for extra in (unit, lexicon.signs[sign] if sign >= 0 else np.uint32(0)):
        if extra and filled < len(keys):
            tokens.sentences[filled] = tokens.sentences[filled - 1]
            keys[filled] = extra
            weights[filled] = _STOP_WEIGHT
            classes_of[filled] = _STOP | _UNIT
            relations[filled] = 0
            note_quantity(tokens, filled, number, number, lexicon)
            filled += 1
    return filled, last, more
