"""The compiled loop that scores windows: look-ups and integer sums by word.

The functions of :mod:`~detectors.toxicity.subwords` become part of it: numba renews its stored code
when this file changes, not when theirs does, so change (or touch) this file with that one.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.text.octets import is_ascii
from detectors.toxicity.disguise import SKIPPED
from detectors.toxicity.kinds import LANES
from detectors.toxicity.subwords import (
    MOST_GRAMS,
    READ_BYTES,
    gram_places,
    key_of,
    pair_place,
)

UNITS: Final = 16
"""Hidden units over the mean of a window's word vectors; and as many filters."""
REACH: Final = 3
"""Neighbouring words that a filter reads."""
_KEPT: Final = 1024
"""Sums of n-grams of words that are kept while a batch lasts."""
_LAST_KEPT: Final = np.uint64(_KEPT - 1)
_NOTHING_READ: Final = -(1 << 14)
"""Below all that filters may say."""
COLUMNS: Final = (1 + REACH) * UNITS


class Tables(NamedTuple):
    """What is looked up; integers times their scales are the models' numbers.

    Attributes
    ----------
    words
        int16 [vocabulary, LANES]: the linear model's coefficients of words.
    pairs, grams
        int8 [places, LANES]: of pairs of words, and of n-grams of words not in the vocabulary.
    units
        int8 [vocabulary, COLUMNS]: what every word adds to the hidden units: to the mean, and to
        the filters as first, second and third word.
    scales
        float32 [3, LANES] of words, pairs and n-grams.
    unit_scales
        float32 [2 * UNITS] of the mean's units and of the filters.
    bias
        float32 [2 * UNITS] of the hidden units.
    output
        float32 [2 * UNITS, LANES]: hidden units to heads.
    intercept
        float32 [LANES].
    """

    words: NDArray[np.int16]
    pairs: NDArray[np.int8]
    grams: NDArray[np.int8]
    units: NDArray[np.int8]
    scales: NDArray[np.float32]
    unit_scales: NDArray[np.float32]
    bias: NDArray[np.float32]
    output: NDArray[np.float32]
    intercept: NDArray[np.float32]


@compiled
def score_windows(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    rows: NDArray[np.int32],
    bounds: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    tables: Tables,
) -> NDArray[np.float32]:
    """Log odds, not calibrated, of every window (rows) by head (columns).

    Windows have at most 32 words. Those that are not wanted are not read: no numbers.
    """
    # Views of rows, or fields of the tuple, would be counted anew for every word; and of arrays
    # made here the compiler knows that they do not overlap, so it adds all lanes at once: half as
    # many registers for sums that fit into 16 bits, and not loops that it unrolls for a number of
    # lanes that it knows.
    table_words, table_pairs = tables.words, tables.pairs
    table_grams, table_units = tables.grams, tables.units
    lanes = table_words.shape[1]
    count = len(bounds) - 1
    scores = np.empty((count, LANES), np.float32)
    unknown = np.empty(LANES, np.float32)
    known = np.empty(LANES, np.int32)
    pairs = np.empty(LANES, np.int16)
    word_grams = np.empty(LANES, np.int16)
    mean = np.empty(UNITS, np.int16)
    largest = np.empty(UNITS, np.int16)
    second = np.empty(UNITS, np.int16)
    third = np.empty(UNITS, np.int16)
    places = np.empty(MOST_GRAMS, np.int64)
    kept_words = np.zeros(_KEPT, np.uint64)
    kept = np.empty((_KEPT, LANES), np.float32)
    hidden = np.empty(2 * UNITS, np.float32)
    for window in range(count):
        if not wanted[window]:
            scores[window] = np.nan
            continue
        unknown[:] = 0
        known[:] = 0
        pairs[:] = 0
        mean[:] = 0
        largest[:] = _NOTHING_READ
        second[:] = _NOTHING_READ
        third[:] = _NOTHING_READ
        read = 0
        in_vocabulary = 0
        before = np.uint64(0)
        for word in range(bounds[window], bounds[window + 1]):
            row = rows[word]
            if row == SKIPPED:
                continue
            key = key_of(row, hashes[word])
            if read > 0:
                place = pair_place(before, key)
                for lane in range(lanes):
                    pairs[lane] += table_pairs[place, lane]
            before = key
            read += 1
            if row >= 0:
                in_vocabulary += 1
                for lane in range(lanes):
                    known[lane] += table_words[row, lane]
                for unit in range(UNITS):
                    mean[unit] += table_units[row, unit]
                    reached = np.int16(third[unit] + table_units[row, 3 * UNITS + unit])
                    largest[unit] = max(largest[unit], reached)
                    third[unit] = second[unit] + table_units[row, 2 * UNITS + unit]
                    second[unit] = table_units[row, UNITS + unit]
            else:
                # Names and numbers come again. Of other scripts' letters, cases differ in bytes.
                slot = hashes[word] & _LAST_KEPT
                start = starts[word]
                plain = is_ascii(data, start, min(ends[word], start + READ_BYTES))
                if not plain or kept_words[slot] != hashes[word]:
                    found = gram_places(data, start, ends[word], places)
                    word_grams[:] = 0
                    for gram in range(found):
                        for lane in range(lanes):
                            word_grams[lane] += table_grams[places[gram], lane]
                    share = np.float32(1) / np.sqrt(np.float32(max(found, 1)))
                    for lane in range(lanes):
                        kept[slot, lane] = np.int32(word_grams[lane]) * share
                    kept_words[slot] = hashes[word] if plain else np.uint64(0)
                for lane in range(lanes):
                    unknown[lane] += kept[slot, lane]
        root = np.float32(1) / np.sqrt(np.float32(max(read, 1)))
        share = np.float32(1) / np.float32(max(in_vocabulary, 1))
        for unit in range(UNITS):
            # Filters that reach beyond the window's end read nothing there.
            best = max(largest[unit], third[unit], second[unit])
            if in_vocabulary == 0:
                best = 0
            hidden[unit] = np.int32(mean[unit]) * share * tables.unit_scales[unit]
            hidden[UNITS + unit] = np.int64(best) * tables.unit_scales[UNITS + unit]
        for lane in range(lanes):
            scores[window, lane] = tables.intercept[lane] + root * (
                known[lane] * tables.scales[0, lane]
                + np.int32(pairs[lane]) * tables.scales[1, lane]
                + unknown[lane] * tables.scales[2, lane]
            )
        for unit in range(2 * UNITS):
            active = hidden[unit] + tables.bias[unit]
            if active > 0:
                for lane in range(lanes):
                    scores[window, lane] += active * tables.output[unit, lane]
    return scores


@compiled
def pool(scores: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float32]:
    """The largest score of every text's windows, by head; not a number where there is none."""
    count = len(offsets) - 1
    largest = np.full((count, LANES), np.nan, np.float32)
    for text in range(count):
        for window in range(offsets[text], offsets[text + 1]):
            for lane in range(LANES):
                if not largest[text, lane] >= scores[window, lane]:
                    largest[text, lane] = scores[window, lane]
    return largest
