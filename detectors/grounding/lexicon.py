"""Words that the grounding of an answer rests on: base forms, weights, classes, relations.

Words are rows of the shared vocabulary. A word outside it is rare: it stands for itself and
weighs 1.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.text.buffer import buffer_of
from detectors.text.vocabulary import vocabulary
from detectors.text.word_hash import mix
from detectors.text.words import hash_words


class Class:
    """What a word is, as bits of a plain integer.

    ``FRAME`` words speak of an answer or its source ("according", "summary"), ``ABOUT`` words make
    the number behind them a rough one, ``COUNT`` words are numbers, ``PARTICLE`` words begin an
    answer ("No, ..."). ``NUMBER``, ``NAME``, ``QUANTITY``, a number or a unit that belong together,
    and ``RATE``, a unit that a number is given for, are seen in the text itself.
    """

    STOP: Final = 1
    NEGATION: Final = 2
    FIRST_PERSON: Final = 4
    CALENDAR: Final = 8
    CONTRAST: Final = 16
    FRAME: Final = 32
    NUMBER: Final = 64
    NAME: Final = 128
    ABOUT: Final = 256
    UNIT: Final = 512
    QUANTITY: Final = 1024
    COUNT: Final = 2048
    PARTICLE: Final = 4096
    RATE: Final = 8192


RELATED: Final = 12
"""Words near in meaning that are kept of every word."""
FULL_SUPPORT: Final = 127
FULL_WEIGHT: Final = 65535
SIGNS: Final = ("dollar", "pound", "euro", "rs", "percent")
"""The words that the signs $, £, €, ₹ and % stand for."""
MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)

UNITS: Final = {
    "time": {
        **{"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86_400.0, "week": 604_800.0},
        **{"month": 2_629_746.0, "year": 31_556_952.0, "decade": 315_569_520.0},
    },
    "mass": {
        **{"mg": 0.001, "g": 1.0, "gram": 1.0, "kg": 1000.0, "tonne": 1e6},
        **{"ounce": 28.35, "pound": 453.6},
    },
    "length": {
        **{"mm": 1.0, "cm": 10.0, "inch": 25.4, "foot": 304.8, "yard": 914.4, "m": 1000.0},
        **{"meter": 1000.0, "kilometer": 1e6, "mile": 1_609_344.0},
    },
    "volume": {"ml": 1.0, "l": 1000.0, "liter": 1000.0, "gallon": 3785.0},
    "data": {"kb": 1.0, "mb": 1000.0, "gb": 1e6, "tb": 1e9},
    "area": {
        **{"square cm": 1e-4, "square m": 1.0, "square meter": 1.0, "square kilometer": 1e6},
        **{"square inch": 6.4516e-4, "square foot": 0.092903, "square yard": 0.836127},
        **{"acre": 4046.86, "hectare": 1e4, "square mile": 2.589988e6},
    },
    **{alone: {alone: 1.0} for alone in ("dollar", "euro", "rs", "yen", "cent", "percent")},
    **{alone: {alone: 1.0} for alone in ("degree", "watt", "volt", "calorie")},
}
"""Units by what they measure, and how many of the smallest each is. Kinds of one unit are not
converted, only told from other ones."""
JOINTS: Final = ("square", "and", "per", "a", "an", "each", "every")
"""Words that join numbers or units: squares, parts of number words, and what a rate is given for."""
MONTH: Final = 1 << 10
CLOCK: Final = 1 << 11
DECADE: Final = (1 << 11) + 1
"""Exponents that no number has: of months, of times of day, and of decades."""

_HASHED: Final = np.uint32(0x80000000)
_TEN: Final = np.uint64(10)
_PRIME: Final = np.uint64(0x100000001B3)
_BASIS: Final = np.uint64(0xCBF29CE484222325)


class LexiconTables(NamedTuple):
    """The lexicon as kernels read it.

    ``records`` holds, for every row of the vocabulary, the key of its base form (32 bits), its
    classes (16) and its weight (16), ``relations`` the row of its base form in ``related`` and
    ``support``: keys of related words, 0 is none, and how far it follows from each,
    :data:`FULL_SUPPORT` entirely, negative where it contradicts. The first row has none. ``slots``
    finds rows + 1 by :func:`spelling`, which ``spellings`` holds of every row. ``signs`` holds the
    keys of :data:`SIGNS`; ``unit_keys`` those of :data:`UNITS`, ascending, with ``unit_sizes`` and
    the number of what they measure in ``unit_kinds``; ``count_keys``, ascending, those of number
    words with their values in ``counts``.
    """

    records: NDArray[np.uint64]
    relations: NDArray[np.uint16]
    related: NDArray[np.uint32]
    support: NDArray[np.int8]
    slots: NDArray[np.int32]
    spellings: NDArray[np.uint64]
    signs: NDArray[np.uint32]
    joints: NDArray[np.uint32]
    unit_keys: NDArray[np.uint32]
    unit_sizes: NDArray[np.float64]
    unit_kinds: NDArray[np.int64]
    count_keys: NDArray[np.uint32]
    counts: NDArray[np.float64]


@compiled_in_place
def number_key(digits: np.uint64, exponent: int) -> np.uint32:
    """The key of digits times a power of ten, the same for 3.50 and 3.5, or for 20 and twenty."""
    while digits and digits % _TEN == np.uint64(0):
        digits //= _TEN
        exponent += 1
    power = np.uint64(exponent + 64) if digits else np.uint64(0)
    return np.uint32(mix((digits + np.uint64(1)) * _PRIME + power) >> np.uint64(33)) | _HASHED


@compiled_in_place
def squared_key(key: np.uint32) -> np.uint32:
    """The key of a unit's square, from that of the unit."""
    return np.uint32(mix(np.uint64(key) * _PRIME) >> np.uint64(33)) | _HASHED


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


