"""Personal data and secrets in prompts and responses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from detectors.batch import EventBatch
from detectors.privacy.finder import Finder, find
from detectors.privacy.findings import Findings
from detectors.privacy.kinds import Kind
from detectors.privacy.leaks import leaked
from detectors.privacy.reading import findings_of
from detectors.text.column import TextColumn
from schemas.signals import Signal, Source

COUNTED: Final = 0.5
"""How sure a finding must be to be counted and to name the text's kind."""

_LABELS: Final = pl.Series([*(kind.label for kind in Kind), "none", None], dtype=pl.String)


def _signals_of(name: Source) -> tuple[Signal, ...]:
    where = f"the {name}"
    return (
        Signal(
            name=f"{name}.pii",
            kind="score",
            better="lower",
            source=name,
            description=f"How surely {where} holds personal data or a secret.",
        ),
        Signal(
            name=f"{name}.pii.count",
            kind="amount",
            unit="{finding}",
            better="lower",
            source=name,
            description=f"Personal data and secrets found in {where}, as surely as not or surer.",
        ),
        Signal(
            name=f"{name}.pii.kind",
            kind="category",
            source=name,
            description=f"The most severe kind of personal data or secret in {where}, or none.",
        ),
    )


@dataclass(frozen=True)
class PrivacyDetector:
    """Formats, check digits and words nearby; see :mod:`detectors.privacy`.

    Whoever builds :class:`detectors.scoring.Scoring` may hand over another finder by
    :meth:`finding_by`.
    """

    name: str = "privacy"
    version: str = "11"
    finder: Finder = find
    signals: tuple[Signal, ...] = (
        *_signals_of("prompt"),
        *_signals_of("response"),
        Signal(
            name="response.pii_leak",
            kind="score",
            better="lower",
            source="response",
            description="How surely the response holds personal data or a secret that the prompt "
            "does not.",
        ),
    )

    def finding_by(self, finder: Finder) -> "PrivacyDetector":
        """The same detector with another finder."""
        return replace(self, finder=finder)

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        prompt, response = batch.text("prompt"), batch.text("response")
        asked = findings_of(prompt, self.finder)
        answered = findings_of(response, self.finder)
        new = leaked(answered, prompt.texts, asked)
        leak = response.where_known(answered.scores(new))
        return {
            **_values("prompt", prompt, asked),
            **_values("response", response, answered),
            # Without a prompt nobody knows what was new.
            "response.pii_leak": leak.zip_with(prompt.known, pl.Series([None], dtype=pl.Float64)),
        }


def _values(name: str, column: TextColumn, found: Findings) -> dict[str, pl.Series]:
    worst = np.where(column.present, found.worst(COUNTED), len(_LABELS) - 1)
    return {
        f"{name}.pii": column.where_known(found.scores()),
        f"{name}.pii.count": column.where_known(found.counts(COUNTED)),
        f"{name}.pii.kind": _LABELS[worst],
    }


detector = PrivacyDetector()
