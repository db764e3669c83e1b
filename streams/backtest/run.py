"""Windows of the past through the watcher, and what its alerts were worth."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from msgspec import structs

from detectors.summaries import USERS
from detectors.watching.kinds import evaluator
from detectors.watching.needs import EVENTS
from detectors.watching.offline import apply_panes
from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert, fingerprint
from schemas.changes import Change
from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    CompositeMonitor,
    DriftMonitor,
    MonitorSet,
)
from schemas.panes import Pane
from schemas.windows import Window
from streams.backtest.alternatives import alternatives
from streams.backtest.outcomes import Incident, Outcome, judge

PANE_SECONDS: Final = 10

Progress = Callable[[int], None]


def nothing_told(_: int) -> None:
    """Nobody wants to know how far it is."""


class Replayed(NamedTuple):
    """The alerts, the begin and end of the windows, and since when monitors have judged.

    ``decided`` has the begin of the first window with a verdict on any segment, by monitor; those
    that are not in it had too few events or too short a past. Epoch seconds.
    """

    alerts: list[Alert]
    begin: int
    end: int
    decided: dict[str, int]


def replay_windows(
    windows: Iterable[Window],
    monitors: MonitorSet,
    *,
    resolution: int,
    units: Mapping[str, str] | None = None,
    changes: Sequence[Change] = (),
    progress: Progress = nothing_told,
) -> Replayed:
    """What monitors say of windows.

    The watcher takes each window of ``resolution`` for a pane at the window's end, so that nothing
    is known before it was, and judges once a window. Deterministic.

    Parameters
    ----------
    windows
        In order of their begins; those of other resolutions are left out.
    monitors
        What watches.
    resolution
        Length of the windows to take, in seconds.
    units
        Units of signals, for the words of alerts.
    changes
        What is known to have changed, and when.
    progress
        Told after every window's time, in epoch seconds.
    """
    # One judgement a window: the grid has the window's length where no more is due at once.
    settings = WatchSettings(max_evaluations=1, units=dict(units or {}), offline=True)
    watcher = Watcher(monitors, settings)
    alerts: list[Alert] = []
    decided: dict[str, int] = {}
    first, end = None, 0
    chosen = (window for window in windows if window.resolution_seconds == resolution)
    for start, group in groupby(chosen, key=attrgetter("start")):
        if first is None:
            first = start
        elif start < end:
            raise ValueError(f"windows are not in order of time: {start} comes after {end}")
        else:
            for empty in range(end + resolution, start + 1, resolution):
                alerts += _apply(watcher, empty, [], changes)
        end = start + resolution
        panes = [
            Pane(
                start=end - PANE_SECONDS,
                segment=window.segment,
                events=window.events,
                signals=window.signals,
            )
            for window in group
        ]
        alerts += _apply(watcher, end, panes, changes)
        if len(decided) < len(monitors.monitors):
            waiting = set(watcher.never_decided)
            now = [each.name for each in monitors.monitors if each.name not in waiting]
            decided |= {name: start for name in now if name not in decided}
        progress(end)
    return Replayed(alerts, end if first is None else first, end, decided)


def _apply(watcher: Watcher, end: int, panes: list[Pane], changes: Sequence[Change]) -> list[Alert]:
    known = [change for change in changes if change.time.timestamp() <= end]
    return apply_panes(watcher, panes, float(end), pane_seconds=PANE_SECONDS, changes=known).alerts


def wanted_signals(monitors: MonitorSet) -> list[str]:
    """The signals of windows that monitors look at; no others need to be read."""
    needs = (need for monitor in monitors.monitors for need in evaluator(monitor).needs)
    return sorted({EVENTS, USERS, *(need.signal for need in needs)})


def lead_seconds(monitors: MonitorSet) -> int:
    """How much earlier windows have to begin for monitors to judge from the first moment on.

    As far as references and the windows of alerts reach; what is left of a budget is told from
    less.
    """
    longest = 0
    for monitor in monitors.monitors:
        if isinstance(monitor, BurnRateMonitor | CompositeMonitor):
            windows = [tier.long_seconds for tier in monitor.tiers]
        else:
            windows = [need.window for need in evaluator(monitor).needs]
        longest = max([longest, *windows])
    return longest


def backtest(
    windows: Iterable[Window],
    monitors: MonitorSet,
    incidents: Sequence[Incident],
    *,
    resolution: int,
    units: Mapping[str, str] | None = None,
    changes: Sequence[Change] = (),
    progress: Progress = nothing_told,
    begin: int | None = None,
) -> tuple[list[Alert], list[Outcome]]:
    """The alerts of the monitors as they are, and what they and other settings were worth.

    All settings watch the same windows at once; arguments as for :func:`replay_windows`. Alerts
    that were over before ``begin`` (epoch seconds) do not count: windows before it are there for
    references to be ready (:func:`lead_seconds`).
    """
    settings = list(_settings(monitors.monitors))
    named = [_apart(other, place) for *_, place, other in settings]
    found, first, end, decided = replay_windows(
        windows,
        MonitorSet(monitors=tuple(named)),
        resolution=resolution,
        units=units,
        changes=changes,
        progress=progress,
    )
    since = first if begin is None else max(first, begin)
    by_alias: dict[str, list[Alert]] = {}
    for alert in found:
        by_alias.setdefault(alert.monitor, []).append(alert)
    alerts: list[Alert] = []
    outcomes = []
    for monitor, setting, place, _ in settings:
        mine = [
            structs.replace(
                alert,
                monitor=monitor.name,
                fingerprint=fingerprint(monitor.name, alert.segment),
            )
            for alert in by_alias.get(_alias(monitor.name, place), ())
        ]
        if place == 0:
            alerts += _not_over(mine, since)
        outcomes.append(
            judge(
                mine,
                incidents,
                monitor=monitor.name,
                setting=setting,
                begin=since,
                end=end,
                decided_from=decided.get(_alias(monitor.name, place)),
            )
        )
    return sorted(alerts, key=attrgetter("changed_at", "monitor")), outcomes


def _not_over(alerts: Sequence[Alert], begin: int) -> list[Alert]:
    """Alerts without those that were over before a moment."""
    over = {
        alert.episode_id
        for alert in alerts
        if alert.state == "resolved" and alert.changed_at.timestamp() < begin
    }
    return [alert for alert in alerts if alert.episode_id not in over]


def _settings(
    monitors: Iterable[AnyMonitor],
) -> Iterator[tuple[AnyMonitor, str, int, AnyMonitor]]:
    for monitor in monitors:
        for place, (words, other) in enumerate(alternatives(monitor)):
            yield monitor, words, place, other


def _apart(monitor: AnyMonitor, place: int) -> AnyMonitor:
    """A monitor with names of its own: a watcher tells alerts and families apart by them."""
    if isinstance(monitor, DriftMonitor) and monitor.family:
        monitor = structs.replace(monitor, family=_alias(monitor.family, place))
    return structs.replace(monitor, name=_alias(monitor.name, place), review=None)


def _alias(name: str, place: int) -> str:
    return f"{name}@{place}"
