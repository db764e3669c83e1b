"""The faults of the demonstration: one after the other, each with the monitors that must see it."""

from collections.abc import Sequence
from itertools import count, takewhile
from typing import NamedTuple

from schemas.alerts import Alert
from streams.replay.fault_spec import FaultKind, FaultSpec

FIRST_SECONDS = 15.0
EVERY_SECONDS = 45.0
SETTLE_SECONDS = 20.0
"""How long after its end a fault's alerts may take to resolve."""
LONGEST_WINDOW_SECONDS = 120.0
"""For so long a fault that has ended still counts in a window of the demonstration's monitors."""


class Scene(NamedTuple):
    """A fault that is staged again and again, and the monitors of which one must see it."""

    kind: FaultKind
    seconds: float
    strength: float
    monitors: tuple[str, ...]
    words: str


ERRORS = Scene("error_burst", 15.0, 0.7, ("availability",), "most calls fail")
SLOW = Scene("latency_shift", 20.0, 10.0, ("latency",), "answers take ten times as long")
SILENT = Scene("traffic_stop", 22.0, 1.0, ("silence",), "sends nothing more")
DEAR = Scene("cost_jump", 20.0, 8.0, ("cost",), "calls cost eight times as much")
CANARY = Scene("bad_canary", 20.0, 0.7, ("release", "availability"), "a bad release is rolled out")

MADE_UP = (
    (ERRORS, "support-assistant"),
    (SLOW, "code-helper"),
    (SILENT, "travel-planner"),
    (DEAR, "support-assistant"),
    (CANARY, "shop-search"),
)
"""The scenes of made-up traffic, each with the application that it hits."""

DATA_SETS = (
    (ERRORS, "open-assistant"),
    (SLOW, "model-arena"),
    (SILENT, "voice-router"),
    (DEAR, "open-assistant"),
)
"""The same of traffic from data sets. It has no canaries: nothing would show a bad one's end."""


class Staged(NamedTuple):
    """A scene at its time; ``start`` and ``end`` in seconds after the first event."""

    scene: Scene
    service: str
    start: float
    end: float

    @property
    def spec(self) -> FaultSpec:
        """What the traffic's sender is told."""
        return FaultSpec(
            kind=self.scene.kind,
            start_seconds=self.start,
            duration_seconds=self.scene.seconds,
            strength=self.scene.strength,
            scope={"service_name": self.service},
        )

    def explains(self, alert: Alert, began: float) -> bool:
        """Whether the alert may come of this fault. ``began``: the first event's time."""
        return self._precedes(alert, began, LONGEST_WINDOW_SECONDS)

    def sought(self, alert: Alert, began: float) -> bool:
        """Whether the alert is one that this fault must raise."""
        return alert.monitor in self.scene.monitors and self._precedes(alert, began, 0.0)

    def _precedes(self, alert: Alert, began: float, grace: float) -> bool:
        fired = (alert.fired_at or alert.changed_at).timestamp() - began
        within = self.start <= fired <= self.end + SETTLE_SECONDS + grace
        return within and alert.segment.get("service_name") == self.service


def stage(cast: Sequence[tuple[Scene, str]], seconds: float) -> list[Staged]:
    """The faults that begin in a run of ``seconds``; ``cast``: scenes and their applications.

    >>> [fault.scene.kind for fault in stage(MADE_UP, 70)]
    ['error_burst', 'latency_shift']
    """
    starts = takewhile(
        lambda start: start < seconds, (FIRST_SECONDS + EVERY_SECONDS * turn for turn in count())
    )
    staged = []
    for turn, start in enumerate(starts):
        scene, service = cast[turn % len(cast)]
        staged.append(Staged(scene, service, start, start + scene.seconds))
    return staged
