"""The shared vocabulary: words that models know, and their rows in the models' tables."""

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled, compiled_in_place
from detectors.text.words import hash_words

UNKNOWN: Final = -1
_FILE: Final = "vocabulary.txt"


@dataclass(frozen=True)
class Vocabulary:
    """Words by row.

    Attributes
    ----------
    words
        Lower-cased, the most frequent first.
    """

    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def table(self) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Hashes and rows by open addressing, at most half full; free slots have no row (-1)."""
        hashes = hash_words(self.words)
        slots = 1 << (2 * len(hashes)).bit_length()
        keys, rows = np.zeros(slots, np.uint64), np.full(slots, UNKNOWN, np.int32)
        _fill(hashes, keys, rows)
        return keys, rows

    def rows_of(self, hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
        """The row of every hashed word; :data:`UNKNOWN` for words that are not in it.

        Examples
        --------
        >>> known = Vocabulary(("the", "of"))
        >>> known.rows_of(hash_words(["Of", "xyzzy", "the"])).tolist()
        [1, -1, 0]
        """
        return _look_up(hashes, *self.table)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that the shipped models share."""
    text = (files("detectors.models") / _FILE).read_text(encoding="utf-8")
    return Vocabulary(tuple(text.split()))


@compiled_in_place
def _fill(hashes: NDArray[np.uint64], keys: NDArray[np.uint64], rows: NDArray[np.int32]) -> None:
    mask = np.uint64(len(keys) - 1)
    for row in range(len(hashes)):
        slot = hashes[row] & mask
        while rows[slot] >= 0 and keys[slot] != hashes[row]:
            slot = (slot + np.uint64(1)) & mask
        if rows[slot] < 0:
            keys[slot], rows[slot] = hashes[row], row


@compiled
def _look_up(
    hashes: NDArray[np.uint64], keys: NDArray[np.uint64], rows: NDArray[np.int32]
) -> NDArray[np.int32]:
    mask = np.uint64(len(keys) - 1)
    found = np.empty(len(hashes), np.int32)
    for word in range(len(hashes)):
        slot = hashes[word] & mask
        while rows[slot] >= 0 and keys[slot] != hashes[word]:
            slot = (slot + np.uint64(1)) & mask
        found[word] = rows[slot]
    return found
