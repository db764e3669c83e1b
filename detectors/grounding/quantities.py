"""Quantities: numbers with a unit, which an answer may give in another unit than its source."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.grounding.lexicon import MONTH, Class, LexiconTables, number_key

_NUMBER: Final = np.uint16(Class.NUMBER)
_QUANTITY: Final = np.uint16(Class.QUANTITY)
_UNIT: Final = 1 << 12
"""From this exponent on keys are of quantities, one a unit."""
_STEP: Final = 0.03
"""Converted quantities are rounded: what differs by less is the same."""
_FEWEST: Final = 1 << 20


@compiled_inline
def note_quantity(
    keys: NDArray[np.uint32],
    classes: NDArray[np.uint16],
    digits: NDArray[np.uint64],
    exponents: NDArray[np.int32],
    at: int,
    lexicon: LexiconTables,
) -> None:
    """Mark a unit and the number before it as a quantity, where there is one.

    The unit's digits and exponent then are its place among the units and the logarithm of the
    quantity in the smallest one, in steps.
    """
    number, unit = at - 1, np.searchsorted(lexicon.unit_keys, keys[at])
    if unit == len(lexicon.unit_keys) or lexicon.unit_keys[unit] != keys[at]:
        return
    if classes[number] & _NUMBER:
        if exponents[number] >= MONTH:
            return
        value = np.float64(digits[number]) * 10.0 ** exponents[number]
    else:
        count = np.searchsorted(lexicon.count_keys, keys[number])
        if count == len(lexicon.count_keys) or lexicon.count_keys[count] != keys[number]:
            return
        value = lexicon.counts[count]
    if value <= 0.0:
        return
    classes[number] |= _QUANTITY
    classes[at] |= _QUANTITY
    digits[at] = np.uint64(unit)
    exponents[at] = np.int32(np.floor(np.log(value * lexicon.unit_sizes[unit]) / _STEP))


@compiled_in_place
def quantity_key(unit: np.uint64, step: int) -> np.uint32:
    """The key of a quantity that is given in a unit."""
    return number_key(np.uint64(step + _FEWEST), _UNIT + int(unit))
