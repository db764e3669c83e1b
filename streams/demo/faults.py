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


class Scene(NamedTuple):
    """A fault that is staged again and again, and the monitors of which one must see it."""

    kind: FaultKind
    seconds: float
    strength: float
    monitors: tuple[str, ...]
    words: str


SCENES = (
    Scene("error_burst", 15.0, 0.7, ("availability",), "most calls fail"),
    Scene("latency_shift", 20.0, 10.0, ("latency",), "answers take ten times as long"),
    Scene("traffic_stop", 22.0, 1.0, ("silence",), "sends nothing more"),
    Scene("cost_jump", 20.0, 8.0, ("cost",), "calls cost eight times as much"),
    Scene("bad_canary", 20.0, 0.5, ("release", "availability"), "a bad release is rolled out"),
)

MADE_UP = ("support-assistant", "code-helper", "travel-planner", "support-assistant", "shop-search")
"""The application that each scene hits, in made-up traffic."""

DATA_SETS = ("open-assistant", "model-arena", "voice-router", "open-assistant", "knowledge-qa")
"""The same in traffic from data sets."""


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
        fired = (alert.fired_at or alert.changed_at).timestamp() - began
        within = self.start <= fired <= self.end + SETTLE_SECONDS
        return within and alert.segment.get("service_name") == self.service

    def sought(self, alert: Alert, began: float) -> bool:
        """Whether the alert is one that this fault must raise."""
        return alert.monitor in self.scene.monitors and self.explains(alert, began)


def stage(services: Sequence[str], seconds: float) -> list[Staged]:
    """The faults that begin in a run of ``seconds``; ``services`` gives each scene's application.

    >>> [fault.scene.kind for fault in stage(MADE_UP, 70)]
    ['error_burst', 'latency_shift']
    """
    starts = takewhile(
        lambda start: start < seconds, (FIRST_SECONDS + EVERY_SECONDS * turn for turn in count())
    )
    staged = []
    for turn, start in enumerate(starts):
        scene = SCENES[turn % len(SCENES)]
        service = services[turn % len(SCENES)]
        staged.append(Staged(scene, service, start, start + scene.seconds))
    return staged
