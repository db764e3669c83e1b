"""How easily a response reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.compiled import compiled
from detectors.text.column import TextColumn
from detectors.text.words import Words
from schemas.signals import Signal

FEWEST_WORDS: Final = 20
"""Shorter texts have too few sentences for the formula to mean anything."""


_VOWELS: Final = np.array([chr(code) in "aeiouyAEIOUY" for code in range(256)])
_DIGITS: Final = np.array([chr(code) in "0123456789" for code in range(256)])
_LOWER_BIT: Final = np.uint8(0x20)


def syllables(words: Words, data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Syllables of each English text, nearly: groups of vowels, less every silent final e.

    A final e is silent after a consonant (but for *-le* after another one, as in *table*) in words
    that have another vowel. A number counts as one.

    Parameters
    ----------
    words
        The texts' words.
    data
        The buffer they are in.
    """
    return _count_syllables(data, words.offsets, words.starts, words.ends)


@compiled
def _count_syllables(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
) -> NDArray[np.int64]:
    counts = np.zeros(len(offsets) - 1, np.int64)
    for row in range(len(counts)):
        total = 0
        for word in range(offsets[row], offsets[row + 1]):
            start, end = starts[word], ends[word]
            groups = 0
            vowel_before = digit_before = False
            for at in range(start, end):
                octet = data[at]
                vowel, digit = _VOWELS[octet], _DIGITS[octet]
                groups += (vowel and not vowel_before) or (digit and not digit_before)
                vowel_before, digit_before = vowel, digit
            if groups > 1 and end - start > 2 and data[end - 1] | _LOWER_BIT == ord("e"):
                consonant = not _VOWELS[data[end - 2]]
                table = data[end - 2] | _LOWER_BIT == ord("l") and not _VOWELS[data[end - 3]]
                groups -= consonant and not table
            total += groups
        counts[row] = total
    return counts


def flesch_reading_ease(text: TextColumn) -> NDArray[np.float64]:
    """Flesch (1948), "A new readability yardstick": 206.835 - 1.015 w/s - 84.6 y/w.

    NaN for texts of fewer than :data:`FEWEST_WORDS` words.
    """
    words = text.words.counts.astype(np.float64)
    words[words < FEWEST_WORDS] = np.nan
    sentences = np.maximum(np.diff(text.sentences.offsets), 1)
    spoken = np.maximum(syllables(text.words, text.buffer.data), words)
    return 206.835 - 1.015 * (words / sentences) - 84.6 * (spoken / words)


@dataclass(frozen=True)
class ReadabilityDetector:
    """Flesch reading ease of English responses of twenty words or more."""

    name: str = "readability"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        Signal(
            name="response.readability",
            kind="amount",
            source="response",
            description="Flesch reading ease of English responses: 100 very easy, 0 very hard.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        response = batch.text("response")
        english = (response.languages == "en").fill_null(value=False)
        ease = response.where_known(flesch_reading_ease(response))
        return {"response.readability": ease.zip_with(english, pl.Series([None], dtype=pl.Float64))}


detector = ReadabilityDetector()
