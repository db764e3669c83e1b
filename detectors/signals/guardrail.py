"""What the application's guardrails did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from detectors.batch import EventBatch
from detectors.text.column import string_series
from schemas.events import GuardrailOutcome
from schemas.signals import Signal

_SEVERITY: Final = {"passed": 0, "redacted": 1, "blocked": 2}


@dataclass(frozen=True)
class GuardrailDetector:
    """Flags and the worst outcome; all absent where the event names no guardrail."""

    name: str = "guardrail"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        Signal(
            name="guardrail.blocked",
            kind="flag",
            description="A guardrail blocked the prompt or the response.",
        ),
        Signal(
            name="guardrail.redacted",
            kind="flag",
            description="A guardrail redacted the prompt or the response.",
        ),
        Signal(
            name="guardrail.outcome",
            kind="category",
            description="The most severe guardrail outcome, as name:outcome.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        rows = batch.field("guardrails")
        return {
            "guardrail.blocked": _any(rows, "blocked"),
            "guardrail.redacted": _any(rows, "redacted"),
            "guardrail.outcome": string_series("", [_worst(row) for row in rows]),
        }


def _any(rows: list[list[GuardrailOutcome]], outcome: str) -> pl.Series:
    found = [any(g.outcome == outcome for g in row) if row else None for row in rows]
    return pl.Series(found, dtype=pl.Boolean)


def _worst(outcomes: list[GuardrailOutcome]) -> str | None:
    if not outcomes:
        return None
    worst = max(outcomes, key=lambda g: _SEVERITY[g.outcome])  # the first of equals
    return f"{worst.name}:{worst.outcome}"


detector = GuardrailDetector()
