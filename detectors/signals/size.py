"""How long prompts and responses are."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from detectors.batch import EventBatch
from schemas.signals import Signal


@dataclass(frozen=True)
class SizeDetector:
    """Exact lengths, however long the text."""

    name: str = "size"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        Signal(
            name="prompt.characters",
            kind="amount",
            unit="{character}",
            source="prompt",
            description="Unicode code points of the prompt without its system turns.",
        ),
        Signal(
            name="prompt.words",
            kind="amount",
            unit="{word}",
            source="prompt",
            description="Words of the prompt; ideographs and emoji count one each.",
        ),
        Signal(
            name="response.characters",
            kind="amount",
            unit="{character}",
            source="response",
            description="Unicode code points of the response.",
        ),
        Signal(
            name="response.words",
            kind="amount",
            unit="{word}",
            source="response",
            description="Words of the response; ideographs and emoji count one each.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        values = {}
        for part in ("prompt", "response"):
            text = batch.text(part)
            values[f"{part}.characters"] = text.characters
            values[f"{part}.words"] = text.where_known(text.words.counts)
        return values


detector = SizeDetector()
