"""What a source holds: a hash table of its words, and of pairs of words that stand together."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.grounding.columns import Tokens
from detectors.grounding.lexicon import CLOCK, DECADE, MONTH, Class, LexiconTables, number_key
from detectors.grounding.numbers import roundings
from detectors.grounding.quantities import (
    is_measure,
    is_of,
    measured_key,
    quantity_key,
    value_key,
)

PLAIN: Final = 1
NEGATED: Final = 2
USED: Final = 4
"""What a slot says of its word: that it stands somewhere without a negation, that it stands
somewhere with one, that the answer has it too."""
SCOPE: Final = 3
"""A negation negates itself and so many words after it."""

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_SIX: Final = np.uint64(6)
_LOW: Final = np.uint64(63)
_ONE_BIT: Final = np.uint32(0x2545F491)
_OTHER_BIT: Final = np.uint32(0x7FEB352D)
_STOP: Final = np.uint16(Class.STOP)
_NEGATION: Final = np.uint16(Class.NEGATION)
_NUMBER: Final = np.uint16(Class.NUMBER)
_UNIT: Final = np.uint16(Class.UNIT)
_QUANTITY: Final = np.uint16(Class.QUANTITY)
_COUNT: Final = np.uint16(Class.COUNT)
_RATE: Final = np.uint16(Class.RATE)
_FIRST_YEAR: Final = np.uint64(1000)
_LAST_YEAR: Final = np.uint64(2199)
_TEN: Final = np.uint64(10)
_ONE_MEASURE: Final = np.uint64(1)
_REACH: Final = 6
"""A number's unit, and what it is a rate of, stand within so many tokens."""


class Index(NamedTuple):
    """Room for an index: ``keys`` with 0 where a slot is free, ``marks`` of each.

    ``slots`` holds each token's slot; ``pairs`` is a Bloom filter, a byte a place, and ``present``
    one of the keys, a bit a place; and, once :func:`add_forms` has been asked for them, of what
    numbers may be given as.
    """

    keys: NDArray[np.uint32]
    marks: NDArray[np.uint8]
    slots: NDArray[np.int32]
    pairs: NDArray[np.uint8]
    present: NDArray[np.uint64]


def room_for_index(most: int) -> Index:
    """Room for an index of so many tokens."""
    size = table_size(most)
    return Index(
        np.zeros(size, np.uint32), np.zeros(size, np.uint8),
        np.zeros(most, np.int32), np.zeros(size * 8, np.uint8), np.zeros(size, np.uint64),
    )  # fmt: skip


@compiled_in_place
def table_size(count: int) -> int:
    """Slots for so many tokens: a power of two, at most half of them filled."""
    size = 64
    while size < 2 * count:
        size *= 2
    return size


@compiled_inline
def slot_of(keys: NDArray[np.uint32], size: int, key: np.uint32) -> np.uint64:
    """The slot that holds the key, or the free one where it belongs."""
    last = np.uint64(size - 1)
    slot = np.uint64(key) * _MIX >> np.uint64(40) & last
    while keys[slot] != key and keys[slot] != 0:
        slot = (slot + np.uint64(1)) & last
    return slot


@compiled_inline
def _bit_of(size: int, key: np.uint32) -> np.uint64:
    # Sparse: a row of related words is asked for at once, and seldom one of them in vain.
    return np.uint64(key) * _MIX >> np.uint64(32) & np.uint64(size * 64 - 1)


@compiled_inline
def shown(present: NDArray[np.uint64], size: int, key: np.uint32) -> np.uint64:
    """In the lowest bit, whether the index may hold a key; the other bits say nothing."""
    bit = _bit_of(size, key)
    return np.uint64(present[bit >> _SIX] >> (bit & _LOW))


@compiled_inline
def pair_place(size: int, one: np.uint32, two: np.uint32) -> np.uint64:
    """Where the filter holds an ordered pair."""
    value = (np.uint64(one) << np.uint64(32) | np.uint64(two)) * _MIX
    value ^= value >> np.uint64(32)
    return value * _MIX >> np.uint64(34) & np.uint64(size * 8 - 1)


