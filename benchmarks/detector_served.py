"""The detectors as they serve: events in, one signal out, with the reading of the texts."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import numpy as np

from benchmarks.detector_task import Scores
from detectors.batch import EventBatch
from detectors.detector import Detector
from detectors.discovery import discover_detectors
from schemas.events import InferenceEvent

_NOW: Final = datetime(2025, 1, 1, tzinfo=UTC)


def prompts(texts: Sequence[str]) -> list[InferenceEvent]:
    """An event for every prompt."""
    return [_event(number, prompt=text) for number, text in enumerate(texts)]


def contexts(texts: Sequence[str]) -> list[InferenceEvent]:
    """An event for every context."""
    return [_event(number, contexts=[text]) for number, text in enumerate(texts)]


def answers(pairs: Sequence[tuple[str, str]]) -> list[InferenceEvent]:
    """An event for every pair of a source and the answer from it."""
    return [
        _event(number, contexts=[source], response=answer)
        for number, (source, answer) in enumerate(pairs)
    ]


def served(signal: str) -> Callable[[Sequence[InferenceEvent]], Scores]:
    """What the shipped detectors make of events; not a number where a signal is absent."""
    detector = detector_of(signal)

    def score(events: Sequence[InferenceEvent]) -> Scores:
        values = detector.score(EventBatch(list(events)))[signal]
        return values.cast(float).fill_null(np.nan).to_numpy()

    return score


def detector_of(signal: str) -> Detector:
    """The detector that declares a signal."""
    for detector in discover_detectors():
        if any(declared.name == signal for declared in detector.signals):
            return detector
    raise LookupError(f"no detector declares {signal}")


def _event(number: int, **fields: object) -> InferenceEvent:
    return InferenceEvent(event_id=str(number), time=_NOW, service_name="benchmark", **fields)  # type: ignore[arg-type]
