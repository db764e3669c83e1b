"""How easily a response reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.text.chunk import TextChunk
from schemas.signals import Signal

FEWEST_WORDS: Final = 20
"""Shorter texts have too few sentences for the formula to mean anything."""


def _ascii_table(characters: str) -> bytes:
    return bytes(chr(code).lower() in characters and code < 128 for code in range(256))


_VOWEL: Final = _ascii_table("aeiouy")
_E: Final = _ascii_table("e")
_L: Final = _ascii_table("l")
_STOP: Final = _ascii_table(".!?")
_DIGIT: Final = _ascii_table("0123456789")
_LINE_FEED: Final = 0x0A
_SPACE: Final = 0x20


def _mask(chunk: TextChunk, table: bytes) -> NDArray[np.bool_]:
    return np.frombuffer(chunk.data.translate(table), np.bool_)


def count_sentences(chunk: TextChunk) -> NDArray[np.int64]:
    """Sentences of each text: ended by a stop before white space, or by a line's end.

    A full stop after a digit ends none: it numbers a list's item far more often.
    """
    stop = _mask(chunk, _STOP)
    feed = chunk.octets == _LINE_FEED
    ends = np.zeros(len(stop), np.bool_)
    ends[1:-1] = stop[1:-1] & (chunk.octets[2:] <= _SPACE) & ~_mask(chunk, _DIGIT)[:-2]
    # A line that nothing else ended; blank lines end nothing.
    ends[1:] |= feed[1:] & ~ends[:-1] & ~feed[:-1]
    return chunk.count(ends)


def count_syllables(chunk: TextChunk) -> NDArray[np.int64]:
    """Syllables of each English text: groups of vowels, without a silent e at a word's end.

    Every word has one at least.
    """
    starts, ends = chunk.word_spans
    if not starts.size:
        return np.zeros(len(chunk.lengths), np.int64)
    vowel = _mask(chunk, _VOWEL)
    begins = vowel.copy()
    begins[1:] &= ~vowel[:-1]
    # reduceat runs on to the next word's start; no vowel lies between words.
    groups = np.add.reduceat(begins, starts, dtype=np.int64)
    last = ends - 1
    before = np.maximum(last - 1, 0)
    after_consonant = _mask(chunk, _E)[last] & ~vowel[before]
    table = _mask(chunk, _L)[before] & ~vowel[np.maximum(last - 2, 0)]  # "table", "little"
    syllables = np.maximum(groups - (after_consonant & ~table), 1)
    summed = np.concatenate([np.zeros(1, np.int64), np.cumsum(syllables)])
    return np.diff(summed[chunk.word_bounds])


def flesch_reading_ease(chunk: TextChunk) -> NDArray[np.float64]:
    """Flesch (1948), "A new readability yardstick": 206.835 - 1.015 w/s - 84.6 y/w.

    NaN for texts of fewer than :data:`FEWEST_WORDS` words.
    """
    words = np.diff(chunk.word_bounds).astype(np.float64)
    words[words < FEWEST_WORDS] = np.nan
    sentences = np.maximum(count_sentences(chunk), 1)
    return 206.835 - 1.015 * (words / sentences) - 84.6 * (count_syllables(chunk) / words)


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
