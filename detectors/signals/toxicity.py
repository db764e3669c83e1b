"""Toxic language of prompts and responses, in general and by kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from detectors.batch import EventBatch
from detectors.text.column import TextColumn
from detectors.toxicity.kinds import HEADS
from detectors.toxicity.model import toxicity_model
from schemas.signals import Signal

_COLUMNS: Final[tuple[Literal["prompt", "response"], ...]] = ("prompt", "response")
_LANGUAGES: Final = ("en", "und")
_WHAT: Final = {
    "toxicity": "is toxic: rude, hateful, threatening or sexually explicit",
    "hate": "attacks people for what they are, as origin, religion, gender or disability",
    "harassment": "insults or demeans somebody",
    "threat": "threatens violence, calls for it, or revels in it",
    "sexual": "is sexually explicit",
    "self_harm": "expresses, plans or encourages suicide or self-harm",
    "profanity": "holds swear words, whoever they are meant for",
}


def _name(column: str, head: str) -> str:
    return f"{column}.toxicity" if head == "toxicity" else f"{column}.toxicity.{head}"


@dataclass(frozen=True)
class ToxicityDetector:
    """English toxic language by a trained model, see ``docs/models/toxicity.md``."""

    name: str = "toxicity"
    version: str = "5"
    signals: tuple[Signal, ...] = tuple(
        Signal(
            name=_name(column, head),
            kind="score",
            better="lower",
            source=column,
            description=f"Probability that the {column} {_WHAT[head]}; English only.",
        )
        for column in _COLUMNS
        for head in HEADS
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        values: dict[str, pl.Series] = {}
        for column in _COLUMNS:
            values |= _scored(column, batch.text(column))
        return values


def _scored(name: str, column: TextColumn) -> dict[str, pl.Series]:
    # Disguised English words make texts look like other languages: these are read whatever it is.
    probabilities = toxicity_model().probabilities(column, column.in_languages(_LANGUAGES))
    return {
        _name(name, head): column.where_known(probabilities[:, place])
        for place, head in enumerate(HEADS)
    }


detector = ToxicityDetector()
