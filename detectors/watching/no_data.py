"""Silence of a segment that had events."""

from collections.abc import Sequence

from detectors.watching.needs import DETAIL_SECONDS, EVENTS, Need
from detectors.watching.verdict import GOOD, UNKNOWN, Level, Measurement, SegmentView, Verdict
from detectors.watching.wording import duration
from schemas.alerts import MonitorKind
from schemas.monitors.resolved import NoDataMonitor


class NoData:
    """Bad when the segment's newest pane ended ``for_seconds`` ago, good when later.

    Complete time decides, so an event that is merely late in coming raises nothing. A segment's
    first event starts it; new events resolve it.
    """

    kind: MonitorKind = "no_data"

    def __init__(self, monitor: NoDataMonitor) -> None:
        self.monitor: NoDataMonitor = monitor
        self._bad = Verdict("bad", (Level("0", monitor.severity, 0),))

    @property
    def needs(self) -> Sequence[Need]:
        """The events of a while before the silence, to tell how much is missing."""
        return (Need(EVENTS, self.monitor.for_seconds + DETAIL_SECONDS),)

    def evaluate(self, view: SegmentView) -> Verdict:
        """Look at the time since the newest pane."""
        if view.last_seen is None:
            return UNKNOWN
        return self._bad if view.at - view.last_seen >= self.monitor.for_seconds else GOOD

    def next_look(self, view: SegmentView) -> int:
        """When it has been silent for so long."""
        return view.at + 1 if view.last_seen is None else view.last_seen + self.monitor.for_seconds

    def measure(self, view: SegmentView, level: str, *, resolved: bool) -> Measurement:
        """How long the silence lasts, and how much came before it."""
        last = view.first_seen if view.last_seen is None else view.last_seen
        silent = view.at - last
        window = silent + DETAIL_SECONDS
        before = view.flag(EVENTS, min(window, self.monitor.for_seconds + DETAIL_SECONDS)).count
        if resolved:
            words = "events arrive again"
        else:
            words = f"no events for {duration(silent)} ({before} in the {duration(7200)} before)"
        return Measurement(
            summary=words,
            value=float(silent),
            expected=float(self.monitor.for_seconds),
            unit="s",
            evidence_from=last - 600,
        )
