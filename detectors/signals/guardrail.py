"""What the application's guardrails did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from detectors.batch import EventBatch
from detectors.text.column import string_series
from schemas.events import GuardrailOutcome
from schemas.signals import Signal

_DONE: Final = ("blocked", "redacted")
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
        found = {row: each for row, each in enumerate(batch.field("guardrails")) if each}
        of_each, rows, length = found.values(), list(found), len(batch)
        blocked, redacted = ([_any(each, what) for each in of_each] for what in _DONE)
        return {
            "guardrail.blocked": _column(pl.Series(blocked, dtype=pl.Boolean), rows, length),
            "guardrail.redacted": _column(pl.Series(redacted, dtype=pl.Boolean), rows, length),
            "guardrail.outcome": _column(
                string_series("", list(map(_worst, of_each))), rows, length
            ),
        }


def _any(outcomes: list[GuardrailOutcome], outcome: str) -> bool:
    return any(each.outcome == outcome for each in outcomes)


def _worst(outcomes: list[GuardrailOutcome]) -> str:
    worst = max(outcomes, key=lambda g: _SEVERITY[g.outcome])  # the first of equals
    return f"{worst.name}:{worst.outcome}"


def _column(values: pl.Series, rows: list[int], length: int) -> pl.Series:
    """A column of these values in their rows; null elsewhere."""
    return pl.repeat(None, length, dtype=values.dtype, eager=True).scatter(rows, values)


detector = GuardrailDetector()
