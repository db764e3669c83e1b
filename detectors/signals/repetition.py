"""Whether a response goes round in circles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.compiled import compiled_in_place
from detectors.text.column import TextColumn
from detectors.text.word_hash import mix
from schemas.signals import Signal

WORDS_A_GRAM: Final = 6
"""Of 2 to 8 words, six tell loops from lists and tables almost best, and see short loops too."""
LONG_BYTES: Final = 192
"""So many bytes that are one word, or none, are a loop of signs or syllables, a language without
spaces, or data."""
_BYTES_A_GRAM: Final = 48
"""In such a stretch: what Thai says again by chance is shorter."""
_BYTES_A_WORD: Final = 6

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_DROPPED: Final = np.uint64(pow(0x9E3779B97F4A7C15, _BYTES_A_GRAM, 1 << 64))


def repeated_share(column: TextColumn, length: int = WORDS_A_GRAM) -> NDArray[np.float64]:
    """Share of a text's word n-grams that occurred in it before; 0 for texts without any.

    Stretches of :data:`LONG_BYTES` or more that are one word or hold none ("aaaa…", "!!!!…", Thai)
    are compared by their bytes, and six of those weigh as a word.
    """
    words, buffer = column.words, column.buffer
    longest = int(np.max(buffer.ends - buffer.starts, initial=0))
    slots = (
        1
        << int(
            2 * max(words.counts.max(initial=0), longest * (longest >= LONG_BYTES), 1)
        ).bit_length()
    )
    shares = np.zeros(len(words.offsets) - 1)
    _share_repeated(
        words.offsets, words.hashes, words.starts, words.ends,
        buffer.data, buffer.starts, buffer.ends, length, np.zeros(slots, np.uint64), shares,
    )  # fmt: skip
    return shares


@compiled_in_place
def _seen_before(seen: NDArray[np.uint64], mask: np.uint64, value: np.uint64) -> bool:
    """Whether a set by open addressing holds a value, which it does from now on."""
    gram = mix(value) | np.uint64(1)  # 0 marks a free slot
    slot = gram >> np.uint64(1) & mask
    while seen[slot] != np.uint64(0) and seen[slot] != gram:
        slot = (slot + np.uint64(1)) & mask
    known = seen[slot] == gram
    seen[slot] = gram
    return bool(known)


@compiled_in_place
def _emptied(seen: NDArray[np.uint64], count: int) -> np.uint64:
    """Make room in the set for so many values; the mask of its slots."""
    slots = 2
    while slots < 2 * count:
        slots *= 2
    seen[:slots] = np.uint64(0)
    return np.uint64(slots - 1)


@compiled_in_place
def _repeated_bytes(data: NDArray[np.uint8], start: int, end: int, seen: NDArray[np.uint64]) -> int:
    """How many byte n-grams of a stretch are not the first of their kind."""
    mask = _emptied(seen, end - start)
    gram = np.uint64(0)
    repeated = 0
    for at in range(start, end):
        gram = gram * _FACTOR + np.uint64(data[at])
        if at >= start + _BYTES_A_GRAM:
            gram -= _DROPPED * np.uint64(data[at - _BYTES_A_GRAM])
        if at >= start + _BYTES_A_GRAM - 1:
            repeated += _seen_before(seen, mask, gram)
    return repeated


@compiled_in_place
def _share_repeated(
    offsets: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    data: NDArray[np.uint8],
    text_starts: NDArray[np.int64],
    text_ends: NDArray[np.int64],
    length: int,
    seen: NDArray[np.uint64],
    shares: NDArray[np.float64],
) -> None:
    """Fill in the shares; ``seen`` is room for a set, of which each text uses what it needs."""
    for row in range(len(shares)):
        repeated = total = 0.0
        grams = offsets[row + 1] - offsets[row] - (length - 1)
        if grams > 0:
            total += grams
        if grams > 1:
            mask = _emptied(seen, grams)
            for first in range(offsets[row], offsets[row] + grams):
                gram = np.uint64(0)
                for place in range(length):
                    gram = gram * _FACTOR + hashes[first + place]
                repeated += _seen_before(seen, mask, gram)
        behind = int(text_starts[row])
        for word in range(offsets[row], offsets[row + 1] + 1):
            inside = word < offsets[row + 1]
            start = int(starts[word]) if inside else int(text_ends[row])
            end = int(ends[word]) if inside else start
            if start - behind >= LONG_BYTES:
                total += (start - behind) / _BYTES_A_WORD
                repeated += _repeated_bytes(data, behind, start, seen) / _BYTES_A_WORD
            if end - start >= LONG_BYTES:
                total += (end - start) / _BYTES_A_WORD
                repeated += _repeated_bytes(data, start, end, seen) / _BYTES_A_WORD
            behind = end
        shares[row] = repeated / max(total, 1.0)


@dataclass(frozen=True)
class RepetitionDetector:
    """The share of six-word sequences that were said before in the same response."""

    name: str = "repetition"
    version: str = "2"
    signals: tuple[Signal, ...] = (
        Signal(
            name="response.repetition",
            kind="score",
            better="lower",
            source="response",
            description="Share of the response's six-word sequences that it had said before; "
            "of long runs without spaces, of their letters and signs.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        response = batch.text("response")
        return {"response.repetition": response.where_known(repeated_share(response))}


detector = RepetitionDetector()
