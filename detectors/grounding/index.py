"""Where every word of a source is: a hash table of keys, each with a chain of positions."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.grounding.lexicon import LexiconTables, sense_key
from detectors.grounding.tokens import Tokens

MOST_OCCURRENCES: Final = 12
"""Of a word that a source has more often, so many places are looked at, the last ones first."""

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


class Index(NamedTuple):
    """Room for an index.

    A slot holds a key and the last position that has it. ``stamps`` tell the slots of this source
    from those of earlier ones. ``earlier`` chains each position to the one before with its key, or
    -1. Keys of senses have slots of their own beside the words'.
    """

    keys: NDArray[np.uint64]
    stamps: NDArray[np.int64]
    heads: NDArray[np.int32]
    earlier: NDArray[np.int32]


def room_for_index(most: int) -> Index:
    """Room for an index of so many tokens, with up to four senses each."""
    slots = 8 << max(int(most - 1).bit_length(), 4)
    return Index(
        np.zeros(slots, np.uint64),
        np.zeros(slots, np.int64),
        np.zeros(slots, np.int32),
        np.zeros(most, np.int32),
    )


@compiled
def slots_for(count: int) -> np.uint64:
    """The mask of a table for so many tokens: small sources stay in the processor's cache."""
    size = 128
    while size < 8 * count:
        size *= 2
    return np.uint64(size - 1)


@compiled
def _slot(index: Index, mask: np.uint64, stamp: int, key: np.uint64) -> np.uint64:
    slot = (key * _MIX >> np.uint64(24)) & mask
    while index.stamps[slot] == stamp and index.keys[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return slot


@compiled
def find(index: Index, mask: np.uint64, stamp: int, key: np.uint64) -> int:
    """The last position that has the key; -1 where none has."""
    slot = _slot(index, mask, stamp, key)
    return int(index.heads[slot]) if index.stamps[slot] == stamp else -1


@compiled
def fill_index(
    index: Index, mask: np.uint64, stamp: int, tokens: Tokens, count: int, lexicon: LexiconTables
) -> None:
    """Index the first ``count`` tokens, under their keys and the keys of their senses."""
    for at in range(count):
        key = tokens.keys[at]
        slot = _slot(index, mask, stamp, key)
        index.earlier[at] = index.heads[slot] if index.stamps[slot] == stamp else -1
        index.keys[slot], index.stamps[slot], index.heads[slot] = key, stamp, at
        entry = tokens.entries[at]
        if entry < 0:
            continue
        for sense in lexicon.senses[entry]:
            if sense == 0:
                break
            key = sense_key(sense)
            slot = _slot(index, mask, stamp, key)
            index.keys[slot], index.stamps[slot], index.heads[slot] = key, stamp, at