@compiled_in_place
def add_forms(
    index: Index, size: int, tokens: Tokens, count: int, found: NDArray[np.uint32]
) -> None:
    """Show the other forms of the source's numbers, too; ``found`` is room for their roundings."""
    present = index.present
    classes, digits, exponents, others = (
        tokens.classes, tokens.digits, tokens.exponents, tokens.others,
    )  # fmt: skip
    for at in range(count):
        if classes[at] & _NUMBER:
            _show_form(present, size, number_key(digits[at], exponents[at]))
            # An hour of the clock is no number of anything.
            if others[at] and exponents[at] != CLOCK:
                _show_form(present, size, others[at])
            if exponents[at] == 0 and _FIRST_YEAR <= digits[at] <= _LAST_YEAR:
                decade = digits[at] // _TEN
                _show_form(present, size, number_key(decade, DECADE))
                _show_form(present, size, number_key(decade % _TEN, DECADE))
            for place in range(roundings(digits[at], exponents[at], found)):
                _show_form(present, size, found[place])
        elif classes[at] & _UNIT and classes[at] & _QUANTITY:
            for step in range(exponents[at] - 1, exponents[at] + 2):
                _show_form(present, size, quantity_key(digits[at], step))


@compiled_inline
def _show(present: NDArray[np.uint64], size: int, key: np.uint32) -> None:
    bit = _bit_of(size, key)
    present[bit >> _SIX] |= np.uint64(1) << (bit & _LOW)


@compiled_inline
def _show_form(present: NDArray[np.uint64], size: int, key: np.uint32) -> None:
    # Nothing verifies what is shown of forms: two bits are seldom set by chance.
    _show(present, size, np.uint32(key ^ _ONE_BIT))
    _show(present, size, np.uint32(key ^ _OTHER_BIT))


@compiled_inline
def _show_measure(
    present: NDArray[np.uint64], size: int, value: np.uint32, measure: np.uint64
) -> None:
    _show_form(present, size, measured_key(value, np.uint64(0)))
    _show_form(present, size, measured_key(value, measure))


@compiled_inline
def _has_form(index: Index, size: int, key: np.uint32) -> np.uint64:
    """In the lowest bit, whether the source has a key or a form with that key."""
    present = index.present
    if index.keys[slot_of(index.keys, size, key)] != 0:
        return np.uint64(1)
    one = shown(present, size, np.uint32(key ^ _ONE_BIT))
    return np.uint64(one & shown(present, size, np.uint32(key ^ _OTHER_BIT)))


@compiled_in_place
def given_otherwise(
    index: Index, size: int, tokens: Tokens, at: int, end: int, lexicon: LexiconTables
) -> bool:
    """Whether the source has a number, month or quantity, that it lacks as such, in another form.

    ``end`` is the end of the sentence.
    """
    classes, digits, exponents = tokens.classes[at], tokens.digits, tokens.exponents
    found = _has_form(index, size, tokens.keys[at])
    if classes & _NUMBER:
        found |= _has_form(index, size, np.uint32(number_key(digits[at], exponents[at])))
        if tokens.others[at]:
            found |= _has_form(index, size, tokens.others[at])
    if classes & _QUANTITY and not found & np.uint64(1):
        unit = at
        while unit < end and not (
            tokens.classes[unit] & _UNIT and tokens.classes[unit] & _QUANTITY
        ):
            unit += 1
        if unit < end:
            found |= _in_another_unit(index, size, digits[unit], exponents[unit], lexicon)
    return bool(found & np.uint64(1))


@compiled_inline
def _in_another_unit(
    index: Index, size: int, unit: np.uint64, step: int, lexicon: LexiconTables
) -> np.uint64:
    kinds = lexicon.unit_kinds
    found = np.uint64(0)
    for other in range(len(kinds)):
        # In the same unit, a quantity that is near is another one.
        if kinds[other] == kinds[unit] and other != unit:
            found |= _has_form(index, size, np.uint32(quantity_key(np.uint64(other), step)))
    return found


