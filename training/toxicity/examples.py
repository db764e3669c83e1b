"""Documents as what the model reads: windows with rows of words, pairs and n-grams."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.text.column import TextColumn
from detectors.toxicity.disguise import undisguise
from detectors.toxicity.letter_keys import BEGINNINGS, beginning, disguise_key
from detectors.toxicity.subwords import (
    GRAM_BITS,
    MOST_GRAMS,
    PAIR_BITS,
    gram_places,
    key_of,
    pair_place,
)
from detectors.toxicity.windows import windows_of

HEAD_CHARACTERS: Final = 6_000
"""Of longer documents, this much is trained on."""


@dataclass(frozen=True)
class Disguises:
    """A dictionary of disguised words by open addressing; key 0 in free slots.

    ``beginnings`` says how its words begin, see :func:`~detectors.toxicity.disguise.undisguise`.
    """

    keys: NDArray[np.uint64]
    rows: NDArray[np.int32]
    beginnings: NDArray[np.bool_]


@dataclass(frozen=True)
class Examples:
    """Windows of documents.

    ``offsets`` gives each document's windows, ``bounds`` each window's words. ``rows`` are the
    words' rows in the vocabulary. The linear model's features of window ``i`` are
    ``features[starts[i]:starts[i + 1]]`` with ``values``.
    """

    offsets: NDArray[np.int64]
    bounds: NDArray[np.int64]
    rows: NDArray[np.int32]
    features: NDArray[np.int32]
    values: NDArray[np.float32]
    starts: NDArray[np.int64]

    @property
    def documents(self) -> NDArray[np.int64]:
        """The document of every window."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


def disguises_of(spellings: dict[str, str], rows: dict[str, int]) -> Disguises:
    """The dictionary of these spellings; plain words come first where keys are the same."""
    found: dict[int, int] = {}
    beginnings = np.zeros(BEGINNINGS, np.bool_)
    for spelling, word in spellings.items():
        octets = np.frombuffer(spelling.encode(), np.uint8)
        key = int(disguise_key(octets, 0, len(octets)))
        if key and word in rows:
            found.setdefault(key, rows[word])
            beginnings[beginning(octets, 0, len(octets))] = True
    slots = 1 << (2 * len(found)).bit_length()
    keys, key_rows = np.zeros(slots, np.uint64), np.zeros(slots, np.int32)
    for key, row in found.items():
        slot = (key ^ key >> 32) % slots
        while keys[slot]:
            slot = (slot + 1) % slots
        keys[slot], key_rows[slot] = key, row
    return Disguises(keys, key_rows, beginnings)


def examples_of(texts: list[str], disguises: Disguises, vocabulary_size: int) -> Examples:
    """Read documents as the detector does."""
    column = TextColumn([text[:HEAD_CHARACTERS] for text in texts])
    words, data = column.words, column.buffer.data
    offsets, bounds = windows_of(column.sentences)
    known = disguises.keys, disguises.rows, disguises.beginnings
    rows = undisguise(data, words.starts, words.ends, column.rows, *known)
    room = 2 * len(rows) + int((rows == -1).sum()) * MOST_GRAMS
    features, values = np.empty(room, np.int32), np.empty(room, np.float32)
    starts = np.zeros(len(bounds), np.int64)
    count = _read(
        data, words.starts, words.ends, words.hashes, rows, bounds, vocabulary_size,
        features, values, starts,
    )  # fmt: skip
    return Examples(offsets, bounds, rows, features[:count].copy(), values[:count].copy(), starts)


def feature_count(vocabulary_size: int) -> int:
    """How many features the linear model has: words, pairs, n-grams."""
    return vocabulary_size + (1 << PAIR_BITS) + (1 << GRAM_BITS)


@compiled
def _read(
    data: NDArray[np.uint8],
    word_starts: NDArray[np.int32],
    word_ends: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    rows: NDArray[np.int32],
    bounds: NDArray[np.int64],
    vocabulary_size: int,
    features: NDArray[np.int32],
    values: NDArray[np.float32],
    starts: NDArray[np.int64],
) -> int:
    places = np.empty(MOST_GRAMS, np.int64)
    count = 0
    for window in range(len(bounds) - 1):
        read = 0
        for word in range(bounds[window], bounds[window + 1]):
            read += rows[word] != -2
        scale = np.float32(1) / np.sqrt(np.float32(max(read, 1)))
        before = np.uint64(0)
        begun = False
        for word in range(bounds[window], bounds[window + 1]):
            row = rows[word]
            if row == -2:
                continue
            key = key_of(row, hashes[word])
            if row >= 0:
                features[count], values[count] = row, scale
                count += 1
            else:
                found = gram_places(data, word_starts[word], word_ends[word], places)
                part = scale / np.sqrt(np.float32(max(found, 1)))
                for gram in range(found):
                    features[count] = vocabulary_size + (1 << PAIR_BITS) + places[gram]
                    values[count] = part
                    count += 1
            if begun:
                features[count] = vocabulary_size + pair_place(before, key)
                values[count] = scale
                count += 1
            before = key
            begun = True
        starts[window + 1] = count
    return count
