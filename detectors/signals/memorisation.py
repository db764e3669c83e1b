"""Whether a response recites protected texts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from detectors.batch import EventBatch
from detectors.memorisation.index import ProtectedIndex
from schemas.signals import Signal


@dataclass(frozen=True)
class MemorisationDetector:
    """Verbatim overlap with the texts of an index; absent without one.

    Whoever builds :class:`detectors.scoring.Scoring` hands the index over by :meth:`protecting`.
    """

    name: str = "memorisation"
    version: str = "1"
    index: ProtectedIndex | None = None
    signals: tuple[Signal, ...] = (
        Signal(
            name="response.protected_overlap",
            kind="score",
            better="lower",
            source="response",
            description="Share of the response's eight-word sequences that protected texts hold.",
        ),
        Signal(
            name="response.protected_run",
            kind="amount",
            unit="{word}",
            better="lower",
            source="response",
            description="Longest run of words that the response shares with protected texts.",
        ),
    )

    def protecting(self, index: ProtectedIndex) -> "MemorisationDetector":
        """The same detector with an index."""
        return replace(self, index=index)

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        if self.index is None:
            absent = pl.Series([None] * len(batch), dtype=pl.Float64)
            return {signal.name: absent for signal in self.signals}
        response = batch.text("response")
        share, longest = self.index.overlap(response.words)
        return {
            "response.protected_overlap": response.where_known(share),
            "response.protected_run": response.where_known(longest),
        }


detector = MemorisationDetector()