@compiled_inline
def _is_scaled(tokens: Tokens, at: int, value: np.uint32) -> bool:
    """Whether digits have a scale, as those of "3.2 million"."""
    classes = tokens.classes[at]
    digits = classes & _NUMBER and not classes & _COUNT
    return bool(digits and tokens.exponents[at] < MONTH and value != tokens.keys[at])


@compiled_in_place
def measured_otherwise(index: Index, size: int, tokens: Tokens, at: int, end: int) -> int:
    """The unit, or the number itself for its scale, that the source gives a number otherwise.

    -1 where the source has the number with this unit and scale, or with none. ``end`` is the end of
    the sentence.
    """
    value = value_key(tokens, at)
    if _is_scaled(tokens, at, value):
        if _other_measure(index, size, tokens.keys[at], np.uint64(value)):
            return at
    if tokens.classes[at] & _QUANTITY:
        for unit in range(at + 1, min(at + _REACH, end)):
            if is_measure(tokens.classes[unit]) and is_of(tokens, unit, value):
                measure = tokens.digits[unit] + _ONE_MEASURE
                if _other_measure(index, size, tokens.others[unit], measure):
                    return unit
    return -1


@compiled_inline
def _other_measure(index: Index, size: int, value: np.uint32, measure: np.uint64) -> bool:
    """Whether the source has a number with other measures alone."""
    some = _has_form(index, size, measured_key(value, np.uint64(0)))
    same = _has_form(index, size, measured_key(value, measure))
    return bool(some & ~same & np.uint64(1))


@compiled_in_place
def still_given(
    index: Index, size: int, tokens: Tokens, measure: int, lexicon: LexiconTables
) -> bool:
    """Whether the source gives what :func:`measured_otherwise` found in another form after all."""
    classes = tokens.classes[measure]
    if classes & _RATE:
        return False
    if classes & _UNIT and classes & _QUANTITY:
        unit, step = tokens.digits[measure], tokens.exponents[measure]
        return bool(_in_another_unit(index, size, unit, step, lexicon) & np.uint64(1))
    return bool(_has_form(index, size, value_key(tokens, measure)) & np.uint64(1))


@compiled_in_place
def fill_index(index: Index, tokens: Tokens, count: int) -> int:
    """Index the first ``count`` tokens; the table's size."""
    size = table_size(count)
    # Fields of a tuple of arrays would be counted as references at every use.
    index_keys, marks, slots, pairs, present = index
    keys, classes_of, sentences = tokens.keys, tokens.classes, tokens.sentences
    index_keys[:size] = 0
    marks[:size] = 0
    pairs[: size * 8] = 0
    present[:size] = 0
    # Words that carry meaning belong together over four of them.
    one = two = three = four = np.uint32(0)
    negation = -SCOPE - 1
    sentence = -1
    for at in range(count):
        key, classes = keys[at], classes_of[at]
        if sentences[at] != sentence:
            sentence = sentences[at]
            negation = -SCOPE - 1
        if classes & _NEGATION:
            negation = at
        slot = slot_of(index_keys, size, key)
        index_keys[slot] = key
        marks[slot] |= NEGATED if at - negation <= SCOPE else PLAIN
        slots[at] = slot
        _show(present, size, key)
        if is_measure(classes):
            _show_measure(present, size, tokens.others[at], tokens.digits[at] + _ONE_MEASURE)
        elif classes & _NUMBER:
            value = value_key(tokens, at)
            if _is_scaled(tokens, at, value):
                _show_measure(present, size, key, np.uint64(value))
        if not classes & _STOP:
            pairs[pair_place(size, one, key)] = 1
            pairs[pair_place(size, two, key)] = 1
            pairs[pair_place(size, three, key)] = 1
            pairs[pair_place(size, four, key)] = 1
            one, two, three, four = two, three, four, key
    return size
