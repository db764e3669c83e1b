"""Published windows, lateness and progress."""

from typing import Any

import pytest

from detectors.summaries import FlagCounts, decode_summary
from schemas.panes import Pane

T0 = 86400 * 100


def shop(run: Any, resolution: Any, start: Any) -> Any:
    window = run.window(resolution, start)
    return None if window is None else window.events


def test_every_resolution_closes_once_complete_time_has_passed_its_end(make: Any) -> None:
    run = make.run(allowed_lateness_seconds=5)
    run.apply(*(make.batch([make.pane(T0 + at, good=1)], until=T0 + at) for at in range(0, 60, 5)))
    assert shop(run, 10, T0) == 2
    assert shop(run, 60, T0) is None
    run.apply(make.batch(until=T0 + 64))
    assert shop(run, 60, T0) is None
    run.apply(make.batch(until=T0 + 65))
    assert shop(run, 60, T0) == 12
    run.apply(make.batch(until=T0 + 3600))
    assert shop(run, 3600, T0) is None
    run.apply(make.batch(until=T0 + 3605))
    assert shop(run, 3600, T0) == 12
    run.apply(make.batch(until=T0 + 86405))
    assert shop(run, 86400, T0) is None  # open while the last hour may still change
    run.apply(make.batch(until=T0 + 87005))
    assert shop(run, 86400, T0) == 12
    assert len(run.windows) == 6 + 3
    run.apply(make.batch(until=T0 + 2 * 86400))
    assert run.published == 6 + 3


def test_a_window_carries_every_signal_of_its_panes(make: Any) -> None:
    run = make.run()
    run.apply(
        make.batch([make.pane(T0, good=3, bad=1), make.pane(T0 + 4, good=2, latencies=[2, 3])]),
        make.batch(until=T0 + 100),
    )
    signals = run.window(10, T0).signals
    assert decode_summary(signals[make.signal]) == FlagCounts(6, 5)
    assert decode_summary(signals["latency"]).sum == 5


def test_late_data_makes_a_newer_version_while_the_window_is_kept(make: Any) -> None:
    run = make.run(allowed_lateness_seconds=0)
    run.apply(make.batch([make.pane(T0, good=1)], until=T0 + 10))
    first = run.window(10, T0)
    step = run.apply(make.batch([make.pane(T0 + 2, bad=1)], until=T0 + 12))
    again = run.window(10, T0)
    assert again.events == 2
    assert again.version > first.version
    assert step.late_events == 0
    run.apply(make.batch(until=T0 + 60))
    assert shop(run, 60, T0) == 2


def test_data_later_than_its_slot_goes_to_the_coarser_one_that_swallowed_it(make: Any) -> None:
    run = make.run(allowed_lateness_seconds=0)
    run.apply(make.batch([make.pane(T0, good=1)], until=T0 + 61))
    run.apply(make.batch([make.pane(T0 + 2, good=1)], until=T0 + 62))
    assert shop(run, 10, T0) == 1
    assert shop(run, 60, T0) == 2
    run.apply(make.batch(until=T0 + 1200))
    run.apply(make.batch([make.pane(T0 + 2, good=1)], until=T0 + 1201))
    run.apply(make.batch(until=T0 + 3600))
    assert (shop(run, 10, T0), shop(run, 60, T0), shop(run, 3600, T0)) == (1, 2, 3)
    run.apply(make.batch([make.pane(T0 + 2, good=1)], until=T0 + 4000))
    assert shop(run, 3600, T0) == 4
    run.apply(make.batch(until=T0 + 90000))
    assert shop(run, 86400, T0) == 4
    run.apply(make.batch([make.pane(T0 + 2, good=1)], until=T0 + 90001))
    assert shop(run, 86400, T0) == 5


def test_data_later_than_everything_kept_is_counted_never_silently_dropped(make: Any) -> None:
    run = make.run(allowed_lateness_seconds=0)
    run.apply(make.batch([make.pane(T0, good=1)], until=T0 + 86400 + 6 * 3600))
    step = run.apply(make.batch([make.pane(T0 + 2, good=7)], until=T0 + 86400 + 6 * 3600 + 1))
    assert step.late_events == 7
    assert step.windows == []


def test_late_data_never_rewinds_evaluation(make: Any) -> None:
    run = make.run(make.threshold(signal="latency", statistic="max", window_seconds=10, upper=5))
    run.apply(make.batch([make.pane(T0, latencies=[1])], until=T0 + 30))
    run.apply(make.batch([make.pane(T0 + 3, latencies=[9])], until=T0 + 31))
    assert run.alerts == []
    run.apply(make.batch([make.pane(T0 + 25, latencies=[9])], until=T0 + 32))
    assert run.states == ["firing"]
    assert run.alerts[0].changed_at.timestamp() == T0 + 32


def test_the_slowest_source_holds_complete_time_until_it_is_idle(make: Any) -> None:
    run = make.run(source_idle_seconds=60)
    run.apply(make.batch(until={"inference/0": T0, "inference/1": T0}))
    for at in range(1, 61):
        run.apply(make.batch(until={"inference/0": T0 + at}))
    assert run.watcher.evaluated_until == T0
    run.apply(make.batch(until={"inference/0": T0 + 61}))
    assert run.watcher.evaluated_until == T0 + 61
    run.apply(make.batch(until={"inference/0": T0 + 62, "inference/1": T0 + 20}))
    run.apply(make.batch(until={"inference/0": T0 + 80}))
    assert run.watcher.evaluated_until == T0 + 61  # readmitted: it holds, nothing goes back
    run.apply(make.batch(until={"inference/1": T0 + 70}))
    assert run.watcher.evaluated_until == T0 + 70


@pytest.mark.parametrize("pane_seconds", [1, 2, 5, 10])
def test_panes_of_every_length_fill_the_same_windows(make: Any, pane_seconds: Any) -> None:
    run = make.run()
    for at in range(0, 120, 10):
        run.apply(
            make.batch([make.pane(T0 + at, good=1)], until=T0 + at + 10, pane_seconds=pane_seconds)
        )
    run.apply(make.batch(until=T0 + 200, pane_seconds=pane_seconds))
    assert [shop(run, 60, T0), shop(run, 60, T0 + 60)] == [6, 6]


def test_a_batch_that_cannot_be_used_is_refused_with_the_state_untouched(make: Any) -> None:
    run = make.run()
    run.apply(make.batch([make.pane(T0, good=1)], until=T0 + 1))
    broken = make.pane(T0 + 1, good=1)
    unreadable = Pane(
        start=T0, segment={}, events=1, signals={"x": type(broken.signals[make.signal])(b"\x01")}
    )
    for bad, message in (
        (make.batch([broken], pane_seconds=3), "does not divide 10"),
        (make.batch([broken], pane_seconds=2), "not a multiple of 2 s"),
        (make.batch([make.pane(T0 + 1, good=1), unreadable]), "signal x"),
    ):
        with pytest.raises(ValueError, match=message):
            run.watcher.apply(bad, 1, told_at=1)
    run.apply(make.batch(until=T0 + 100))
    assert shop(run, 60, T0) == 1


def test_a_long_quiet_gap_is_evaluated_on_a_coarser_grid(make: Any) -> None:
    run = make.run(make.no_data(3600), max_evaluations=60)
    run.apply(make.batch([make.pane(T0, good=1)], until=T0 + 1))
    run.apply(make.batch(until=T0 + 86400))
    # Due are 86399 moments: every hour is evaluated instead.
    assert run.alerts[0].changed_at.timestamp() == T0 + 7200
