"""A short fingerprint of what a text says: near-duplicates of it mostly have the same."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.text.word_hash import mix
from detectors.text.words import Words

WORDS_A_GRAM: Final = 3
LEAST_WORDS: Final = 12
"""Shorter answers are alike for good reasons: "Yes.", "I cannot help with that."."""

BUCKET_BITS: Final = 6
BUCKETS: Final = 1 << BUCKET_BITS
"""Few enough to be counted by name in every pane, and so many that each is seldom hit by chance."""

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(64 - BUCKET_BITS)


def fingerprints(words: Words) -> NDArray[np.int64]:
    """The bucket of every text, 0 to :data:`BUCKETS` - 1; -1 for one of too few words.

    The smallest hash among the text's word 3-grams decides. Two texts have the same with the
    probability that a 3-gram of either is in both (their Jaccard similarity), and 1 in
    :data:`BUCKETS` besides by chance.

    Source: A. Broder, On the resemblance and containment of documents, 1997 (MinHash).

    Examples
    --------
    >>> from detectors.text.buffer import buffer_of
    >>> from detectors.text.words import words_of
    >>> text = "You can send it back within thirty days in the bag that it came in."
    >>> same = fingerprints(words_of(buffer_of([text, text.upper() + "!", "Too short."])))
    >>> bool(same[0] == same[1]), int(same[2])
    (True, -1)
    """
    return _buckets(words.offsets, words.hashes)


@compiled
def _buckets(offsets: NDArray[np.int64], hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    buckets = np.full(len(offsets) - 1, -1, np.int64)
    for row in range(len(buckets)):
        if offsets[row + 1] - offsets[row] < LEAST_WORDS:
            continue
        least = np.uint64(0xFFFFFFFFFFFFFFFF)
        for first in range(offsets[row], offsets[row + 1] - (WORDS_A_GRAM - 1)):
            gram = np.uint64(0)
            for place in range(WORDS_A_GRAM):
                gram = gram * _FACTOR + hashes[first + place]
            least = min(least, mix(gram))
        # The smallest of many is small: its own hash is even again.
        buckets[row] = np.int64(mix(least * _FACTOR) >> _SHIFT)
    return buckets
