"""Events that may be judged: those that the hash of their id lets in, and the first among them."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectors.batch import EventBatch
from detectors.detector import Detector
from detectors.discovery import score_batch
from detectors.sampling import SamplingDesign, choose, uniform
from schemas.events import InferenceEvent

Chosen = list[tuple[InferenceEvent, float]]
"""Events with their inclusion probabilities."""


class Candidates:
    """Collects the events of a cycle that are in, and of them no more than can be needed.

    Parameters
    ----------
    design
        How probable an event is to be in.
    detectors
        The detector of the light signal; none when there is no such signal.
    signal
        Its name.
    salt
        Of the hash: the judge's name.
    most
        The most that can be chosen in a cycle.
    """

    def __init__(
        self,
        design: SamplingDesign,
        *,
        detectors: Sequence[Detector],
        signal: str,
        salt: str,
        most: int,
    ) -> None:
        self._design = design
        self._detectors = detectors
        self._signal = signal
        self._salt = salt
        self._most = most
        self._known: dict[str, tuple[InferenceEvent, float, float]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, events: Sequence[InferenceEvent]) -> None:
        """Look at events; the same event twice is one."""
        if not events:
            return
        probabilities = self._design.probabilities(self._scores(events))
        numbers = uniform([event.event_id for event in events], self._salt)
        for row in np.flatnonzero(numbers < probabilities).tolist():
            event = events[row]
            self._known[event.event_id] = (
                event, float(probabilities[row]), float(numbers[row]),
            )  # fmt: skip
        if len(self._known) > 2 * (self._most + 1):
            self._forget()

    def take(self, most: int) -> Chosen:
        """At most ``most`` events with their probabilities; the next cycle begins."""
        events, probabilities, numbers = self._columns()
        sample = choose(probabilities, numbers, min(most, self._most))
        self._known = {}
        return [
            (events[row], probability)
            for row, probability in zip(
                sample.rows.tolist(), sample.probabilities.tolist(), strict=True
            )
        ]

    def _scores(self, events: Sequence[InferenceEvent]) -> np.ndarray:
        if not self._detectors:
            return np.full(len(events), np.nan)
        frame = score_batch(EventBatch(events), self._detectors, lambda failure: None)
        return frame[self._signal].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    def _columns(self) -> tuple[list[InferenceEvent], np.ndarray, np.ndarray]:
        known = list(self._known.values())
        numbers = np.array([row[1:] for row in known], np.float64).reshape(-1, 2)
        return [row[0] for row in known], numbers[:, 0], numbers[:, 1]

    def _forget(self) -> None:
        """Keep those of least priority, and one more: its priority is the next one's threshold."""
        events, probabilities, numbers = self._columns()
        for row in np.argsort(numbers / probabilities)[self._most + 1 :].tolist():
            del self._known[events[row].event_id]
