"""Which language prompts and responses are written in."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from detectors.batch import EventBatch
from schemas.signals import Signal


@dataclass(frozen=True)
class LanguageDetector:
    """Languages by the beginning of the text, see :mod:`detectors.text.language`."""

    name: str = "language"
    version: str = "4"
    signals: tuple[Signal, ...] = (
        Signal(
            name="prompt.language",
            kind="category",
            source="prompt",
            description="ISO 639 code of the prompt's language, und where it cannot be told.",
        ),
        Signal(
            name="response.language",
            kind="category",
            source="response",
            description="ISO 639 code of the response's language, und where it cannot be told.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        return {f"{part}.language": batch.text(part).languages for part in ("prompt", "response")}


detector = LanguageDetector()
