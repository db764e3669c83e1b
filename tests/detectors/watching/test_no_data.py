"""Silence."""

from typing import Any

from msgspec import structs

T0 = 5_000_000


def test_silence_of_a_segment_that_had_events_fires_and_new_events_resolve(make: Any) -> None:
    run = make.run(make.no_data(300))
    run.apply(make.batch([make.pane(T0, good=3)], until=T0 + 5))
    run.apply(make.batch(until=T0 + 300))
    assert run.alerts == []
    run.apply(make.batch(until=T0 + 302))
    assert run.states == ["firing"]
    assert run.alerts[0].changed_at.timestamp() == T0 + 301
    assert run.alerts[0].summary == "shop: no events for 5 min (3 in the 2 h before)"
    run.apply(make.batch([make.pane(T0 + 310, good=1)], until=T0 + 312))
    assert run.states == ["firing", "resolved"]


def test_a_segment_never_seen_is_not_missed(make: Any) -> None:
    run = make.run(make.no_data(60))
    run.apply(make.batch(until=T0), make.batch(until=T0 + 1000))
    assert run.alerts == []


def test_what_is_not_seen_yet_is_not_silence(make: Any) -> None:
    """One source lags behind: complete time stands still, and nothing is known to be missing."""
    run = make.run(make.no_data(30), source_idle_seconds=100)
    both = {"inference/0": T0 + 1.0, "inference/1": T0 + 1.0}
    run.apply(make.batch([make.pane(T0, good=3)], until=both))
    run.apply(make.batch(until={"inference/0": T0 + 90}))
    assert run.alerts == []
    run.apply(make.batch([make.pane(T0 + 20, good=1)], until={"inference/1": T0 + 45}))
    assert run.alerts == []


def test_silence_is_measured_the_same_after_a_restart(make: Any) -> None:
    run = make.run(make.no_data(300))
    run.apply(make.batch([make.pane(T0, good=3)], until=T0 + 5))
    run.apply(make.batch([make.pane(T0 + 20, good=3)], until=T0 + 30))
    run.apply(make.batch(until=T0 + 250))
    run.restart()
    run.apply(make.batch(until=T0 + 330))
    assert run.alerts[0].changed_at.timestamp() == T0 + 321


def test_silence_over_hours_is_remembered(make: Any) -> None:
    run = make.run(make.no_data(5 * 3600))
    run.apply(make.batch([make.pane(T0 + 7, good=3)], until=T0 + 8))
    for hour in range(1, 6):
        run.apply(make.batch(until=T0 + hour * 3600))
        run.restart()
    assert run.alerts == []
    run.apply(make.batch(until=T0 + 5 * 3600 + 100))
    assert run.states == ["firing"]
    assert run.alerts[0].changed_at.timestamp() == T0 + 8 + 5 * 3600


def test_feedback_is_no_sign_of_life(make: Any) -> None:
    """People judge answers of before while the application is silent."""
    for restarts in (False, True):
        run = make.run(make.no_data(300))
        run.apply(make.batch([make.pane(T0, good=3)], until=T0 + 5))
        for at in range(30, 600, 30):
            feedback = structs.replace(make.pane(T0 + at, good=1), events=0)
            run.apply(make.batch([feedback], until=T0 + at + 5))
            if restarts:
                run.restart()
        assert run.states == ["firing"]
        assert run.alerts[0].changed_at.timestamp() == T0 + 301
        assert "no events for 5 min (3 in" in run.alerts[0].summary
        run.apply(make.batch([make.pane(T0 + 600, good=1)], until=T0 + 605))
        assert run.states == ["firing", "resolved"]
