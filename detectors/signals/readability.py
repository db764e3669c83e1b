"""How easily a response reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.compiled import compiled_in_place, compiled_inline
from detectors.text.column import TextColumn
from detectors.text.octets import BYTES, digits, eight_bytes, first_bytes, marked_bytes
from detectors.text.words import Words
from schemas.signals import Signal

FEWEST_WORDS: Final = 20
"""Shorter texts have too few sentences for the formula to mean anything."""


_VOWELS: Final = np.array([chr(code) in "aeiouyAEIOUY" for code in range(256)])
_EVERY_VOWEL: Final = tuple(np.uint64(ord(vowel) * 0x0101010101010101) for vowel in "aeiouy")
_LOWER_BIT: Final = np.uint8(0x20)
_HIGH: Final = np.uint64(0x8080808080808080)
_SMALL: Final = np.uint64(0x2020202020202020)
_EIGHT: Final = np.uint64(8)
_LAST: Final = np.uint64(56)


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
    counts = np.zeros(len(words.offsets) - 1, np.int64)
    _count_syllables(data, words.offsets, words.starts, words.ends, counts)
    return counts


@compiled_inline
def _vowels(octets: np.uint64) -> np.uint64:
    """Which bytes are vowels of ASCII: the highest bit of each."""
    low = (octets & ~_HIGH) | _SMALL
    none = _HIGH
    for vowel in _EVERY_VOWEL:
        none &= (low ^ vowel) + ~_HIGH
    return ~none & ~octets & _HIGH


@compiled_inline
def _groups(data: NDArray[np.uint8], start: int, end: int) -> int:
    """Groups of vowels, and of digits, in a word."""
    groups = 0
    vowel_before = digit_before = np.uint64(0)
    for at in range(start, end, BYTES):
        octets = eight_bytes(data, at)
        kept = first_bytes(min(end - at, BYTES))
        vowel, digit = _vowels(octets) & kept, digits(octets) & kept
        groups += marked_bytes(vowel & ~(vowel << _EIGHT | vowel_before))
        groups += marked_bytes(digit & ~(digit << _EIGHT | digit_before))
        vowel_before, digit_before = vowel >> _LAST, digit >> _LAST
    return groups


@compiled_in_place
def _count_syllables(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    for row in range(len(counts)):
        total = 0
        for word in range(offsets[row], offsets[row + 1]):
            start, end = starts[word], ends[word]
            groups = _groups(data, start, end)
            if groups > 1 and end - start > 2 and data[end - 1] | _LOWER_BIT == ord("e"):
                consonant = not _VOWELS[data[end - 2]]
                table = data[end - 2] | _LOWER_BIT == ord("l") and not _VOWELS[data[end - 3]]
                groups -= consonant and not table
            total += groups
        counts[row] = total


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
        english = response.in_languages(("en",))
        ease = np.where(english, flesch_reading_ease(response), np.nan)
        return {"response.readability": response.where_known(ease)}


detector = ReadabilityDetector()
