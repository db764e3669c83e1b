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
from schemas.monitors.resolved import AnyMonitor, MonitorSet
from schemas.panes import Pane
from schemas.windows import Window
from streams.backtest.alternatives import alternatives
from streams.backtest.outcomes import Incident, Outcome, judge

PANE_SECONDS: Final = 10

Progress = Callable[[int], None]


def nothing_told(_: int) -> None:
    """Nobody wants to know how far it is."""


class Replayed(NamedTuple):
    """The alerts, the begin and end of the windows in epoch seconds, and who judged nothing.

    ``undecided`` names the monitors that had no verdict on any segment, for too few events or too
    short a past.
    """

    alerts: list[Alert]
    begin: int
    end: int
    undecided: list[str]


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
    watcher = Watcher(monitors, WatchSettings(max_evaluations=1, units=dict(units or {})))
    alerts: list[Alert] = []
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
        progress(end)
    return Replayed(alerts, end if first is None else first, end, watcher.never_decided)


def _apply(watcher: Watcher, end: int, panes: list[Pane], changes: Sequence[Change]) -> list[Alert]:
    known = [change for change in changes if change.time.timestamp() <= end]
    return apply_panes(watcher, panes, float(end), pane_seconds=PANE_SECONDS, changes=known).alerts


def wanted_signals(monitors: MonitorSet) -> list[str]:
    """The signals of windows that monitors look at; no others need to be read."""
    needs = (need for monitor in monitors.monitors for need in evaluator(monitor).needs)
    return sorted({EVENTS, USERS, *(need.signal for need in needs)})


def backtest(
    windows: Iterable[Window],
    monitors: MonitorSet,
    incidents: Sequence[Incident],
    *,
    resolution: int,
    units: Mapping[str, str] | None = None,
    changes: Sequence[Change] = (),
    progress: Progress = nothing_told,
) -> tuple[list[Alert], list[Outcome]]:
    """The alerts of the monitors as they are, and what they and other settings were worth.

    All settings watch the same windows at once; arguments as for :func:`replay_windows`.
    """
    settings = list(_settings(monitors.monitors))
    # Settings have names of their own, as a watcher tells alerts apart by them.
    named = [
        structs.replace(other, name=_alias(monitor.name, place), review=None)
        for monitor, _, place, other in settings
    ]
    found, begin, end, undecided = replay_windows(
        windows,
        MonitorSet(monitors=tuple(named)),
        resolution=resolution,
        units=units,
        changes=changes,
        progress=progress,
    )
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
            alerts += mine
        outcomes.append(
            judge(
                mine,
                incidents,
                monitor=monitor.name,
                setting=setting,
                begin=begin,
                end=end,
                decided=_alias(monitor.name, place) not in undecided,
            )
        )
    return sorted(alerts, key=attrgetter("changed_at", "monitor")), outcomes


def _settings(
    monitors: Iterable[AnyMonitor],
) -> Iterator[tuple[AnyMonitor, str, int, AnyMonitor]]:
    for monitor in monitors:
        for place, (words, other) in enumerate(alternatives(monitor)):
            yield monitor, words, place, other


def _alias(name: str, place: int) -> str:
    return f"{name}@{place}"
