"""Words that the grounding of an answer rests on: base forms, weights, classes, relations.

Words are rows of the shared vocabulary. A word outside it is rare: it stands for itself and
weighs 1.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.buffer import buffer_of
from detectors.text.vocabulary import vocabulary
from detectors.text.word_hash import mix


class Class:
    """What a word is, as bits of a plain integer; the last two are seen in the text itself."""

    STOP: Final = 1
    NEGATION: Final = 2
    FIRST_PERSON: Final = 4
    CALENDAR: Final = 8
    CONTRAST: Final = 16
    NUMBER: Final = 64
    NAME: Final = 128


RELATED: Final = 12
"""Words near in meaning that are kept of every word."""
FULL_SUPPORT: Final = 127
FULL_WEIGHT: Final = 65535

_HASHED: Final = np.uint32(0x80000000)
_PRIME: Final = np.uint64(0x100000001B3)
_BASIS: Final = np.uint64(0xCBF29CE484222325)


class LexiconTables(NamedTuple):
    """The lexicon as kernels read it.

    ``records`` holds, for every row of the vocabulary, the key of its base form (32 bits), its
    classes (16) and its weight (16), ``relations`` the row of its base form in ``related`` and
    ``support``: keys of related words, 0 is none, and how far it follows from each,
    :data:`FULL_SUPPORT` entirely, negative where it contradicts. The first row has none. ``slots``
    finds rows + 1 by :func:`spelling`, which ``spellings`` holds of every row.
    """

    records: NDArray[np.uint64]
    relations: NDArray[np.uint16]
    related: NDArray[np.uint32]
    support: NDArray[np.int8]
    slots: NDArray[np.int32]
    spellings: NDArray[np.uint64]


@compiled_in_place
def number_key(value: np.uint64) -> np.uint32:
    """The key of a number, whether written in digits or as a word."""
    return np.uint32(mix((value + np.uint64(1)) * _PRIME) >> np.uint64(33)) | _HASHED


@compiled_in_place
def spelling(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """A hash of bytes, the same for both cases of ASCII letters."""
    value = _BASIS
    for at in range(start, end):
        octet = data[at]
        value = (value ^ np.uint64(octet + 32 if 65 <= octet <= 90 else octet)) * _PRIME
    return mix(value)


@compiled_in_place
def key_of(word: np.uint64) -> np.uint32:
    """The key of a word outside the vocabulary, from its spelling."""
    return np.uint32(word >> np.uint64(33)) | _HASHED


@compiled_in_place
def row_of(lexicon: LexiconTables, word: np.uint64) -> int:
    """The vocabulary's row of a spelling; -1 where it has none."""
    last = np.uint64(len(lexicon.slots) - 1)
    slot = word & last
    while lexicon.slots[slot]:
        row = lexicon.slots[slot] - 1
        if lexicon.spellings[row] == word:
            return int(row)
        slot = (slot + np.uint64(1)) & last
    return -1


@compiled_in_place
def _fill(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    slots: NDArray[np.int32],
    spellings: NDArray[np.uint64],
) -> None:
    last = np.uint64(len(slots) - 1)
    for row in range(len(starts)):
        spellings[row] = spelling(data, starts[row], ends[row])
        slot = spellings[row] & last
        while slots[slot]:
            slot = (slot + np.uint64(1)) & last
        slots[slot] = row + 1


@dataclass(frozen=True)
class Lexicon:
    """The lexicon as it is stored, an entry a word of the vocabulary that it says something of.

    Attributes
    ----------
    hashes
        Word hashes.
    bases
        The entry of every word's base form.
    weights
        Rarity, 65535 is the rarest.
    classes
        Bits of :class:`Class`.
    related
        Entries, plus 1, of base forms near in meaning or of opposite one; 0 is none.
    support
        How far a word follows from each of those: 127 fully, negative where it contradicts.
    numbers
        The value of a number word, -1 of others.
    """

    hashes: NDArray[np.uint64]
    bases: NDArray[np.uint16]
    weights: NDArray[np.uint16]
    classes: NDArray[np.uint16]
    related: NDArray[np.uint16]
    support: NDArray[np.int8]
    numbers: NDArray[np.int64]

    @cached_property
    def tables(self) -> LexiconTables:
        """The lexicon as kernels read it."""
        words = vocabulary()
        rows = words.rows_of(self.hashes)
        keys = (rows + 1).astype(np.uint32)[self.bases]
        for entry in np.flatnonzero(self.numbers >= 0):
            keys[entry] = number_key(np.uint64(self.numbers[entry]))
        records = np.arange(1, len(words) + 1, dtype=np.uint64)
        records |= np.uint64(FULL_WEIGHT) << np.uint64(48)
        records[rows] = (
            keys.astype(np.uint64)
            | self.classes.astype(np.uint64) << np.uint64(32)
            | self.weights.astype(np.uint64) << np.uint64(48)
        )
        relations = np.zeros(len(words), np.uint16)
        relations[rows] = self.bases + 1
        related = np.zeros((len(self.hashes) + 1, self.related.shape[1]), np.uint32)
        related[1:] = np.where(self.related > 0, keys[self.related.astype(np.int64) - 1], 0)
        support = np.zeros((len(self.hashes) + 1, self.related.shape[1]), np.int8)
        support[1:] = self.support
        buffer = buffer_of(words.words)
        slots = np.zeros(2 << len(words).bit_length(), np.int32)
        spellings = np.zeros(len(words), np.uint64)
        _fill(buffer.data, buffer.starts, buffer.ends, slots, spellings)
        return LexiconTables(records, relations, related, support, slots, spellings)
