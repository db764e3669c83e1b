"""Whether a response refuses to answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from detectors.batch import EventBatch
from detectors.text.refusal_phrases import CONCESSION_PHRASES, REFUSAL_PHRASES
from schemas.signals import Signal

OPENING_CHARACTERS: Final = 300
"""Refusals come first; later such phrases are caveats, or somebody's quoted words."""
CONCESSION_CHARACTERS: Final = 500
SHORT_CHARACTERS: Final = 400
"""A short response that refuses and then offers something else has still refused."""


def _any_of(phrases: tuple[str, ...]) -> str:
    """A pattern of the phrases in any case, with straight or typographic apostrophes.

    Compiled once: `contains_any` builds its search anew for every batch.
    """
    spellings = sorted({*phrases, *(phrase.replace("'", "’") for phrase in phrases)})
    return f"(?i:{'|'.join(map(re.escape, spellings))})"


_REFUSAL: Final = _any_of(REFUSAL_PHRASES)
_CONCESSION: Final = _any_of(CONCESSION_PHRASES)


def refuses(texts: pl.Series) -> pl.Series:
    """Whether texts begin as refusals do, and are short or do not go on to answer."""
    opening = texts.str.slice(0, OPENING_CHARACTERS)
    declined = opening.str.contains(_REFUSAL)
    at = declined.fill_null(value=False).arg_true()
    whole = texts.gather(at)
    start = whole.str.slice(0, CONCESSION_CHARACTERS)
    answered = start.str.contains(_CONCESSION)
    return declined.scatter(at, ~(answered & (whole.str.len_chars() > SHORT_CHARACTERS)))


@dataclass(frozen=True)
class RefusalDetector:
    """English refusals, by the phrases in :mod:`detectors.text.refusal_phrases`."""

    name: str = "refusal"
    version: str = "1"
    signals: tuple[Signal, ...] = (
        Signal(
            name="response.refusal",
            kind="flag",
            better="lower",
            source="response",
            description="The response declines to answer, by English phrases.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        return {"response.refusal": refuses(batch.text("response").values)}


detector = RefusalDetector()
