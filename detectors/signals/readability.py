"""How easily a response reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.text.characters import Kind
from detectors.text.chunk import TextChunk
from schemas.signals import Signal

FEWEST_WORDS: Final = 20
"""Shorter texts have too few sentences for the formula to mean anything."""


_VOWELS: Final = bytes(chr(code) in "aeiouyAEIOUY" for code in range(256))
_LINE_FEED: Final = 0x0A
_SPACE: Final = 0x20
_LOWER_BIT: Final = 0x20


def count_sentences(chunk: TextChunk) -> NDArray[np.int64]:
    """Sentences of each text: ended by a stop before white space, or by a line's end.

    A full stop after a digit ends none: it numbers a list's item far more often.
    """
    octets = chunk.octets
    stop = (octets == ord(".")) | (octets == ord("!")) | (octets == ord("?"))
    feed = octets == _LINE_FEED
    ends = np.zeros(len(octets), np.bool_)
    ends[1:-1] = stop[1:-1] & (octets[2:] <= _SPACE) & (chunk.kinds[:-2] != Kind.DIGIT)
    # A line that nothing else ended; blank lines end nothing.
    ends[1:] |= feed[1:] & ~ends[:-1] & ~feed[:-1]
    return chunk.count(ends)


def count_syllables(chunk: TextChunk) -> NDArray[np.int64]:
    """Syllables of each English text, nearly: groups of vowels, less every silent final e.

    A final e is silent after a consonant (but for *-le* after another one, as in *table*) in words
    that have another vowel; *the* and *she* are told by their length. A number counts as one.
    """
    vowel = np.frombuffer(chunk.data.translate(_VOWELS), np.bool_)
    letter = (chunk.kinds == Kind.LETTER) | (chunk.kinds == Kind.UPPER)
    lowered = chunk.octets | _LOWER_BIT
    groups = vowel.copy()
    groups[1:] &= ~vowel[:-1]
    # Seen from the e: the letter before it, the two before that, and what follows.
    silent = np.zeros(len(vowel), np.bool_)
    silent[3:-1] = (
        (lowered[3:-1] == ord("e"))
        & ~letter[4:]
        & letter[2:-2]
        & ~vowel[2:-2]
        & (vowel[1:-3] | (letter[1:-3] & letter[:-4] & (lowered[2:-2] != ord("l"))))
    )
    digit = chunk.kinds == Kind.DIGIT
    numbers = digit.copy()
    numbers[1:] &= ~digit[:-1]
    return chunk.count(groups) - chunk.count(silent) + chunk.count(numbers)


def flesch_reading_ease(chunk: TextChunk) -> NDArray[np.float64]:
    """Flesch (1948), "A new readability yardstick": 206.835 - 1.015 w/s - 84.6 y/w.

    NaN for texts of fewer than :data:`FEWEST_WORDS` words.
    """
    words = np.diff(chunk.word_bounds).astype(np.float64)
    words[words < FEWEST_WORDS] = np.nan
    sentences = np.maximum(count_sentences(chunk), 1)
    return (
        206.835
        - 1.015 * (words / sentences)
        - 84.6 * (np.maximum(count_syllables(chunk), words) / words)
    )


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
        ease = response.number(flesch_reading_ease)
        return {"response.readability": ease.zip_with(english, pl.Series([None], dtype=pl.Float64))}


detector = ReadabilityDetector()
