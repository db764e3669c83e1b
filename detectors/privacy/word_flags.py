"""What the vocabulary says of a word: the compiled look-up."""

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.privacy.vocabulary import FNV_OFFSET, FNV_PRIME, LENGTH_FACTOR, PREFIX_FACTOR


@compiled
def hash_of(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """As :func:`detectors.privacy.vocabulary.word_hash`."""
    key = FNV_OFFSET
    for i in range(start, end):
        c = data[i]
        key = (key ^ np.uint64(c | 0x20 if 0x41 <= c <= 0x5A else c)) * FNV_PRIME
    return key


@compiled
def found_flags(keys: NDArray[np.uint64], flags: NDArray[np.uint16], key: np.uint64) -> int:
    """What the table holds by a hash; 0 where it holds nothing."""
    mask = np.uint64(len(keys) - 1)
    slot = (key >> np.uint64(20)) & mask
    while keys[slot] != np.uint64(0):
        if keys[slot] == key:
            return int(flags[slot])
        slot = (slot + np.uint64(1)) & mask
    return 0


@compiled
def flags_of(
    data: NDArray[np.uint8],
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    start: int,
    end: int,
) -> int:
    """What the vocabulary says of a word; 0 where it is not in it."""
    length = end - start
    if length > 31:
        return 0
    # Without branches: what comes next in a text cannot be predicted.
    first, last = data[start], end - 1
    key = np.uint64(first) | np.uint64(data[min(start + 1, last)]) << np.uint64(8)
    key = key | np.uint64(data[min(start + 2, last)]) << np.uint64(16)
    key = key | np.uint64(data[last]) << np.uint64(24) | np.uint64(0x20202020)
    look = key * PREFIX_FACTOR + np.uint64(length) * LENGTH_FACTOR
    capital = ((first >= 0x41) & (first <= 0x5A)) | (first >= 0x80)
    if not looks[(look & np.uint64(0xFFFFFFFF)) >> np.uint64(15)] & (1 + 2 * capital):
        return 0
    return found_flags(keys, flags, hash_of(data, start, end))


@compiled
def next_flags(
    data: NDArray[np.uint8],
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    i: int,
    end: int,
) -> int:
    """What the vocabulary says of the word one sign behind ``i``."""
    start = i + 1
    if start >= end or (data[i] != 0x20 and data[i] != 0x27):
        return 0
    stop = start
    while stop < end and stop - start < 12 and 0x61 <= data[stop] <= 0x7A:
        stop += 1
    return flags_of(data, looks, keys, flags, start, stop) if stop > start else 0
