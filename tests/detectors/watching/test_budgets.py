"""Budgets counted in slices, for the calendar's periods, and of several objectives."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.monitors.calendar_window import CalendarWindow
from schemas.monitors.conditions import Comparison
from schemas.monitors.resolved import CompositeMonitor, CompositePart, Indicator, Slices

T0 = 5_000_400
TIER = {"factor": 5, "long_seconds": 600, "short_seconds": 120, "severity": "page"}


def minutes(make: Any, run: Any, begin: int, bad_of: list[int | None], events: int = 100) -> None:
    """A pane a minute, ``bad_of`` of its events bad; ``None``: no events."""
    for number, bad in enumerate(bad_of, start=begin):
        at = T0 + 60 * number
        panes = [] if bad is None else [make.pane(at, good=events - bad, bad=bad)]
        run.apply(make.batch(panes, until=at + 60, pane_seconds=10))


def sliced(make: Any, **slices: Any) -> Any:
    return make.run(
        make.burn_rate(
            make.tier(**TIER), target=0.9, minimum_events=1, slices=Slices(seconds=60, **slices)
        )
    )


def test_a_slice_is_good_when_enough_of_its_events_are(make: Any) -> None:
    run = sliced(make, target=0.95)
    # 5 % bad is a good slice, 6 % a bad one: one bad slice in ten is what the target allows.
    minutes(make, run, 0, [5] * 10)
    assert run.alerts == []
    minutes(make, run, 10, [6] * 4)
    assert run.alerts == []
    minutes(make, run, 14, [6] * 2)
    assert run.states == ["firing"]
    (alert,) = run.alerts
    assert alert.value == pytest.approx(0.5)
    assert (alert.events, alert.bad_events) == (1000, 5 * 5 + 5 * 6)
    assert "50 % in 10 min" in alert.summary
    assert "bad 1 min slices" in alert.summary


def test_a_ratio_slice_counts_by_its_share_however_many_events_it_has(make: Any) -> None:
    run = sliced(make)
    minutes(make, run, 0, [0] * 10, events=10_000)
    minutes(make, run, 10, [9], events=10)
    minutes(make, run, 11, [9] * 5, events=10)
    # Six of ten slices with nine in ten bad: 54 %; of the events there are fewer than 1 %.
    assert run.states == ["firing"]
    assert run.alerts[0].value == pytest.approx(0.54, abs=1e-6)


@pytest.mark.parametrize(("missing", "fires"), [("ignore", False), ("good", False), ("bad", True)])
def test_slices_without_events_count_by_the_policy(make: Any, missing: str, fires: bool) -> None:
    run = sliced(make, target=0.95, missing=missing)
    minutes(make, run, 0, [0] * 10)
    minutes(make, run, 10, [None] * 8)
    assert run.states == (["firing"] if fires else [])


def test_slices_are_restored(make: Any) -> None:
    whole, broken = sliced(make, target=0.95), sliced(make, target=0.95)
    for run in (whole, broken):
        minutes(make, run, 0, [0] * 12)
    broken.restart()
    for run in (whole, broken):
        minutes(make, run, 12, [50] * 12)
        minutes(make, run, 24, [0] * 12)
    assert whole.alerts == broken.alerts
    assert whole.states == ["firing", "resolved"]


def test_a_calendars_budget_starts_anew_with_the_period(make: Any) -> None:
    day = datetime(2024, 5, 2, tzinfo=UTC).timestamp()
    window = CalendarWindow(count=1, unit="d", start="2022-01-01 00:00:00", time_zone="UTC")
    run = make.run(
        make.burn_rate(
            make.tier(**TIER), target=0.9, window_seconds=86400, calendar=window, minimum_events=1
        )
    )
    for number in range(-60, 30):
        at = int(day) + 60 * number
        # All bad until an hour before midnight ends, then again after a quiet quarter.
        bad = 100 if number < -15 or number > 15 else 0
        pane = make.pane(at, good=100 - bad, bad=bad)
        run.apply(make.batch([pane], until=at + 60, pane_seconds=10))
    firing = [alert for alert in run.alerts if alert.state == "firing"]
    assert len(firing) == 2
    # What was burned yesterday is no part of it: nearly 5 bad minutes of 144 that the day allows.
    assert "in the present period" in firing[1].description
    assert "96.7 % of the error budget for 1 d is left" in firing[1].description


FAST = Indicator(name="fast", good=Comparison("latency", "<", 1.0))


def both(make: Any, at: int, bad: int, slow: int) -> Any:
    """A pane with both signals, without one whose number is negative."""
    import msgspec

    from detectors.summaries import FlagCounts, encode_summary

    pane = make.pane(at, good=100 - bad, bad=bad) if bad >= 0 else make.pane(at)
    raw = msgspec.Raw(encode_summary(FlagCounts(100, 100 - slow)))
    signals = pane.signals | ({FAST.signal.name: raw} if slow >= 0 else {})
    return msgspec.structs.replace(pane, signals=signals)


def composite(make: Any, missing: str = "ignore") -> Any:
    own = make.burn_rate().indicator
    return make.run(
        CompositeMonitor(
            name="all",
            segmentation=("service_name",),
            parts=(
                CompositePart(name="up", indicator=own, target=0.9, weight=3),
                CompositePart(name="fast", indicator=FAST, target=0.8),
            ),
            window_seconds=86400,
            tiers=(make.tier(**TIER | {"factor": 2}),),
            missing=missing,
        )
    )


def test_a_composite_burns_at_the_weighted_mean(make: Any) -> None:
    run = composite(make)
    for number in range(20):
        at = T0 + 60 * number
        # 19 % of 10 % burn at 1.9, 40 % of 20 % at 2: together at less than 2.
        run.apply(make.batch([both(make, at, 19, 40)], until=at + 60, pane_seconds=10))
    assert run.alerts == []
    for number in range(20, 40):
        at = T0 + 60 * number
        run.apply(make.batch([both(make, at, 20, 50)], until=at + 60, pane_seconds=10))
    assert run.states == ["firing"]
    assert "most by up: 19.4 % bad, objective 90 %" in run.alerts[0].summary
    assert run.alerts[0].value > 2


def test_a_composite_of_few_first_events_decides_nothing_by_chance(make: Any) -> None:
    run = composite(make)
    run.apply(make.batch([both(make, T0, 25, 45)], until=T0 + 60, pane_seconds=10))
    assert run.alerts == []
    run.apply(make.batch([both(make, T0 + 60, 60, 90)], until=T0 + 120, pane_seconds=10))
    assert run.states == ["firing"]


@pytest.mark.parametrize(("missing", "burn"), [("ignore", 4.0), ("good", 3.0), ("bad", 4.25)])
def test_a_part_without_events_counts_by_the_policy(make: Any, missing: str, burn: float) -> None:
    run = composite(make, missing)
    for number in range(10):
        at = T0 + 60 * number
        run.apply(make.batch([both(make, at, 40, -1)], until=at + 60, pane_seconds=10))
    assert run.states == ["firing"]
    assert run.alerts[0].value == pytest.approx(burn)


def test_a_silent_part_that_counts_as_bad_is_named(make: Any) -> None:
    run = composite(make, "bad")
    for number in range(10):
        at = T0 + 60 * number
        run.apply(make.batch([both(make, at, -1, 15)], until=at + 60, pane_seconds=10))
    assert run.states == ["firing"]
    assert "most by up: no events, objective 90 %" in run.alerts[0].summary
