"""Whether a response says what its sources do not."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from detectors.batch import EventBatch
from detectors.grounding.abstentions import abstaining_sentences
from detectors.grounding.consistency import consistency
from detectors.grounding.courtesies import polite_sentences
from detectors.grounding.model import shipped
from detectors.grounding.reading import read_answers
from detectors.grounding.sources import all_readable, readable, sources_of
from detectors.grounding.spans import character_spans
from detectors.text.column import numbers_or_null
from schemas.signals import Signal


@dataclass(frozen=True)
class HallucinationDetector:
    """English responses against their retrieved passages, else against the reference answer.

    That is read with the question, and polite phrases do not count. An answer that only says that
    it does not know claims nothing: no score. Without source or reference, only the agreement with
    further answers to the same prompt can tell, where the event carries such.
    """

    name: str = "hallucination"
    version: str = "6"
    signals: tuple[Signal, ...] = (
        Signal(
            name="response.hallucination",
            kind="score",
            better="lower",
            source="response",
            description="Probability that the response says something its sources do not.",
        ),
        Signal(
            name="response.hallucination.span_start",
            kind="amount",
            unit="{character}",
            source="response",
            description="First character of the response's least supported sentence.",
        ),
        Signal(
            name="response.hallucination.span_end",
            kind="amount",
            unit="{character}",
            source="response",
            description="The character after the response's least supported sentence.",
        ),
        Signal(
            name="response.context_use",
            kind="score",
            source="context",
            description="Share of the passages' words, weighted by rarity, that the response uses.",
        ),
        Signal(
            name="response.context_position",
            kind="score",
            source="context",
            description="Place of the passage that the response uses most: 0 first, 1 last.",
        ),
        Signal(
            name="response.consistency",
            kind="score",
            better="higher",
            source="response",
            description="Support of the response by further answers to the same prompt.",
        ),
    )

    def score(self, batch: EventBatch) -> Mapping[str, pl.Series]:
        """Values of every signal, one per event."""
        model, lexicon = shipped()
        response, sources = batch.text("response"), sources_of(batch)
        passed_over = polite_sentences(response) + np.uint8(2) * abstaining_sentences(response)
        reading = read_answers(response, sources, lexicon.tables, passed_over)
        english = readable(response) & all_readable(sources)
        probabilities = np.where(english, model.probabilities(reading), np.nan)
        worst = np.where(english, model.least_supported(reading), -1)
        spans = character_spans(response, worst)
        passages = np.diff(batch.contexts.offsets) > 0
        return {
            "response.hallucination": numbers_or_null(probabilities),
            "response.hallucination.span_start": numbers_or_null(spans[:, 0]),
            "response.hallucination.span_end": numbers_or_null(spans[:, 1]),
            "response.context_use": numbers_or_null(np.where(passages, reading.use, np.nan)),
            "response.context_position": numbers_or_null(reading.position),
            "response.consistency": numbers_or_null(consistency(batch, lexicon.tables)),
        }


detector = HallucinationDetector()
