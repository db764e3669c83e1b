"""Words of texts that are all ASCII, as most are: eight bytes at a time, without branches.

The same words and hashes as the loop over characters in :mod:`detectors.text.words` finds.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.text.characters import ASCII_KINDS, KINDS, Kind
from detectors.text.octets import BYTES, eight_bytes, first_bytes, word_in_small
from detectors.text.word_hash import HASHED_BYTES, close, finish, finish_short

COUNTER_ROOM: Final = 255
"""Bytes until one of the packed counters may be full."""

_ONES: Final = np.zeros(256, np.uint64)
_ONES[:128] = np.uint64(1) << (ASCII_KINDS.astype(np.uint64) * np.uint64(8))
_WORD: Final = np.zeros(256, np.int64)
_WORD[:128] = ASCII_KINDS >= Kind.LETTER
_APOSTROPHE: Final = 0x27
_NON_ASCII: Final = 0x80
_BYTE: Final = np.uint64(0xFF)


@compiled_inline
def unpack(packed: np.uint64, counts: NDArray[np.int64]) -> None:
    """Add counters of a byte each, a kind each, to a row of counts."""
    for kind in range(KINDS):
        counts[kind] += np.int64(packed >> np.uint64(8 * kind) & _BYTE)


@compiled_in_place
def edges_of(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    edges: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> int:
    """Where runs of letters and digits begin and end, one after the other, and how many of both.

    ``edges`` has room for one more than the text has bytes; ``counts``, zeros, get the text's
    characters by kind. -1 when the text is not all ASCII; ``counts`` are zeros then.
    """
    found = 0
    inside = 0
    seen = 0
    at = start
    while at < end:
        last = min(end, at + COUNTER_ROOM)
        packed = np.uint64(0)
        while at < last:
            octet = data[at]
            seen |= octet
            packed += _ONES[octet]
            word = _WORD[octet]
            # Written always, kept where a run begins or ends.
            edges[found] = at
            found += word ^ inside
            inside = word
            at += 1
        if seen >= _NON_ASCII:
            counts[:] = 0
            return -1
        unpack(packed, counts)
    edges[found] = end
    return found + inside


@compiled_in_place
def read_runs(
    data: NDArray[np.uint8],
    edges: NDArray[np.int32],
    count: int,
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
) -> int:
    """Words from the edges of runs; how many."""
    found = 0
    edge = 0
    while edge < count:
        start = edges[edge]
        end = edges[edge + 1]
        edge += 2
        while edge < count and edges[edge] == end + 1 and data[end] == _APOSTROPHE:
            end = edges[edge + 1]
            edge += 2
        hashes[found] = _hash(data, start, end)
        starts[found], ends[found] = start, end
        found += 1
    return found


@compiled_inline
def _hash(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """The hash of the word between two positions."""
    length = end - start
    if length <= BYTES:  # as most words are
        return finish_short(word_in_small(eight_bytes(data, start)) & first_bytes(length))
    value = np.uint64(0)
    place = 0
    last = min(length, HASHED_BYTES)
    # The last block, full or not, is what is left for the end.
    while place + BYTES < last:
        octets = eight_bytes(data, start + place)
        place += BYTES
        value = close(value, word_in_small(octets), np.uint64(place))
    block = word_in_small(eight_bytes(data, start + place)) & first_bytes(last - place)
    if last - place == BYTES:
        value, block = close(value, block, np.uint64(last)), np.uint64(0)
    return finish(value, block, np.uint64(length))
