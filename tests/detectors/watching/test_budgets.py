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


@pytest.mark.parametrize(
    ("missing", "burn", "left"),
    [
        # 25 minutes, ten of them 40 % bad: a burn of 4 over ten minutes, of 1.6 over all.
        ("ignore", 4.0, "97.2 %"),
        ("good", 3.0, "97.9 %"),
        ("bad", 4.25, "95.7 %"),
    ],
)
def test_a_part_without_events_counts_by_the_policy(
    make: Any, missing: str, burn: float, left: str
) -> None:
    """In the burn rate as in what is left of the budget."""
    run = composite(make, missing)
    for number in range(25):
        at, bad = T0 + 60 * number, 40 if number >= 15 else 0
        run.apply(make.batch([both(make, at, bad, -1)], until=at + 60, pane_seconds=10))
    at = T0 + 25 * 60
    run.apply(make.batch(until=at, pane_seconds=10))
    view, evaluator = run.watcher._watched.in_order()[0], run.watcher._evaluators[0]
    measured = evaluator.measure(view, "0", resolved=False)
    assert measured.value == pytest.approx(burn)
    assert f"{left} of the error budget for 1 d is left" in measured.description


def test_a_silent_part_that_counts_as_bad_is_named(make: Any) -> None:
    run = composite(make, "bad")
    for number in range(10):
        at = T0 + 60 * number
        run.apply(make.batch([both(make, at, -1, 15)], until=at + 60, pane_seconds=10))
    assert run.states == ["firing"]
    assert "most by up: no events, objective 90 %" in run.alerts[0].summary
    # Silence is bad from the first event on: at once it is no more than a minute of ten.
    assert run.alerts[0].changed_at.timestamp() >= T0 + 120


def test_a_resolved_alert_tells_of_the_present_rate(make: Any) -> None:
    tier = make.tier(**TIER | {"short_seconds": 60})
    run = make.run(make.burn_rate(tier, target=0.9, minimum_events=1))
    minutes(make, run, 0, [0] * 30 + [90] * 7 + [0] * 4)
    assert run.states == ["firing", "resolved"]
    assert "at the present rate it is gone in" in run.alerts[0].description
    assert "at the present rate it lasts" in run.alerts[1].description


def daily(make: Any, run: Any, day: float, bad: int, every: int = 3600) -> None:
    """A day of hourly panes, at the end of each hour."""
    for number in range(86400 // every):
        at = int(day) + every * (number + 1)
        pane = make.pane(at - 10, good=100 - bad, bad=bad)
        run.apply(make.batch([pane], until=at, pane_seconds=10))


def test_a_month_that_begins_within_a_day_does_not_pay_for_the_one_before(make: Any) -> None:
    """In Vienna the month begins at 22:00 UTC; past windows begin with whole days."""
    window = CalendarWindow(
        count=1, unit="M", start="2022-01-01 00:00:00", time_zone="Europe/Vienna"
    )
    run = make.run(
        make.burn_rate(
            make.tier(**TIER | {"long_seconds": 7200, "short_seconds": 3600}),
            target=0.9,
            window_seconds=30 * 86400,
            calendar=window,
            minimum_events=1,
        )
    )
    begin = datetime(2024, 5, 31, 0, tzinfo=UTC).timestamp()
    daily(make, run, begin - 86400, 0)
    daily(make, run, begin, 80)
    for number in range(1, 7):
        daily(make, run, begin + 86400 * number, 0)
    daily(make, run, begin + 7 * 86400, 100)
    fired = [alert for alert in run.alerts if alert.state == "firing"][-1]
    assert "in the present period" in fired.description
    # Two hours of the day that was bad, instead of all 24.
    bad = float(fired.description.split(" of ")[0].split()[-1])
    assert 2 * 80 <= bad <= 2 * 80 + 300


def test_a_new_objective_of_an_old_segment_is_held_against_its_own_time(make: Any) -> None:
    """Else a quarter of an hour would count for the month that the segment has been there."""
    old = make.run(make.no_data(600))
    for number in range(48):
        at = T0 + 3600 * number
        run_pane = make.pane(at, good=100)
        old.apply(make.batch([run_pane], until=at + 3600, pane_seconds=10))
    slo = make.burn_rate(make.tier(**TIER), target=0.9, minimum_events=1)
    old.restart(make.no_data(600), slo)
    minutes(make, old, 48 * 60, [0] * 10 + [100] * 7)
    fired = next(alert for alert in old.alerts if alert.kind == "burn_rate")
    assert "99." in fired.description
    assert "of the error budget for 30 d is left" in fired.description


@pytest.mark.parametrize("target", [0.55, 0.57, 0.58, 0.9, 0.95, 0.99, 0.999])
def test_a_slice_that_just_reaches_its_target_is_good(target: float) -> None:
    from detectors.watching.slices import SliceSource

    source = SliceSource("s", "sli.fast", Slices(seconds=60, target=target))
    for times in range(1, 50):
        known, good = 1000 * times, round(1000 * target) * times
        assert source.judge(known, good).positive == 1
        assert source.judge(known, good - 1).positive == 0


def test_slices_longer_than_a_short_window_do_not_make_alerts_come_and_go(make: Any) -> None:
    hourly = make.burn_rate(
        make.tier(factor=5, long_seconds=6 * 3600, short_seconds=3600, severity="page"),
        target=0.9,
        minimum_events=1,
        slices=Slices(seconds=3600, target=0.95),
    )
    run = make.run(hourly)
    begin = T0 // 3600 * 3600
    for number in range(12 * 60):
        at = begin + 60 * number
        pane = make.pane(
            at,
            good=50 if 4 * 60 <= number < 8 * 60 else 100,
            bad=50 if 4 * 60 <= number < 8 * 60 else 0,
        )
        run.apply(make.batch([pane], until=at + 60, pane_seconds=10))
    assert run.states == ["firing", "resolved"]
