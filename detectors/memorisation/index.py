"""An index of protected texts: the hashes of their word n-grams."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled, compiled_in_place
from detectors.text.buffer import buffer_of
from detectors.text.word_hash import mix
from detectors.text.words import Words, words_of

WORDS_A_GRAM: Final = 8
"""Eight words in a row are hardly ever the same by chance, and still find short quotations."""

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_ONE: Final = np.uint64(1)


class ProtectedIndex:
    """Which word 8-grams occur in the texts, case and punctuation aside.

    Parameters
    ----------
    texts
        No n-gram crosses from one to the next; texts of less than eight words hold none.

    Examples
    --------
    >>> index = ProtectedIndex(["It was the best of times, it was the worst of times"])
    >>> len(index)
    5
    """

    def __init__(self, texts: Sequence[str]) -> None:
        words = words_of(buffer_of(texts))
        grams = np.unique(_grams(words.offsets, words.hashes, WORDS_A_GRAM))
        self._count = len(grams)
        slots = 1 << int(2 * max(len(grams), 1)).bit_length()
        self._table = _table_of(grams, slots)

    def __len__(self) -> int:
        return self._count

    def overlap(self, words: Words) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Share of each text's 8-grams that are in the index, and its longest run of words there.

        The share is 0, and so is the run, for texts of less than eight words.
        """
        found, longest = _overlap(words.offsets, words.hashes, WORDS_A_GRAM, self._table)
        grams = np.maximum(words.counts - (WORDS_A_GRAM - 1), 1)
        return found / grams, longest


@compiled_in_place
def _gram(hashes: NDArray[np.uint64], first: int, length: int) -> np.uint64:
    gram = np.uint64(0)
    for place in range(length):
        gram = gram * _FACTOR + hashes[first + place]
    return mix(gram) | _ONE  # 0 marks a free slot


@compiled
def _grams(
    offsets: NDArray[np.int64], hashes: NDArray[np.uint64], length: int
) -> NDArray[np.uint64]:
    grams = np.empty(len(hashes), np.uint64)
    count = 0
    for row in range(len(offsets) - 1):
        for first in range(offsets[row], offsets[row + 1] - length + 1):
            grams[count] = _gram(hashes, first, length)
            count += 1
    return grams[:count]


@compiled
def _table_of(grams: NDArray[np.uint64], slots: int) -> NDArray[np.uint64]:
    """A set by open addressing, at most half full."""
    table = np.zeros(slots, np.uint64)
    mask = np.uint64(slots - 1)
    for gram in grams:
        slot = gram >> _ONE & mask
        while table[slot] != np.uint64(0):
            slot = (slot + _ONE) & mask
        table[slot] = gram
    return table


@compiled
def _overlap(
    offsets: NDArray[np.int64], hashes: NDArray[np.uint64], length: int, table: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    found = np.zeros(len(offsets) - 1, np.int64)
    longest = np.zeros(len(offsets) - 1, np.int64)
    mask = np.uint64(len(table) - 1)
    for row in range(len(offsets) - 1):
        run = 0
        for first in range(offsets[row], offsets[row + 1] - length + 1):
            gram = _gram(hashes, first, length)
            slot = gram >> _ONE & mask
            while table[slot] != np.uint64(0) and table[slot] != gram:
                slot = (slot + _ONE) & mask
            if table[slot] == gram:
                found[row] += 1
                run += 1
                longest[row] = max(longest[row], run + length - 1)
            else:
                run = 0
    return found, longest
