"""Windows of the past through the watcher, and what its alerts were worth."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from msgspec import Struct, structs

from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert
from schemas.monitors.resolved import AnyMonitor, DriftMonitor, MonitorSet, ThresholdMonitor
from schemas.panes import Pane, PaneBatch
from schemas.segments import Segment
from schemas.windows import Window

PANE_SECONDS: Final = 10
_MONTH: Final = 30 * 86400
_AFTERWARDS: Final = 3600
"""Seconds after an incident in which an alert still belongs to it."""


class Incident(Struct, frozen=True, kw_only=True):
    """Something that is known to have gone wrong; a line of ``tidewatch replay``'s truth file."""

    start: datetime
    fault: str = "incident"
    end: datetime | None = None
    scope: dict[str, str] = {}


class Outcome(Struct, frozen=True, kw_only=True):
    """What one monitor did with one setting.

    ``delays`` are seconds from the start of each incident that was noticed to the first alert;
    ``false_alarms`` alerts that belong to no incident, ``false_alarms_a_month`` as many in 30 days.
    """

    monitor: str
    setting: str
    alerts: int
    detected: int
    missed: int
    delays: tuple[float, ...]
    false_alarms: int
    false_alarms_a_month: float


def replay_windows(
    windows: Iterable[Window], monitors: MonitorSet, *, resolution: int
) -> tuple[list[Alert], int]:
    """The alerts, and how many seconds the windows span.

    The watcher takes each window of ``resolution`` for a pane at the window's end, so that nothing
    is known before it was. Deterministic.
    """
    watcher = Watcher(monitors, WatchSettings(max_evaluations=10**9))
    alerts: list[Alert] = []
    first = last = None
    chosen = (window for window in windows if window.resolution_seconds == resolution)
    for start, group in groupby(sorted(chosen, key=_start), key=_start):
        first = start if first is None else first
        last = start + resolution
        panes = [
            Pane(
                start=last - PANE_SECONDS,
                segment=window.segment,
                events=window.events,
                signals=window.signals,
            )
            for window in group
        ]
        batch = PaneBatch(
            worker="backtest",
            pane_seconds=PANE_SECONDS,
            complete_until={"windows/0": float(last)},
            panes=panes,
        )
        alerts += watcher.apply(batch, watcher.offset + 1, told_at=float(last)).alerts
    return alerts, 0 if first is None or last is None else last - first


def _start(window: Window) -> int:
    return window.start


def judge(
    alerts: Sequence[Alert],
    incidents: Sequence[Incident],
    *,
    monitor: str,
    setting: str,
    seconds: int,
) -> Outcome:
    """What the alerts of one monitor were worth.

    An alert that fires belongs to an incident when it does so between its start and an hour after
    its end, for a segment that can have events in common with its scope. Alerts that belong to an
    incident already noticed are neither detections nor false.
    """
    fired = [a for a in alerts if a.monitor == monitor and a.state == "firing"]
    fired = list({a.episode_id: a for a in reversed(fired)}.values())[::-1]
    delays, belonging = [], set[str]()
    for incident in incidents:
        mine = [alert for alert in fired if _belongs(alert, incident)]
        belonging |= {alert.episode_id for alert in mine}
        if mine:
            delays.append(min((a.changed_at - incident.start).total_seconds() for a in mine))
    false = len(fired) - len(belonging)
    return Outcome(
        monitor=monitor,
        setting=setting,
        alerts=len(fired),
        detected=len(delays),
        missed=len(incidents) - len(delays),
        delays=tuple(delays),
        false_alarms=false,
        false_alarms_a_month=false * _MONTH / seconds if seconds else 0.0,
    )


def _belongs(alert: Alert, incident: Incident) -> bool:
    since = (alert.changed_at - incident.start).total_seconds()
    if since < 0 or not _compatible(alert.segment, incident.scope):
        return False
    return incident.end is None or (
        (alert.changed_at - incident.end).total_seconds() <= _AFTERWARDS
    )


def _compatible(segment: Segment, scope: dict[str, str]) -> bool:
    return all(segment.get(name, value) == value for name, value in scope.items())


def alternatives(monitor: AnyMonitor) -> Iterator[tuple[str, AnyMonitor]]:
    """Other settings worth a look, in words, beside the monitor's own."""
    yield "as it is", monitor
    if isinstance(monitor, DriftMonitor):
        for factor, words in ((10, "a tenth of"), (0.1, "ten times")):
            seconds = monitor.false_alarm_seconds * factor
            yield f"{words} the false alarms", structs.replace(monitor, false_alarm_seconds=seconds)
        effect = 2 * monitor.minimum_effect
        yield f"minimum effect {effect:g}", structs.replace(monitor, minimum_effect=effect)
    if isinstance(monitor, ThresholdMonitor):
        for factor, words in ((1.2, "wider by a fifth"), (0.8, "closer by a fifth")):
            yield f"bounds {words}", _scaled(monitor, factor)


def _scaled(monitor: ThresholdMonitor, factor: float) -> ThresholdMonitor:
    def bound(value: float | None, by: float) -> float | None:
        return None if value is None else value * by

    return structs.replace(
        monitor,
        upper=bound(monitor.upper, factor),
        resolve_upper=bound(monitor.resolve_upper, factor),
        lower=bound(monitor.lower, 1 / factor),
        resolve_lower=bound(monitor.resolve_lower, 1 / factor),
    )


def backtest(
    windows: Sequence[Window],
    monitors: MonitorSet,
    incidents: Sequence[Incident],
    *,
    resolution: int,
) -> tuple[list[Alert], list[Outcome]]:
    """The alerts of the monitors as they are, and what they and other settings were worth."""
    alerts, seconds = replay_windows(windows, monitors, resolution=resolution)
    outcomes = []
    for monitor in monitors.monitors:
        for setting, other in alternatives(monitor):
            found = alerts
            if other is not monitor:
                found, _ = replay_windows(
                    windows, MonitorSet(monitors=(other,)), resolution=resolution
                )
            outcomes.append(
                judge(found, incidents, monitor=monitor.name, setting=setting, seconds=seconds)
            )
    return alerts, outcomes
