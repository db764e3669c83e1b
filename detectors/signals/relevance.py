"""Whether a response keeps to the question, and how sure it says it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.batch import EventBatch
from detectors.grounding.hedging import hedged_share
from detectors.grounding.relevance import cosines
from detectors.grounding.sources import readable
from detectors.text.column import numbers_or_null
from schemas.signals import Signal


@dataclass(frozen=True)
class RelevanceDetector:
    """English responses against their prompt, and their words of doubt."""

    name: str = "relevance"
    version: str = "3"
    signals: tuple[Signal, ...] = (
        Signal(
            name="response.relevance",
            kind="score",
            better="higher",
            source="response",
            description="Similarity of the response to the prompt, by word vectors.",
        ),
        Signal(
            name="response.hedging",
            kind="score",
            source="response",
            description="Share of the response's sentences that say they are not sure.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        prompt, response = batch.text("prompt"), batch.text("response")
        near = cosines(prompt, np.arange(len(batch)), response)
        hedged = np.where(readable(response), hedged_share(response), np.nan)
        return {
            "response.relevance": numbers_or_null(near),
            "response.hedging": response.where_known(hedged),
        }


detector = RelevanceDetector()
