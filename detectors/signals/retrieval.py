"""Whether what was retrieved fits the question, and whether it repeats itself."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.batch import EventBatch
from detectors.grounding.duplicates import duplicate_share
from detectors.grounding.relevance import cosines
from detectors.text.column import numbers_or_null
from schemas.signals import Signal


@dataclass(frozen=True)
class RetrievalDetector:
    """The passages against the prompt and against each other."""

    name: str = "retrieval"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        Signal(
            name="context.relevance",
            kind="score",
            better="higher",
            source="context",
            description="Mean similarity of the passages to the prompt, by word vectors.",
        ),
        Signal(
            name="context.duplicates",
            kind="score",
            better="lower",
            source="context",
            description="Share of the passages that nearly repeat an earlier one.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        passages, prompt = batch.contexts, batch.text("prompt")
        events = np.repeat(np.arange(len(batch)), np.diff(passages.offsets))
        near = cosines(prompt, events, passages.column)
        known = np.isfinite(near)
        totals = np.bincount(events[known], near[known], len(batch))
        counts = np.bincount(events[known], minlength=len(batch))
        means = np.where(counts > 0, np.minimum(totals / np.maximum(counts, 1), 1.0), np.nan)
        return {
            "context.relevance": numbers_or_null(means),
            "context.duplicates": numbers_or_null(duplicate_share(passages)),
        }


detector = RetrievalDetector()
