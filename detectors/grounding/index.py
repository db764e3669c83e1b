"""What a source holds: a hash table of its words, and of pairs of words that stand together."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.grounding.lexicon import Class
from detectors.grounding.tokens import Tokens

WINDOW: Final = 4
"""Words that carry meaning belong together over so many of them."""
PLAIN: Final = 1
NEGATED: Final = 2
USED: Final = 4
"""What a slot says of its word: that it stands somewhere without a negation, that it stands
somewhere with one, that the answer has it too."""
SCOPE: Final = 3
"""A negation negates itself and so many words after it."""

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_STOP: Final = np.uint16(Class.STOP)
_NEGATION: Final = np.uint16(Class.NEGATION)


class Index(NamedTuple):
    """Room for an index: ``keys`` with 0 where a slot is free, ``marks`` of each.

    ``slots`` holds each token's slot; ``pairs`` is a Bloom filter, a byte a place.
    """

    keys: NDArray[np.uint32]
    marks: NDArray[np.uint8]
    slots: NDArray[np.int32]
    pairs: NDArray[np.uint8]


def room_for_index(most: int) -> Index:
    """Room for an index of so many tokens."""
    size = table_size(most)
    return Index(
        np.zeros(size, np.uint32), np.zeros(size, np.uint8),
        np.zeros(most, np.int32), np.zeros(size * 8, np.uint8),
    )  # fmt: skip


@compiled
def table_size(count: int) -> int:
    """Slots for so many tokens: a power of two, at most half of them filled."""
    size = 64
    while size < 2 * count:
        size *= 2
    return size


@compiled
def slot_of(index: Index, size: int, key: np.uint32) -> int:
    """The slot that holds the key, or the free one where it belongs."""
    last = size - 1
    slot = int(np.uint64(key) * _MIX >> np.uint64(40)) & last
    while index.keys[slot] != key and index.keys[slot] != 0:
        slot = (slot + 1) & last
    return slot


@compiled
def pair_place(size: int, one: np.uint32, two: np.uint32) -> int:
    """Where the filter holds an ordered pair."""
    value = (np.uint64(one) << np.uint64(32) | np.uint64(two)) * _MIX
    value ^= value >> np.uint64(32)
    return int(value * _MIX >> np.uint64(34)) & (size * 8 - 1)


@compiled
def fill_index(index: Index, tokens: Tokens, count: int) -> int:
    """Index the first ``count`` tokens; the table's size."""
    size = table_size(count)
    index.keys[:size] = 0
    index.marks[:size] = 0
    index.pairs[: size * 8] = 0
    recent = np.zeros(WINDOW, np.uint32)
    negation = -SCOPE - 1
    sentence = -1
    for at in range(count):
        key, classes = tokens.keys[at], tokens.classes[at]
        if tokens.sentences[at] != sentence:
            sentence = tokens.sentences[at]
            negation = -SCOPE - 1
        if classes & _NEGATION:
            negation = at
        slot = slot_of(index, size, key)
        index.keys[slot] = key
        index.marks[slot] |= NEGATED if at - negation <= SCOPE else PLAIN
        index.slots[at] = slot
        if not classes & _STOP:
            for back in range(WINDOW):
                index.pairs[pair_place(size, recent[back], key)] = 1
            for back in range(WINDOW - 1):
                recent[back] = recent[back + 1]
            recent[WINDOW - 1] = key
    return size
