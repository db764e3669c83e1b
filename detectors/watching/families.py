"""Families of comparisons: drift monitors and segments that share their false alarms."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from detectors.drift.discoveries import Others
from detectors.watching.verdict import Evaluator
from schemas.monitors.resolved import DriftMonitor
from schemas.segments import Segment

_Monitored = tuple[str, str]
"""A monitor's name and a segment's key."""


class _Family(NamedTuple):
    """By its name, or that of its only monitor, and of one service, whose panes come together."""

    name: str
    monitor: str
    service: str


class Families:
    """How much is compared in each family, and what stands out of it.

    A family is all signals of all segments that its monitors watch of one service. It follows from
    what is watched and from the alerts that are open, so that a restart changes nothing.
    """

    def __init__(self, evaluators: Iterable[Evaluator]) -> None:
        monitors = (each.monitor for each in evaluators)
        self._monitors = {each.name: each for each in monitors if isinstance(each, DriftMonitor)}
        self._comparisons: dict[_Family, int] = {}
        self._alarms: dict[_Monitored, int] = {}
        self._standing: dict[_Family, int] = {}

    def enter(self, evaluators: Iterable[Evaluator], segment: Segment) -> None:
        """These monitors watch a segment from now on."""
        self._count(evaluators, segment, 1)

    def leave(self, evaluators: Iterable[Evaluator], segment: Segment) -> None:
        """They do no longer."""
        self._count(evaluators, segment, -1)

    def _count(self, evaluators: Iterable[Evaluator], segment: Segment, sign: int) -> None:
        for each in evaluators:
            monitor = each.monitor
            if isinstance(monitor, DriftMonitor):
                family = _family(monitor, segment)
                count = self._comparisons.get(family, 0) + sign * len(monitor.signals)
                self._comparisons[family] = count

    def note(self, name: str, key: str, segment: Segment, signals: Collection[str]) -> None:
        """Which signals of a monitor's segment, whose key is ``key``, stand out now."""
        monitor = self._monitors.get(name)
        if monitor is None:
            return
        family = _family(monitor, segment)
        before = self._alarms.pop((name, key), 0)
        self._standing[family] = self._standing.get(family, 0) + len(signals) - before
        if signals:
            self._alarms[name, key] = len(signals)

    def others(self, monitor: DriftMonitor, key: str, segment: Segment) -> Others:
        """What a monitor's family compares but for this segment, and how much stands out of it."""
        family = _family(monitor, segment)
        return Others(
            self._comparisons.get(family, 0) - len(monitor.signals),
            self._standing.get(family, 0) - self._alarms.get((monitor.name, key), 0),
        )


def _family(monitor: DriftMonitor, segment: Segment) -> _Family:
    own = "" if monitor.family else monitor.name
    return _Family(monitor.family, own, segment.get("service_name", ""))
