"""Quantities: numbers with a unit, which an answer may give in another unit than its source.

The number with its unit is one thing to compare: "24 days" is not "24 months", nor "$50 per year"
"$50 per month".
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.grounding.columns import Tokens
from detectors.grounding.lexicon import (
    MONTH,
    Class,
    LexiconTables,
    classes_in,
    key_in,
    number_key,
    place_in,
    row_of,
    spelling,
    squared_key,
)

_NUMBER: Final = np.uint16(Class.NUMBER)
_COUNT: Final = np.uint16(Class.COUNT)
_UNIT: Final = np.uint16(Class.UNIT)
_QUANTITY: Final = np.uint16(Class.QUANTITY)
_RATE: Final = np.uint16(Class.RATE)
_FIRST_UNIT: Final = 1 << 12
"""From this exponent on keys are of quantities, one a unit."""
_STEP: Final = 0.03
"""Converted quantities are rounded: what differs by less is the same."""
_FEWEST: Final = 1 << 20
_PER: Final = 2
"""The first of the lexicon's joints that make a rate."""
_MEASURED: Final = np.uint32(0x3C6EF372)
_FOR: Final = np.uint32(0x1B873593)
_TWO: Final = ord("2")


@compiled_in_place
def unit_written(
    data: NDArray[np.uint8], start: int, end: int, lexicon: LexiconTables
) -> np.uint32:
    """The key of a square unit that is written with a figure, as m² or km2; 0 for other words."""
    last = end - 1 if data[end - 1] == _TWO else end - 2
    if last <= start or end - start > 5:
        return np.uint32(0)
    if last == end - 2 and not (data[end - 1] == 0xB2 and data[end - 2] == 0xC2):
        return np.uint32(0)
    row = row_of(lexicon, spelling(data, start, last))
    if row < 0 or not classes_in(lexicon.records[row]) & _UNIT:
        return np.uint32(0)
    return squared_key(key_in(lexicon.records[row]))


@compiled_inline
def value_key(tokens: Tokens, at: int) -> np.uint32:
    """The key of a number with its scale, of a number word that of the word."""
    if tokens.classes[at] & _NUMBER:
        return np.uint32(number_key(tokens.digits[at], tokens.exponents[at]))
    return np.uint32(tokens.keys[at])


@compiled_in_place
def note_quantity(tokens: Tokens, at: int, number: int, first: int, lexicon: LexiconTables) -> None:
    """Mark a unit and its number, the token before it at ``number``, where there is one.

    The unit's digits and exponent then are its place among the units and the logarithm of the
    quantity in the smallest one, in steps; ``others`` holds the number's key. What stands before
    ``first`` is of another sentence.
    """
    keys, classes, joints = tokens.keys, tokens.classes, lexicon.joints
    if number < first:
        return
    key = keys[at]
    if keys[number] == joints[0]:
        if number == first:
            return
        number -= 1
        key = squared_key(key)
    unit = place_in(lexicon.unit_keys, key)
    if unit < 0:
        return
    if classes[number] & _NUMBER:
        if tokens.exponents[number] >= MONTH:
            return
        value = np.float64(tokens.digits[number]) * 10.0 ** tokens.exponents[number]
    elif classes[number] & _COUNT:
        count = place_in(lexicon.count_keys, keys[number])
        if count < 0:
            return
        value = lexicon.counts[count]
    else:
        _note_rate(tokens, at, number, first, unit, lexicon)
        return
    if value <= 0.0:
        return
    found = value_key(tokens, number)
    _mark(tokens, number, first, found)
    for place in range(number + 1, at + 1):
        classes[place] |= _QUANTITY
    tokens.others[at] = found
    tokens.digits[at] = np.uint64(unit)
    tokens.exponents[at] = np.int32(np.floor(np.log(value * lexicon.unit_sizes[unit]) / _STEP))


@compiled_inline
def _note_rate(
    tokens: Tokens, at: int, joint: int, first: int, unit: int, lexicon: LexiconTables
) -> None:
    """Mark a unit that a quantity is given for, as the month of "$50 per month"."""
    joined = False
    for place in range(_PER, len(lexicon.joints)):
        joined = joined or tokens.keys[joint] == lexicon.joints[place]
    before = joint - 1 if joined else joint
    if before <= first:
        return
    classes = tokens.classes[before]
    if not (classes & _UNIT and classes & _QUANTITY) or classes & _RATE:
        return
    tokens.classes[at] |= _RATE
    tokens.others[at] = tokens.others[before] ^ _FOR
    tokens.digits[at] = np.uint64(unit)


@compiled_inline
def _mark(tokens: Tokens, number: int, first: int, key: np.uint32) -> None:
    """Mark the words of a number, as both of "3.2 million"."""
    while (
        number >= first
        and tokens.classes[number] & (_NUMBER | _COUNT)
        and value_key(tokens, number) == key
    ):
        tokens.classes[number] |= _QUANTITY
        number -= 1


@compiled_in_place
def quantity_key(unit: np.uint64, step: int) -> np.uint32:
    """The key of a quantity that is given in a unit."""
    return number_key(np.uint64(step + _FEWEST), _FIRST_UNIT + int(unit))


@compiled_inline
def measured_key(value: np.uint32, measure: np.uint64) -> np.uint32:
    """The key of a number with its unit or scale; with 0, of a number that has any."""
    return np.uint32(number_key(np.uint64(value) << np.uint64(20) ^ measure, 0) ^ _MEASURED)


@compiled_inline
def is_measure(classes: np.uint16) -> bool:
    """Whether a token is the unit of a number before it, or what that is a rate of."""
    return bool((classes & _UNIT and classes & _QUANTITY) or classes & _RATE)


@compiled_inline
def is_of(tokens: Tokens, measure: int, value: np.uint32) -> bool:
    """Whether a measure is that of the number with this key."""
    other = tokens.others[measure]
    return bool(other == value or other ^ _FOR == value)
