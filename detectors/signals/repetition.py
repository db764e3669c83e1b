"""Whether a response goes round in circles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.compiled import compiled_in_place
from detectors.text.word_hash import mix
from detectors.text.words import Words
from schemas.signals import Signal

WORDS_A_GRAM: Final = 6
"""Of 2 to 8 words, six tell loops from lists and tables almost best, and see short loops too."""

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)


def repeated_share(words: Words, length: int = WORDS_A_GRAM) -> NDArray[np.float64]:
    """Share of a text's word n-grams that occurred in it before; 0 for texts without any."""
    grams = np.maximum(words.counts - (length - 1), 0)
    slots = 1 << int(2 * max(grams.max(initial=0), 1)).bit_length()
    seen = np.zeros(slots, np.uint64)
    repeated = np.zeros(len(words.offsets) - 1, np.int64)
    _count_repeated(words.offsets, words.hashes, length, seen, repeated)
    return repeated / np.maximum(grams, 1)


@compiled_in_place
def _count_repeated(
    offsets: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    length: int,
    seen: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> None:
    """Count how many n-grams of each text are not its first of that kind.

    ``seen`` is the room for a set by open addressing; of it each text uses what it needs.
    """
    for row in range(len(counts)):
        grams = offsets[row + 1] - offsets[row] - (length - 1)
        if grams < 2:
            continue
        slots = 2
        while slots < 2 * grams:
            slots *= 2
        seen[:slots] = np.uint64(0)
        mask = np.uint64(slots - 1)
        for first in range(offsets[row], offsets[row] + grams):
            gram = np.uint64(0)
            for place in range(length):
                gram = gram * _FACTOR + hashes[first + place]
            gram = mix(gram) | np.uint64(1)  # 0 marks a free slot
            slot = gram >> np.uint64(1) & mask
            while seen[slot] != np.uint64(0) and seen[slot] != gram:
                slot = (slot + np.uint64(1)) & mask
            if seen[slot] == gram:
                counts[row] += 1
            seen[slot] = gram


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
