"""Features of words and pairs: places in hashed tables.

Words that the vocabulary lacks are read by their n-grams of bytes (Bojanowski et al. 2017,
"Enriching Word Vectors with Subword Information"), so that new spellings are not lost.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_inline
from detectors.text.word_hash import mix

PAIR_BITS: Final = 17
GRAM_BITS: Final = 16
SHORTEST_GRAM: Final = 3
LONGEST_GRAM: Final = 5
READ_BYTES: Final = 24
"""Of longer words only the first bytes are read."""
MOST_GRAMS: Final = 3 * READ_BYTES + 4

_PAIR_SHIFT: Final = np.uint64(64 - PAIR_BITS)
_GRAM_SHIFT: Final = np.uint64(64 - GRAM_BITS)
_LEFT: Final = np.uint64(0x9E3779B97F4A7C15)
_RIGHT: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_EDGE: Final = np.uint64(0x60)
_UPPER_A: Final = 0x41
_UPPER_Z: Final = 0x5A


@compiled_inline
def key_of(row: int, word_hash: np.uint64) -> np.uint64:
    """What a word is to pairs: its row where it has one, so that disguises do not matter."""
    return np.uint64(row + 1) * _RIGHT if row >= 0 else word_hash


@compiled_inline
def pair_place(left: np.uint64, right: np.uint64) -> np.int64:
    """The place of two neighbouring words, given by their keys, in the table of pairs."""
    return np.int64(mix(left * _LEFT + right) * _LEFT >> _PAIR_SHIFT)


@compiled_inline
def gram_places(data: NDArray[np.uint8], start: int, end: int, places: NDArray[np.int64]) -> int:
    """Fill the places of a word and of its n-grams in the table of n-grams; how many there are."""
    length = min(end - start, READ_BYTES)
    count = 0
    # Positions -1 and length stand for the word's edges.
    for first in range(-1, length):
        value = np.uint64(0)
        for size in range(1, LONGEST_GRAM + 1):
            at = first + size - 1
            if at > length:
                break
            octet = _EDGE
            if at >= 0 and at < length:
                octet = np.uint64(data[start + at])
                if octet >= np.uint64(_UPPER_A) and octet <= np.uint64(_UPPER_Z):
                    octet += np.uint64(32)
            value = (value + octet + np.uint64(1)) * _LEFT
            if size >= SHORTEST_GRAM:
                places[count] = np.int64((value + np.uint64(size)) * _RIGHT >> _GRAM_SHIFT)
                count += 1
    return count
