"""Whether a response repeats its system prompt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from detectors.batch import EventBatch
from detectors.injection.leak import repeated
from schemas.signals import Signal

ENOUGH: Final = 20.0
"""Weight of repeated words (about so many rare ones) that alone makes the score a half."""
SHARE: Final = 0.5
"""Of the system prompt: what makes the score a half where the prompt is short."""
LEAST: Final = 4.0
"""Of the longest stretch: less is chance, or a name and its slogan."""


@dataclass(frozen=True)
class PromptLeakDetector:
    """Verbatim repetition of the system prompt, see :mod:`detectors.injection.leak`."""

    name: str = "prompt_leak"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        Signal(
            name="response.prompt_leak",
            kind="score",
            better="lower",
            source="response",
            description="How much of its system prompt the response repeats word for word, where "
            "the user did not say it: 0.5 is half of it, or about twenty rare words.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event; null without a system prompt or a response."""
        system, response = batch.text("system_prompt"), batch.text("response")
        found = repeated(system, batch.text("prompt"), response)
        longest, total, whole = found.T
        amount = np.maximum(
            total / ENOUGH,
            np.divide(total, SHARE * whole, out=np.zeros_like(total), where=whole > 0),
        )
        amount[longest < LEAST] = 0
        # Saturates: at twice what makes a half, three quarters.
        score = 1 - 0.5 ** np.minimum(amount, 50)
        known = np.where(system.present, np.minimum(score, 1.0), np.nan)
        return {"response.prompt_leak": response.where_known(known)}


detector = PromptLeakDetector()
