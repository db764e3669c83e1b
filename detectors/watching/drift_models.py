"""Whose embeddings a drift monitor holds against each other: those of two models do not compare."""

from collections.abc import Sequence

from detectors.drift.counts import known_count
from detectors.drift.models import MODEL_SIGNAL, models_of
from detectors.watching.verdict import Level, Measurement, SegmentView
from schemas.monitors.resolved import DriftMonitor


class EmbeddingModels:
    """The models of a monitor's reference against those of its longest window.

    Parameters
    ----------
    reference
        As :func:`detectors.drift.models.models_of` names them; empty where they are not known.
    """

    def __init__(self, monitor: DriftMonitor, reference: Sequence[str], view: SegmentView) -> None:
        self._monitor = monitor
        self._reference = reference
        now = view.summary(MODEL_SIGNAL, monitor.windows_seconds[-1]) if reference else None
        self._now = models_of([now])
        self._enough = known_count(now) >= monitor.minimum_events

    @property
    def compare(self) -> bool:
        """Whether embeddings can be held against the reference's."""
        return len(self._reference) <= 1 and set(self._now) <= set(self._reference)

    @property
    def levels(self) -> tuple[Level, ...]:
        """What stands out: events, as many as a verdict takes, with models it never had."""
        if not self._enough or set(self._now) <= set(self._reference):
            return ()
        return (Level(MODEL_SIGNAL, self._monitor.severity, 0),)

    @property
    def why(self) -> str:
        """Why they do not compare, in words; empty where they do."""
        if self.compare:
            return ""
        reference = " and ".join(self._reference)
        if len(self._reference) > 1:
            return f"the reference has embeddings of {reference}"
        return f"embeddings are of {' and '.join(self._now)}, in the reference of {reference}"

    def measure(self, *, resolved: bool) -> Measurement:
        """What the alert about them tells."""
        names = [s.name for s in self._monitor.signals if s.kind == "vector"]
        compared = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"
        if self.compare:
            words = f"{compared} compared with the reference again"
        else:
            words = f"{compared} not compared with the reference: {self.why}"
        return Measurement(
            summary=words,
            description=""
            if resolved
            else "Until the reference is of this model alone nobody sees the prompts or answers "
            "drift: let the change begin a new reference (restartsAfter) or build one.",
            window_seconds=self._monitor.windows_seconds[-1],
            signal=MODEL_SIGNAL,
        )
