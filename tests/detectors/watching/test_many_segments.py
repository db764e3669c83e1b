"""Of many segments, work is shared out over ten seconds: the same comes out, and is restored."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from detectors.watching.moments import FEW
from detectors.watching.no_data import NoData
from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert
from schemas.monitors.resolved import MonitorSet
from schemas.panes import PaneBatch

T0 = 86400 * 100 - 100  # an hour and a day are about to end
SEGMENTS = [{"service_name": f"s{number:03d}"} for number in range(FEW + 40)]
WATCHED = SEGMENTS[::90]


def batches_of(make: SimpleNamespace, *, late: float) -> list[PaneBatch]:
    """Four minutes of batches every few seconds; a share of the panes comes late."""
    random = np.random.default_rng(4)
    found, now = [], T0
    while now < T0 + 240:
        step = 5 * int(random.integers(1, 6))
        now += step
        panes = []
        for number in random.integers(0, len(SEGMENTS), 60).tolist():
            age = 100 if random.random() < late else step
            bad = int(random.random() < (0.9 if 60 < now - T0 < 150 else 0.1))
            latencies = random.integers(1, 9, 2).tolist()
            start = now - 5 * int(random.integers(1, age // 5 + 1))
            segment = SEGMENTS[number] if random.random() < 0.6 else WATCHED[number % len(WATCHED)]
            panes.append(make.pane(start, segment, good=2 - bad, bad=bad, latencies=latencies))
        found.append(make.batch(panes, until=now, pane_seconds=5))
    # Silence at the end closes windows.
    return [*found, make.batch(until=now + 80, pane_seconds=5)]


def run_of(make: SimpleNamespace) -> Any:
    """A run in which every segment is known from the start."""
    run = make.run(
        make.burn_rate(make.tier(factor=60, long_seconds=90, short_seconds=25, severity="page")),
        make.threshold(signal="latency", statistic="p95", window_seconds=70, upper=6),
        make.threshold(
            name="hour", signal="latency", statistic="sum", window_seconds=1800, upper=90
        ),
        make.no_data(3600),
    )
    run.apply(
        make.batch(
            [make.pane(T0 - 5, segment, good=1) for segment in SEGMENTS], until=T0, pane_seconds=5
        )
    )
    return run


def test_each_segment_is_told_of_as_if_it_were_alone(make: SimpleNamespace) -> None:
    many, batches = run_of(make), batches_of(make, late=0)
    many.apply(*batches)
    assert {alert.state for alert in many.alerts} == {"firing", "resolved"}
    few = make.run(*many.monitors.monitors)
    few.apply(
        make.batch(
            [make.pane(T0 - 5, segment, good=1) for segment in WATCHED], until=T0, pane_seconds=5
        )
    )
    for each in batches:
        panes = [pane for pane in each.panes if pane.segment in WATCHED]
        few.apply(structs.replace(each, panes=panes))
    names = {str(segment) for segment in WATCHED}
    assert few.alerts == [alert for alert in many.alerts if str(alert.segment) in names]
    theirs = {k: w for k, w in many.windows.items() if str(w.segment) in names}
    assert make.contents(few.windows) == make.contents(theirs)
    assert {window.resolution_seconds for window in theirs.values()} == {10, 60, 3600}


def test_asking_when_it_is_time_is_asking_always(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []
    for _ in range(2):
        run = make.run(make.no_data(40), make.no_data(95, name="longer"))
        run.apply(
            make.batch(
                [make.pane(T0 - 5, segment, good=1) for segment in SEGMENTS],
                until=T0,
                pane_seconds=5,
            )
        )
        run.apply(*batches_of(make, late=0.05))
        runs.append(run)
        monkeypatch.setattr(NoData, "next_look", lambda _, view: view.at)
    assert len(runs[0].alerts) > len(SEGMENTS)
    assert runs[0].alerts == runs[1].alerts


def test_windows_come_over_ten_seconds(make: SimpleNamespace) -> None:
    run = run_of(make)
    told = [len(run.apply(make.batch(until=T0 + second)).windows) for second in range(1, 20)]
    # Closed 5 s after their end, at the earliest.
    assert told[:4] == [0] * 4
    assert sum(told) == len(SEGMENTS)
    assert max(told) < len(SEGMENTS) / 5


def test_what_is_restored_goes_on_in_the_same_way(make: SimpleNamespace) -> None:
    calm, restarted, batches = run_of(make), run_of(make), batches_of(make, late=0.05)
    calm.apply(*batches)
    for number, each in enumerate(batches):
        if number % 3 == 0:
            restarted.restart()
        restarted.apply(each)
    assert restarted.windows == calm.windows
    # After a restart all are looked at at once: an alert may move some seconds before its turn.
    theirs, mine = by_identity(calm.alerts), by_identity(restarted.alerts)
    assert theirs.keys() == mine.keys()
    for where, times in theirs.items():
        assert mine[where] == pytest.approx(times, abs=10)


def by_identity(alerts: list[Alert]) -> dict[tuple[str, str], list[float]]:
    """When each alert moved into each state."""
    found: dict[tuple[str, str], list[float]] = {}
    for alert in alerts:
        moved = alert.changed_at.timestamp()
        found.setdefault((alert.fingerprint, alert.state), []).append(moved)
    return found


def test_windows_come_in_the_order_of_time_where_nobody_waits(make: SimpleNamespace) -> None:
    watcher = Watcher(MonitorSet(), WatchSettings(offline=True))
    windows = []
    first = [make.pane(T0 - 5, segment, good=1) for segment in SEGMENTS]
    batches = [make.batch(first, until=T0, pane_seconds=5), *batches_of(make, late=0)]
    for offset, each in enumerate(batches):
        windows += watcher.apply(each, offset, told_at=0.0).windows
    windows += watcher.finish().windows
    assert watcher.segments > FEW
    for tier in (10, 60):
        starts = [window.start for window in windows if window.resolution_seconds == tier]
        assert len(set(starts)) > 3
        assert starts == sorted(starts)
