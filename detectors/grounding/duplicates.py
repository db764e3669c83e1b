"""Passages that nearly repeat others, by sketches of their words.

One-permutation hashing, Li, Owen and Zhang (2012): the words fall into bins, the smallest hash of
each bin is kept, and the share of equal bins estimates the overlap of two texts' word sets.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.batch import Contexts
from detectors.compiled import compiled_in_place

BINS: Final = 64
ALIKE: Final = 0.8
"""From this overlap of the words on two passages say the same."""
MOST_COMPARED: Final = 64
"""A passage is compared with so many before it."""

_EMPTY: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_BIN_BITS: Final = np.uint64(6)


def duplicate_share(passages: Contexts) -> NDArray[np.float64]:
    """Share of an event's passages that nearly repeat an earlier one; NaN for fewer than two."""
    words = passages.column.words
    texts = len(words.offsets) - 1
    sketches = np.full((texts, BINS), _EMPTY, np.uint64)
    shares = np.full(len(passages.offsets) - 1, np.nan)
    _shares(words.hashes, words.offsets, passages.offsets, sketches, shares)
    return shares


@compiled_in_place
def _shares(
    hashes: NDArray[np.uint64],
    word_offsets: NDArray[np.int64],
    passage_offsets: NDArray[np.int64],
    sketches: NDArray[np.uint64],
    shares: NDArray[np.float64],
) -> None:
    for event in range(len(shares)):
        first, last = passage_offsets[event], passage_offsets[event + 1]
        if last - first < 2:
            continue
        repeated = 0
        for text in range(first, last):
            for word in range(word_offsets[text], word_offsets[text + 1]):
                place = hashes[word] & np.uint64(BINS - 1)
                rest = hashes[word] >> _BIN_BITS
                sketches[text, place] = min(sketches[text, place], rest)
            for other in range(max(first, text - MOST_COMPARED), text):
                if _overlap(sketches[text], sketches[other]) >= ALIKE:
                    repeated += 1
                    break
        shares[event] = repeated / (last - first)


@compiled_in_place
def _overlap(one: NDArray[np.uint64], two: NDArray[np.uint64]) -> float:
    equal = filled = 0
    for place in range(BINS):
        if one[place] != _EMPTY or two[place] != _EMPTY:
            filled += 1
            equal += one[place] == two[place]
    return equal / filled if filled else 0.0
