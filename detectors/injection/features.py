"""What the models read of a stretch: hashed words and pairs of words, vector sums, its form."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled, compiled_fast, compiled_in_place, compiled_inline
from detectors.injection.stretches import Stretches, stretches_of
from detectors.text.column import TextColumn
from detectors.text.word_hash import mix

SLOT_BITS: Final = 17
SLOTS: Final = 1 << SLOT_BITS
FARTHEST: Final = 3
"""Pairs of words at most this far apart are features, with their distance."""
PAIRS_A_WORD: Final = 1 + FARTHEST
SMOOTHING: Final = 4.0
"""Sums over a stretch are divided by the root of its words and these: short ones are not louder."""
TOPIC_DIMENSIONS: Final = 24
"""Of the word vectors, for how alike a stretch and the rest of its text are."""

LITTLE: Final = 12
"""Words beside a stretch that are too few to say what its text is about."""

FORM: Final = ("words", "unknown", "likeness", "alone", "first", "last", "question", "short rest")

_BOUNDARY: Final = np.uint64(0x517CC1B727220A95)
_FAR: Final = np.array([0xA24BAED4963EE407, 0x9FB21C651E98DF25, 0xD6E8FEB86659FD93], np.uint64)
_SHIFT: Final = np.uint64(64 - SLOT_BITS)


@dataclass(frozen=True)
class Reading:
    """A column with its stretches: what features are computed from."""

    column: TextColumn

    @cached_property
    def stretches(self) -> Stretches:
        """The stretches of the column's texts."""
        return stretches_of(self.column)


@compiled_inline
def slot_of_word(word: np.uint64) -> np.uint64:
    """The place of a word among the linear model's weights."""
    return mix(word) >> _SHIFT


@compiled_inline
def slot_of_pair(first: np.uint64, second: np.uint64, distance: int) -> np.uint64:
    """The place of two words, ``distance`` words apart, among the linear model's weights."""
    return mix((first + _FAR[distance - 1]) * _BOUNDARY ^ second) >> _SHIFT


def linear_scores(
    hashes: NDArray[np.uint64], bounds: NDArray[np.int64], weights: NDArray[np.int8]
) -> NDArray[np.float32]:
    """The sums of the weights of every stretch's words and pairs, smoothed by its length.

    Whole numbers add up to the same in any order.

    Parameters
    ----------
    hashes
        Of the column's words.
    bounds
        Where each stretch's words begin.
    weights
        int8 [slots, lanes].

    Returns
    -------
    float32 [stretches, lanes].
    """
    lanes = weights.shape[1]
    scores = np.empty((len(bounds) - 1, lanes), np.float32)
    _linear(hashes, bounds, weights, np.empty(lanes, np.int64), scores)
    return scores


@compiled_in_place
def _linear(
    hashes: NDArray[np.uint64],
    bounds: NDArray[np.int64],
    weights: NDArray[np.int8],
    totals: NDArray[np.int64],
    scores: NDArray[np.float32],
) -> None:
    for stretch in range(len(scores)):
        first, last = bounds[stretch], bounds[stretch + 1]
        totals[:] = 0
        _add(weights, slot_of_pair(_BOUNDARY, hashes[first], 1), totals)
        _add(weights, slot_of_pair(hashes[last - 1], _BOUNDARY, 1), totals)
        for word in range(first, last):
            _add(weights, slot_of_word(hashes[word]), totals)
            for distance in range(1, min(FARTHEST, word - first) + 1):
                _add(weights, slot_of_pair(hashes[word - distance], hashes[word], distance), totals)
        scale = np.float32(1) / np.sqrt(np.float32(last - first + SMOOTHING))
        for lane in range(len(totals)):
            scores[stretch, lane] = np.float32(totals[lane]) * scale


@compiled_inline
def _add(weights: NDArray[np.int8], slot: np.uint64, totals: NDArray[np.int64]) -> None:
    for lane in range(len(totals)):
        totals[lane] += weights[slot, lane]


