"""Whether a response goes round in circles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.text.words import Words
from schemas.signals import Signal

WORDS_A_GRAM: Final = 6
"""Of 2 to 8 words, six tell loops from lists and tables almost best, and see short loops too."""

_ROW_BITS: Final = 20
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_ROWS_AT_ONCE: Final = 256  # a sort that stays in the processor's cache


def repeated_share(words: Words, length: int = WORDS_A_GRAM) -> NDArray[np.float64]:
    """Share of a text's word n-grams that occurred in it before; 0 for texts without any."""
    counts = np.maximum(words.counts - (length - 1), 0)
    repeated = [
        _repeated(words, counts[first : first + _ROWS_AT_ONCE], first, length)
        for first in range(0, len(counts), _ROWS_AT_ONCE)
    ]
    return np.concatenate([np.empty(0, np.int64), *repeated]) / np.maximum(counts, 1)


def _repeated(
    words: Words, counts: NDArray[np.int64], first: int, length: int
) -> NDArray[np.int64]:
    """How many n-grams of each text are not its first of that kind, for a stretch of texts."""
    begin, end = words.offsets[first], words.offsets[first + len(counts)]
    hashes = words.hashes[begin:end]
    if len(hashes) < length:
        return np.zeros_like(counts)
    grams = hashes[: len(hashes) - length + 1].copy()
    for place in range(1, length):
        grams *= _FACTOR
        grams += hashes[place : len(hashes) - length + 1 + place]
    stops = np.cumsum(counts)
    ramp = np.arange(stops[-1])
    starts = words.offsets[first : first + len(counts)] - begin
    # With the row in the highest bits one sort serves all texts, and leaves each in its place.
    rows = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
    keys = grams[ramp + np.repeat(starts - (stops - counts), counts)] >> np.uint64(_ROW_BITS)
    keys |= rows << np.uint64(64 - _ROW_BITS)
    keys.sort()
    again = np.concatenate([np.zeros(2, np.int64), np.cumsum(keys[1:] == keys[:-1])])
    repeated: NDArray[np.int64] = again[stops] - again[stops - counts]
    return repeated


@dataclass(frozen=True)
class RepetitionDetector:
    """The share of six-word sequences that were said before in the same response."""

    name: str = "repetition"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        Signal(
            name="response.repetition",
            kind="score",
            better="lower",
            source="response",
            description="Share of the response's six-word sequences that it had said before.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        response = batch.text("response")
        return {"response.repetition": response.where_known(repeated_share(response.words))}


detector = RepetitionDetector()
