"""Complete time waits for every source that has a reader."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from detectors.watching.progress import LONGEST_SILENCE, Progress
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


OUTAGE = 600
A, B = "inference/0", "inference/1"


def told_every_second(progress: Progress, begin: int, seconds: int, *names: str) -> None:
    for at in range(begin, begin + seconds):
        progress.hear(dict.fromkeys(names, float(at - 1)), told_at=at)


def test_after_an_outage_the_worker_that_is_back_first_does_not_make_the_other_idle() -> None:
    """Two score workers, ten minutes away; one works off its backlog before the other is back."""
    watcher = Watcher(MonitorSet(), WatchSettings(source_idle_seconds=60))
    windows: list[Window] = []
    offset = -1

    def tell(complete: dict[str, float], panes: range, told_at: float) -> None:
        nonlocal offset
        offset += 1
        found = watcher.apply(batch(complete, list(panes)), offset, told_at=told_at)
        windows.extend(found.windows)

    for at in range(1, 11):
        both = {A: START + at * 1.0, B: START + at * 1.0}
        tell(both, range(at - 1, at), START + at)
    back = START + 10 + OUTAGE
    # 30 s of wall-clock time, in which one source goes through all its backlog and on.
    for second in range(30):
        worked_off = min(30 * second, OUTAGE) + 10
        panes = range(max(10, worked_off - 30), worked_off) if second else range(0)
        tell({A: START + float(worked_off)}, panes, back + second)
        assert watcher.evaluated_until == START + 10
    closed = {w.key for w in windows if w.start >= START + 10}
    assert not closed
    tell({B: START + 10.0 + OUTAGE}, range(10, 10 + OUTAGE), back + 30)
    tens = {w.start: w.events for w in windows if w.resolution_seconds == 10}
    assert tens[START + 20] == tens[START + 300] == 20
    assert all(window.version == offset + 1 for window in windows if window.start >= START + 10)


def test_a_source_that_never_comes_back_is_waited_for_as_long_as_others_are_heard() -> None:
    progress = Progress()
    told_every_second(progress, START, 10, A, B)
    held = progress.complete(60)
    told_every_second(progress, START + 10, 60, A)
    assert progress.complete(60) == held
    told_every_second(progress, START + 70, 1, A)
    assert progress.complete(60) == START + 69.0
    # Nobody is heard for an hour; then again only the one.
    told_every_second(progress, START + 3700, 1, A, B)
    told_every_second(progress, START + 7300, 50, A)
    assert progress.complete(60) == START + 3699.0
    told_every_second(progress, START + 7350, 10, A)
    assert progress.complete(60) == START + 7358.0


@given(
    heard=st.lists(
        st.tuples(st.sampled_from((A, B)), st.floats(0, 1e4), st.floats(1, 1e4)), max_size=30
    )
)
def test_listening_time_and_sources_never_go_back_and_survive_a_restart(
    heard: list[tuple[str, float, float]],
) -> None:
    progress, before = Progress(), Progress()
    for name, until, told_at in heard:
        progress.hear({name: until}, told_at)
        step = progress.listened - before.listened
        # A sum of silences is rounded.
        assert 0 <= step <= LONGEST_SILENCE + 1e-9
        assert all(progress.sources[n].until >= s.until for n, s in before.sources.items())
        # Whoever spoke last is heard.
        assert progress.sources[name].heard_at == progress.listened
        before = msgspec.msgpack.decode(msgspec.msgpack.encode(progress), type=Progress)
        assert before == progress
