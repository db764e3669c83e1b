"""Words that the grounding of an answer rests on: base forms, weights, classes, senses.

A word outside the lexicon is rare: it stands for itself and weighs 1.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.text.vocabulary import vocabulary
from detectors.text.words import mix


class Class:
    """What a word is, as bits of a plain integer; the last two are seen in the text itself."""

    STOP: Final = 1
    NEGATION: Final = 2
    HEDGE: Final = 4
    QUANTIFIER: Final = 8
    FIRST_PERSON: Final = 16
    SECOND_PERSON: Final = 32
    CALENDAR: Final = 64
    NUMBER: Final = 128
    NAME: Final = 256


class LexiconTables(NamedTuple):
    """The lexicon as kernels read it: an open-addressing hash table and a row an entry.

    ``slots`` holds entry + 1, 0 where free; ``by_row`` the entry of the vocabulary's words, -1 where
    they have none; ``keys`` identify base forms. ``senses`` and ``opposites`` are as in
    :class:`Lexicon`.
    """

    hashes: NDArray[np.uint64]
    slots: NDArray[np.int32]
    by_row: NDArray[np.int32]
    keys: NDArray[np.uint64]
    weights: NDArray[np.float32]
    classes: NDArray[np.uint16]
    senses: NDArray[np.uint16]
    opposites: NDArray[np.uint16]


@compiled
def number_key(value: np.uint64) -> np.uint64:
    """The key of a number, whether written in digits or as a word."""
    return mix((value + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15))


@compiled
def _fill(hashes: NDArray[np.uint64], slots: NDArray[np.int32]) -> None:
    last = np.uint64(len(slots) - 1)
    for entry in range(len(hashes)):
        slot = hashes[entry] & last
        while slots[slot]:
            slot = (slot + np.uint64(1)) & last
        slots[slot] = entry + 1


@compiled
def sense_key(sense: int) -> np.uint64:
    """The key of a sense. Numbers are no hashes; spread, they do not meet a word's key."""
    return np.uint64(sense) * np.uint64(0xD6E8FEB86659FD93)


@compiled
def find_entry(lexicon: LexiconTables, word: np.uint64, row: int) -> int:
    """The entry of a word's hash and vocabulary row; -1 where it is not in the lexicon."""
    if row >= 0 and lexicon.by_row[row] >= 0:
        return int(lexicon.by_row[row])
    last = np.uint64(len(lexicon.slots) - 1)
    slot = word & last
    while lexicon.slots[slot]:
        entry = lexicon.slots[slot] - 1
        if lexicon.hashes[entry] == word:
            return int(entry)
        slot = (slot + np.uint64(1)) & last
    return -1


@dataclass(frozen=True)
class Lexicon:
    """The lexicon as it is stored, an entry a word.

    Attributes
    ----------
    hashes
        Word hashes.
    lemmas
        The entry of every word's base form.
    weights
        Rarity in 0..1.
    classes
        Bits of :class:`Class`.
    senses
        Numbers of the word's frequent senses, shared by synonyms; 0 is none.
    opposites
        Entries, plus 1, of base forms of opposite meaning; 0 is none.
    numbers
        The value of a number word, -1 of others.
    """

    hashes: NDArray[np.uint64]
    lemmas: NDArray[np.uint16]
    weights: NDArray[np.float16]
    classes: NDArray[np.uint16]
    senses: NDArray[np.uint16]
    opposites: NDArray[np.uint16]
    numbers: NDArray[np.int64]

    @cached_property
    def tables(self) -> LexiconTables:
        """The lexicon as kernels read it."""
        slots = np.zeros(2 << int(len(self.hashes) - 1).bit_length(), np.int32)
        _fill(self.hashes, slots)
        keys = self.hashes[self.lemmas]
        for entry in np.flatnonzero(self.numbers >= 0):
            keys[entry] = number_key(np.uint64(self.numbers[entry]))
        rows = vocabulary().rows_of(self.hashes)
        by_row = np.full(len(vocabulary()), -1, np.int32)
        by_row[rows[rows >= 0]] = np.flatnonzero(rows >= 0)
        weights = self.weights.astype(np.float32)
        return LexiconTables(
            self.hashes, slots, by_row, keys, weights, self.classes, self.senses, self.opposites
        )
