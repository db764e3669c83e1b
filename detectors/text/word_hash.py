"""The hash of a word, a byte at a time or eight."""

from typing import Final

import numpy as np

from detectors.compiled import compiled_inline

HASHED_BYTES: Final = 64
"""Of longer words, their first bytes and their length decide the hash."""

_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_FACTORS: Final = np.array(
    [pow(int(_ODD), place, 2**64) for place in range(1, HASHED_BYTES // 8 + 1)], np.uint64
)


@compiled_inline
def mix(value: np.uint64) -> np.uint64:
    """Spread every bit of a value over all bits, in a way that can be undone (bijective)."""
    value ^= value >> np.uint64(32)
    value *= np.uint64(0xD6E8FEB86659FD93)
    value ^= value >> np.uint64(29)
    return value


@compiled_inline
def absorb(
    octet: np.uint64, value: np.uint64, block: np.uint64, length: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Take a word's next byte into its hash: the value of full blocks, the block begun, bytes."""
    block |= octet << ((length & np.uint64(7)) << np.uint64(3))
    length += np.uint64(1)
    if length & np.uint64(7) == np.uint64(0):
        return close(value, block, length), np.uint64(0), length
    return value, block, length


@compiled_inline
def close(value: np.uint64, block: np.uint64, length: np.uint64) -> np.uint64:
    """The value with the block that ends at this length."""
    place = (length - np.uint64(1)) >> np.uint64(3)
    if place == np.uint64(0):
        return np.uint64(block * _FACTORS[0])
    if place >= np.uint64(len(_FACTORS)):
        return value
    return np.uint64(mix(value) + block * _FACTORS[place])


@compiled_inline
def finish(value: np.uint64, block: np.uint64, length: np.uint64) -> np.uint64:
    """The hash of a word that ends here."""
    if length & np.uint64(7):
        value = close(value, block, length)
    if length > np.uint64(HASHED_BYTES):
        value += length * _ODD
    return mix(value)


@compiled_inline
def finish_short(block: np.uint64) -> np.uint64:
    """The hash of a word of up to eight bytes."""
    return mix(block * _FACTORS[0])
