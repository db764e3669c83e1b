"""What kinds of characters prompts and responses are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.batch import EventBatch
from detectors.text.characters import Kind
from detectors.text.column import TextColumn
from schemas.signals import Signal, Source

_SHARES: Final = {
    "non_ascii": "characters outside ASCII",
    "digits": "digits among the characters",
    "upper_case": "capitals among the letters",
    "punctuation": "punctuation and symbols among the characters",
}


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    shares = np.full(len(whole), np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def character_shares(text: TextColumn) -> dict[str, NDArray[np.float64]]:
    """Shares of the texts' characters; NaN where there is nothing to share among."""
    kinds = text.kinds
    characters = kinds.sum(axis=1)
    letters = kinds[:, Kind.LETTER] + kinds[:, Kind.UPPER]
    return {
        "non_ascii": _share(text.words.non_ascii, characters),
        "digits": _share(kinds[:, Kind.DIGIT], characters),
        "upper_case": _share(kinds[:, Kind.UPPER], letters),
        "punctuation": _share(kinds[:, Kind.PUNCTUATION], characters),
    }


def _signals(part: Source) -> list[Signal]:
    return [
        Signal(
            name=f"{part}.{name}",
            kind="score",
            source=part,
            description=f"Share of {what} of the {part}.",
        )
        for name, what in _SHARES.items()
    ]


@dataclass(frozen=True)
class CharacterSharesDetector:
    """Shares by Unicode category; absent where there is no character (or letter) to share among."""

    name: str = "character_shares"
    version: str = "1"
    signals: tuple[Signal, ...] = (*_signals("prompt"), *_signals("response"))

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        values = {}
        for part in ("prompt", "response"):
            text = batch.text(part)
            for name, shares in character_shares(text).items():
                values[f"{part}.{name}"] = text.where_known(shares)
        return values


detector = CharacterSharesDetector()
