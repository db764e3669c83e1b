"""What the vocabulary says of a word: the compiled look-up."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.privacy.byte_classes import BEHIND, PLAIN, POINT, TELLING
from detectors.privacy.vocabulary import FNV_OFFSET, FNV_PRIME, LENGTH_FACTOR, PREFIX_FACTOR
from detectors.text.octets import BYTES, eight_bytes, leading, letters

_SMALL: Final = np.uint64(0x20202020)
_LOW_HALF: Final = np.uint64(0xFFFFFFFF)
_BYTE: Final = np.uint64(0xFF)
_EIGHT: Final = np.uint64(8)
_SIXTEEN: Final = np.uint64(16)
_SHORT: Final = 5
"""The endings of longer words may tell something."""
_LONGEST_PLAIN: Final = 15


@compiled_inline
def hash_of(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """As :func:`detectors.privacy.vocabulary.word_hash`."""
    key = FNV_OFFSET
    for i in range(start, end):
        c = data[i]
        key = (key ^ np.uint64(c | 0x20 if 0x41 <= c <= 0x5A else c)) * FNV_PRIME
    return key


@compiled_inline
def found_flags(keys: NDArray[np.uint64], flags: NDArray[np.uint16], key: np.uint64) -> int:
    """What the table holds by a hash; 0 where it holds nothing."""
    mask = np.uint64(len(keys) - 1)
    slot = (key >> np.uint64(20)) & mask
    while keys[slot] != np.uint64(0):
        if keys[slot] == key:
            return int(flags[slot])
        slot = (slot + np.uint64(1)) & mask
    return 0


@compiled_inline
def prefix_slot(first: np.uint64, second: np.uint64, third: np.uint64) -> np.uint64:
    """The place of three bytes in the table of beginnings of secrets."""
    prefix = first << _SIXTEEN | second << _EIGHT | third
    return ((prefix * PREFIX_FACTOR) & _LOW_HALF) >> _SIXTEEN


@compiled_inline
def _looks(
    first: np.uint64, second: np.uint64, third: np.uint64, last: np.uint64, length: int
) -> np.uint64:
    """As :func:`detectors.privacy.vocabulary.look_of`."""
    key = first | second << _EIGHT | third << _SIXTEEN | last << np.uint64(24)
    look = (key | _SMALL) * PREFIX_FACTOR + np.uint64(length) * LENGTH_FACTOR
    return (look & _LOW_HALF) >> np.uint64(15)


@compiled_inline
def beyond_plain_word(
    data: NDArray[np.uint8],
    start: int,
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    prefixes: NDArray[np.uint8],
) -> int:
    """Where to go on behind a word that tells nothing; 0 where it may tell something.

    It is of ASCII letters, no longer than 15, and not in the vocabulary; what stands behind it
    neither joins it to a token nor gives it a value, nor is it a number that may make a street of
    it. Most words are such.
    """
    octets = eight_bytes(data, start)
    length = leading(letters(octets))
    if length == BYTES:
        length += leading(letters(eight_bytes(data, start + BYTES)))
    end = start + length
    behind = BEHIND[data[end]]
    if length == 0 or length > _LONGEST_PLAIN or behind == TELLING:
        return 0
    if behind == POINT:
        slot = prefix_slot(octets & _BYTE, octets >> _EIGHT & _BYTE, octets >> _SIXTEEN & _BYTE)
        if prefixes[slot]:
            return 0
    if length > _SHORT and behind != PLAIN:
        after = data[end + 1]
        if behind == POINT:
            after = data[end + 2] if after == 0x20 else np.uint8(0)
        if after >= 0x30 and after <= 0x3D:
            return 0
    first = octets & _BYTE
    second = octets >> _EIGHT & _BYTE if length > 1 else first
    third = octets >> _SIXTEEN & _BYTE if length > 2 else second
    capital = np.uint8(first < np.uint64(0x60))
    look = looks[_looks(first, second, third, np.uint64(data[end - 1]), length)]
    if look & (1 + 2 * capital) and found_flags(keys, flags, hash_of(data, start, end)):
        return 0
    return end + 1


@compiled_inline
def _look_of(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """Without branches: what comes next in a text cannot be predicted."""
    last = end - 1
    second, third = data[min(start + 1, last)], data[min(start + 2, last)]
    return _looks(
        np.uint64(data[start]),
        np.uint64(second),
        np.uint64(third),
        np.uint64(data[last]),
        end - start,
    )


@compiled_inline
def flags_of(
    data: NDArray[np.uint8],
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    start: int,
    end: int,
) -> int:
    """What the vocabulary says of a word; 0 where it is not in it."""
    if end - start > 31:
        return 0
    first, look = data[start], _look_of(data, start, end)
    capital = ((first >= 0x41) & (first <= 0x5A)) | (first >= 0x80)
    if not looks[look] & (1 + 2 * capital):
        return 0
    return found_flags(keys, flags, hash_of(data, start, end))


@compiled_inline
def known_name(
    data: NDArray[np.uint8],
    looks: NDArray[np.uint8],
    keys: NDArray[np.uint64],
    flags: NDArray[np.uint16],
    start: int,
    end: int,
    key: np.uint64,
) -> int:
    """What the vocabulary says of the word of a hash that looks like a name, else 0."""
    look = _look_of(data, start, end)
    return found_flags(keys, flags, key) if looks[look] & 2 else 0


@compiled_in_place
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
