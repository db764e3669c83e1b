"""Numbers in several words: "one thousand two hundred" is 1,200."""

from typing import Final

import numpy as np

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.grounding.columns import Tokens
from detectors.grounding.lexicon import Class, LexiconTables, place_in

_NUMBER: Final = np.uint16(Class.NUMBER)
_COUNT: Final = np.uint16(Class.COUNT)
_AND: Final = 1
_LONGEST: Final = 12


@compiled_inline
def _value(key: np.uint32, lexicon: LexiconTables) -> int:
    place = place_in(lexicon.count_keys, key)
    return int(lexicon.counts[place]) if place >= 0 else -1


@compiled_in_place
def joined_value(before: int, word: int) -> int:
    """The number that a word makes of the one before it; -1 where it is another number.

    120 and 3 are 123, 12 and 100 are 1,200, 2,300 and 1,000 are nothing.
    """
    if before <= 0 or word <= 0:
        return -1
    if word >= 1000:
        return before * word if before < 1000 else _scaled(before, word)
    if word == 100:
        part = before % 1000
        return before - part + part * 100 if 0 < part < 100 else -1
    if before >= 100 and before % 100 == 0:
        return before + word
    if before % 10 == 0 and before % 100 >= 20 and word < 10:
        return before + word
    return -1


@compiled_inline
def _scaled(before: int, word: int) -> int:
    """As 2,000,300 and 1,000 are 2,300,000."""
    part = before % 1000
    rest = before - part
    if part == 0 or rest % (word * 1000) or rest >= 10**15:
        return -1
    return rest + part * word


@compiled_in_place
def compose(tokens: Tokens, at: int, first: int, lexicon: LexiconTables) -> None:
    """Give the words of a number, up to the token ``at``, the value that they have together.

    What stands before ``first`` is of another sentence.
    """
    keys, classes = tokens.keys, tokens.classes
    before = at - 1
    if before > first and keys[before] == lexicon.joints[_AND]:
        before -= 1
    if before < first or not classes[before] & _COUNT:
        return
    own = _value(keys[before], lexicon)
    joined = own
    if classes[before] & _NUMBER:
        # "3.2 million" is no number in words.
        if tokens.exponents[before] != 0:
            return
        joined = int(tokens.digits[before])
    if before < at - 1 and joined < 100:
        return
    word = _value(keys[at], lexicon)
    value = joined_value(joined, word)
    alone = value < 0 and joined != own
    if alone:
        value = joined_value(own, word)
    if value < 0:
        return
    previous = np.uint64(joined)
    place = before
    while True:
        _give(tokens, place, value)
        place -= 1
        if place >= first and keys[place] == lexicon.joints[_AND]:
            place -= 1
        if alone or place < first or at - place > _LONGEST or not classes[place] & _COUNT:
            break
        if not classes[place] & _NUMBER or tokens.digits[place] != previous:
            break
    _give(tokens, at, value)


@compiled_inline
def _give(tokens: Tokens, at: int, value: int) -> None:
    tokens.classes[at] |= _NUMBER
    tokens.digits[at] = np.uint64(value)
    tokens.exponents[at] = 0
    tokens.others[at] = 0
