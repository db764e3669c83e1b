"""A detector in a package of one's own: whether a response thanks or says please."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from detectors.batch import EventBatch
from schemas.signals import Signal


@dataclass(frozen=True)
class PolitenessDetector:
    """Polite words at the beginning of a response."""

    name: str = "politeness"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        Signal(
            name="response.polite",
            kind="flag",
            better="higher",
            source="response",
            description="The response says please or thank you.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Null where there is no response."""
        words = ["please", "thank you"]
        polite = batch.text("response").head.str.contains_any(words, ascii_case_insensitive=True)
        return {"response.polite": polite}


detector = PolitenessDetector()
