"""What kinds of characters prompts and responses are made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.text.characters import CONTINUED, Kind
from detectors.text.chunk import TextChunk
from schemas.signals import Signal, Source


def _characters(chunk: TextChunk) -> NDArray[np.int64]:
    if not chunk.leads.size:
        return chunk.lengths
    return chunk.lengths - chunk.count(chunk.kinds >= CONTINUED)


def _letters(chunk: TextChunk) -> NDArray[np.int64]:
    return chunk.count((chunk.kinds == Kind.LETTER) | (chunk.kinds == Kind.UPPER))


def _non_ascii(chunk: TextChunk) -> NDArray[np.int64]:
    if not chunk.leads.size:
        return np.zeros_like(chunk.lengths)
    return chunk.count(chunk.octets >= 0xC0)


def _share(
    part: Callable[[TextChunk], NDArray[np.int64]], whole: Callable[[TextChunk], NDArray[np.int64]]
) -> Callable[[TextChunk], NDArray[np.float64]]:
    def share(chunk: TextChunk) -> NDArray[np.float64]:
        of = whole(chunk)
        shares = np.full(len(of), np.nan)
        np.divide(part(chunk), of, out=shares, where=of > 0)
        return shares

    return share


_SHARES: Final = {
    "non_ascii": ("characters outside ASCII", _share(_non_ascii, _characters)),
    "digits": (
        "digits among the characters",
        _share(lambda c: c.count_kind(Kind.DIGIT), _characters),
    ),
    "upper_case": (
        "capitals among the letters",
        _share(lambda c: c.count_kind(Kind.UPPER), _letters),
    ),
    "punctuation": (
        "punctuation and symbols among the characters",
        _share(lambda c: c.count_kind(Kind.PUNCTUATION), _characters),
    ),
}


def _signals(part: Source) -> list[Signal]:
    return [
        Signal(
            name=f"{part}.{name}",
            kind="score",
            source=part,
            description=f"Share of {what} of the {part}.",
        )
        for name, (what, _) in _SHARES.items()
    ]


@dataclass(frozen=True)
class CharacterSharesDetector:
    """Shares by Unicode category; absent where there is no character (or letter) to share among."""

    name: str = "character_shares"
    version: str = "1"
    signals: tuple[Signal, ...] = (*_signals("prompt"), *_signals("response"))

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        return {
            f"{part}.{name}": batch.text(part).number(share)
            for part in ("prompt", "response")
            for name, (_, share) in _SHARES.items()
        }


detector = CharacterSharesDetector()
