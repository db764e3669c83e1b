"""Complete time waits for every source that has a reader."""

from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.monitors.resolved import MonitorSet
from schemas.panes import Pane, PaneBatch
from schemas.windows import Window

START = 1_800_000_000


def batch(complete: dict[str, float], pane_starts: list[int]) -> PaneBatch:
    panes = [
        Pane(segment={"service_name": "shop"}, start=START + at, events=1, signals={}, examples={})
        for at in pane_starts
    ]
    return PaneBatch(worker="w", pane_seconds=1, complete_until=complete, panes=panes)


def test_a_backlog_of_two_partitions_read_one_after_the_other_is_in_every_window() -> None:
    """After an outage score reads much of one partition before it reads the next."""
    watcher = Watcher(MonitorSet(), WatchSettings())
    windows: list[Window] = []
    for offset, one in enumerate(
        [
            batch({"inference/0": START + 300.0, "inference/1": 0.0}, list(range(0, 300))),
            batch({"inference/0": START + 300.0, "inference/1": START + 300.0}, list(range(300))),
        ]
    ):
        windows += watcher.apply(one, offset, told_at=offset + 1.0).windows
    windows += watcher.finish().windows
    newest = {(w.resolution_seconds, w.start): w.events for w in windows}
    tens = [events for (seconds, _), events in newest.items() if seconds == 10]
    assert tens == [20] * 30
