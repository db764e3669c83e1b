"""What was retrieved for the model to answer from."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from detectors.batch import EventBatch
from schemas.signals import Signal


@dataclass(frozen=True)
class ContextsDetector:
    """How many passages the model was given; absent where retrieval is no part of the use case."""

    name: str = "contexts"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        Signal(
            name="contexts.count",
            kind="amount",
            unit="{passage}",
            source="context",
            description="Passages retrieved for the model; 0 only where the use case is RAG.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        counts = [
            len(contexts) if contexts or kind == "rag" else None
            for contexts, kind in zip(
                batch.field("contexts"), batch.field("use_case_kind"), strict=True
            )
        ]
        return {"contexts.count": pl.Series(counts, dtype=pl.Float64, strict=False)}


detector = ContextsDetector()