@compiled
def slots_of(
    hashes: NDArray[np.uint64], bounds: NDArray[np.int64], slots: NDArray[np.int32]
) -> NDArray[np.int64]:
    """The slots that :func:`linear_scores` adds up, for training; where each stretch's begin."""
    offsets = np.zeros(len(bounds), np.int64)
    count = 0
    for stretch in range(len(bounds) - 1):
        first, last = bounds[stretch], bounds[stretch + 1]
        slots[count] = slot_of_pair(_BOUNDARY, hashes[first], 1)
        slots[count + 1] = slot_of_pair(hashes[last - 1], _BOUNDARY, 1)
        count += 2
        for word in range(first, last):
            slots[count] = slot_of_word(hashes[word])
            count += 1
            for distance in range(1, min(FARTHEST, word - first) + 1):
                slots[count] = slot_of_pair(hashes[word - distance], hashes[word], distance)
                count += 1
        offsets[stretch + 1] = count
    return offsets


@compiled
def vector_sums(
    rows: NDArray[np.int32], bounds: NDArray[np.int64], table: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The sum of the table's rows of every stretch's words, smoothed by its length."""
    width = table.shape[1]
    sums = np.zeros((len(bounds) - 1, width), np.float32)
    for stretch in range(len(sums)):
        first, last = bounds[stretch], bounds[stretch + 1]
        total = sums[stretch]
        for word in range(first, last):
            row = rows[word]
            if row >= 0:
                values = table[row]
                for place in range(width):
                    total[place] += values[place]
        scale = np.float32(1) / np.sqrt(np.float32(last - first + SMOOTHING))
        for place in range(width):
            total[place] *= scale
    return sums


def forms(
    data: NDArray[np.uint8],
    word_ends: NDArray[np.int32],
    rows: NDArray[np.int32],
    offsets: NDArray[np.int64],
    bounds: NDArray[np.int64],
    topics: NDArray[np.float32],
) -> NDArray[np.float32]:
    """:data:`FORM` of every stretch.

    Parameters
    ----------
    data, word_ends, rows
        The column's bytes, where its words end, and their rows in the vocabulary.
    offsets, bounds
        The texts' stretches and the stretches' words.
    topics
        The stretches' vector sums in :data:`TOPIC_DIMENSIONS`.
    """
    form = np.zeros((len(bounds) - 1, len(FORM)), np.float32)
    whole = np.zeros(topics.shape[1], np.float32)
    _fill_forms(data, word_ends, rows, offsets, bounds, topics, whole, form)
    return form


@compiled_fast
def _fill_forms(
    data: NDArray[np.uint8],
    word_ends: NDArray[np.int32],
    rows: NDArray[np.int32],
    offsets: NDArray[np.int64],
    bounds: NDArray[np.int64],
    topics: NDArray[np.float32],
    whole: NDArray[np.float32],
    form: NDArray[np.float32],
) -> None:
    for text in range(len(offsets) - 1):
        begin, end = offsets[text], offsets[text + 1]
        whole[:] = 0
        for stretch in range(begin, end):
            for place in range(len(whole)):
                whole[place] += topics[stretch, place]
        words = bounds[end] - bounds[begin]
        for stretch in range(begin, end):
            count = bounds[stretch + 1] - bounds[stretch]
            unknown = 0
            for word in range(bounds[stretch], bounds[stretch + 1]):
                unknown += rows[word] < 0
            values = form[stretch]
            values[0] = np.log1p(np.float32(count)) / 3
            values[1] = np.float32(unknown) / np.float32(count)
            dot = own = rest = np.float32(0)
            for place in range(len(whole)):
                mine = topics[stretch, place]
                other = whole[place] - mine
                dot += mine * other
                own += mine * mine
                rest += other * other
            if own > 0 and rest > 0:
                values[2] = dot / np.sqrt(own * rest)
            values[3] = end - begin == 1
            values[4] = stretch == begin
            values[5] = stretch == end - 1
            after = word_ends[bounds[stretch + 1] - 1]
            values[6] = data[after] == ord("?")
            values[7] = words - count < LITTLE