@compiled_inline
def key_in(record: np.uint64) -> np.uint32:
    """The key in a word's record."""
    return np.uint32(record & np.uint64(0xFFFFFFFF))


@compiled_inline
def classes_in(record: np.uint64) -> np.uint16:
    """The bits of :class:`Class` in a word's record."""
    return np.uint16(record >> np.uint64(32) & np.uint64(0xFFFF))


@compiled_inline
def place_in(keys: NDArray[np.uint32], key: np.uint32) -> int:
    """Where a key is among these, in ascending order; -1 where it is not."""
    place = np.searchsorted(keys, key)
    return int(place) if place < len(keys) and keys[place] == key else -1


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
            keys[entry] = number_key(np.uint64(self.numbers[entry]), 0)
        places = dict(zip(self.hashes.tolist(), range(len(keys)), strict=True))
        for month, found in enumerate(hash_words(MONTHS).tolist(), 1):
            keys[self.bases == places[found]] = number_key(np.uint64(month), MONTH)
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
        signs = keys[[places[found] for found in hash_words(SIGNS).tolist()]]
        units = [(kind, *unit) for kind, of in enumerate(UNITS.values()) for unit in of.items()]
        kinds, names, sizes = zip(*units, strict=True)
        last_words = [name.split()[-1] for name in names]
        unit_keys = keys[[places[found] for found in hash_words(last_words).tolist()]]
        for unit, name in enumerate(names):
            if name.startswith(f"{JOINTS[0]} "):
                unit_keys[unit] = squared_key(unit_keys[unit])
        joints = keys[[places[found] for found in hash_words(JOINTS).tolist()]]
        order = np.argsort(unit_keys)
        known = np.unique(self.numbers[self.numbers >= 0])
        counts = np.array([number_key(np.uint64(value), 0) for value in known], np.uint32)
        by_key = np.argsort(counts)
        return LexiconTables(
            *(records, relations, related, support, slots, spellings, signs, joints),
            *(unit_keys[order], np.array(sizes)[order], np.array(kinds)[order]),
            *(counts[by_key], known[by_key].astype(np.float64)),
        )
