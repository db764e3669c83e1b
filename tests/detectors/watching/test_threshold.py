"""Threshold monitors: statistics, hysteresis, patience."""

from typing import Any

import pytest
from msgspec import Raw

from detectors.summaries import (
    USERS,
    Cardinality,
    CategoryCounts,
    Distribution,
    FlagCounts,
    VectorSum,
    encode_summary,
)
from detectors.watching.statistic import statistic_of
from detectors.watching.threshold import Threshold
from schemas.monitors.bad_events import sampled_conditions
from schemas.monitors.parse_condition import format_condition
from schemas.panes import Example, Pane

T0 = 5_000_000


def seconds(make: Any, run: Any, begin: Any, values: Any) -> None:
    """One event a second with these latencies."""
    for at, value in enumerate(values, begin):
        run.apply(make.batch([make.pane(T0 + at, latencies=[value])], until=T0 + at + 1))


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("mean", 2.5),
        ("sum", 10.0),
        ("count", 4.0),
        ("min", 1.0),
        ("max", 4.0),
        ("p50", 2.0),
        ("p90", 4.0),
        ("p95", 4.0),
        ("p99", 4.0),
        ("distinct", None),
    ],
)
def test_statistics_of_amounts(statistic: Any, expected: Any) -> None:
    value, known = statistic_of(Distribution.empty().observe([1, 2, 3, 4]), statistic)
    assert value == pytest.approx(expected)
    assert known == 4


@pytest.mark.parametrize(
    ("summary", "statistic", "expected"),
    [
        (FlagCounts(4, 1), "mean", (0.25, 4)),
        (FlagCounts(4, 1), "sum", (1.0, 4)),
        (FlagCounts(4, 1), "p95", (None, 0)),
        (CategoryCounts({"a": 2, "b": 3}, 0), "distinct", (2.0, 5)),
        (CategoryCounts({"a": 2, "b": 3}, 0), "count", (5.0, 5)),
        (CategoryCounts({"a": 2, "b": 3}, 5), "commonest_share", (0.3, 10)),
        (CategoryCounts({}, 0), "commonest_share", (None, 0)),
        (Distribution.empty(), "mean", (None, 0)),
        (VectorSum.empty(), "mean", (None, 0)),
        (None, "mean", (None, 0)),
        (None, "count", (0.0, 0)),
    ],
)
def test_statistics_of_other_summaries(summary: Any, statistic: Any, expected: Any) -> None:
    assert statistic_of(summary, statistic) == expected


def test_it_fires_above_the_bound_and_resolves_below_the_resolve_bound(make: Any) -> None:
    run = make.run(
        make.threshold(
            signal="latency", statistic="mean", window_seconds=10, upper=5, resolve_upper=3
        ),
        units={"latency": "s"},
    )
    seconds(make, run, 0, [1] * 30 + [9] * 30)
    assert run.states == ["firing"]
    assert run.alerts[0].unit == "s"
    assert "mean of latency is" in run.alerts[0].summary
    assert run.alerts[0].summary.endswith("over 10 s, above 5 s")
    seconds(make, run, 60, [4] * 60)
    assert run.states == ["firing"]  # between the bounds a firing alert stays
    seconds(make, run, 120, [1] * 60)
    assert run.states == ["firing", "resolved"]


def test_with_two_bounds_the_resolution_names_both(make: Any) -> None:
    """Resolved, it lies between them: which of them it had crossed cannot be told by the value."""
    run = make.run(
        make.threshold(signal="latency", statistic="mean", window_seconds=10, lower=2, upper=5),
        units={"latency": "s"},
    )
    seconds(make, run, 0, [3] * 30 + [1] * 30 + [3] * 30)
    assert run.states == ["firing", "resolved"]
    assert ", below 2 s" in run.alerts[0].summary
    assert ", back between 2 s and 5 s, after" in run.alerts[1].summary


@pytest.mark.parametrize(
    ("named", "said"), [("", "mean of latency"), ("slow", "mean of latency"), ("Slow", "Slow")]
)
def test_a_name_that_nobody_chose_to_show_does_not_hide_what_is_measured(
    make: Any, named: str, said: str
) -> None:
    monitor = make.threshold(
        name="slow",
        display_name=named,
        signal="latency",
        statistic="mean",
        window_seconds=10,
        upper=5,
    )
    run = make.run(monitor)
    seconds(make, run, 0, [9] * 10)
    assert f": {said} is 9 over 10 s, above 5" in run.alerts[0].summary


def test_for_seconds_makes_it_pending_first_and_a_short_excess_never_fires(make: Any) -> None:
    run = make.run(
        make.threshold(
            signal="latency", statistic="max", window_seconds=10, upper=5, for_seconds=40
        )
    )
    seconds(make, run, 0, [1] * 20 + [9] + [1] * 40)
    assert run.states == ["pending", "resolved"]
    assert run.alerts[1].fired_at is None
    seconds(make, run, 61, [9] * 60)
    assert run.states[2:] == ["pending", "firing"]
    assert run.alerts[3].fired_at.timestamp() - run.alerts[3].started_at.timestamp() == 40


def test_a_rate_carries_its_wilson_interval(make: Any) -> None:
    run = make.run(
        make.threshold(
            signal=make.signal, statistic="rate", window_seconds=60, lower=0.8, minimum_events=20
        )
    )
    run.apply(make.batch([make.pane(T0, good=9, bad=10)], until=T0 + 1))
    assert run.alerts == []
    run.apply(make.batch([make.pane(T0 + 1, bad=1)], until=T0 + 2))
    (alert,) = run.alerts
    assert (alert.value, alert.events, alert.bad_events) == (0.45, 20, 11)
    assert alert.unit == "{share}"
    assert "is 45 % over 1 min, below 80 %" in alert.summary
    assert (alert.value_low, alert.value_high) == FlagCounts(20, 9).interval()
    assert f"{make.signal.replace('.', '_')} = false" in alert.evidence_sql


def test_events_beyond_the_bound_are_its_examples(make: Any) -> None:
    monitor = make.threshold(
        signal="latency", statistic="p50", window_seconds=60, upper=2, minimum_events=3
    )
    assert [format_condition(each) for each in sampled_conditions([monitor])] == ["latency > 2"]
    run = make.run(monitor)
    slow = [Example(n, f"slow {n}", T0 + 0.5, "ask", "answer") for n in range(2)]
    other = [Example(0, "wordy", T0 + 0.5, "ask", "answer")]
    run.apply(
        make.batch(
            [
                make.pane(T0, latencies=[3, 4, 1], examples=slow, condition="latency > 2"),
                make.pane(T0, latencies=[5], examples=other, condition="response.words > 9"),
            ],
            until=T0 + 1,
        )
    )
    (alert,) = run.alerts
    assert [example.event_id for example in alert.examples] == ["slow 0", "slow 1"]
    assert alert.evidence_condition == "latency > 2"
    assert "latency > 2" in alert.evidence_sql
    run.apply(make.batch([make.pane(T0 + 1, latencies=[1] * 9)], until=T0 + 2))
    assert run.states == ["firing", "resolved"]
    assert run.alerts[1].examples == []


def test_what_ordinary_events_fulfil_gives_no_examples(make: Any) -> None:
    whole = (
        make.threshold(signal="latency", statistic="sum", window_seconds=60, upper=2),
        make.threshold(signal="", statistic="count", window_seconds=60, lower=2),
        make.threshold(signal="kind", statistic="commonest_share", window_seconds=60, upper=0.5),
    )
    assert sampled_conditions(whole) == ()


def test_a_count_too_low_is_no_alarm_until_a_whole_window_was_seen(make: Any) -> None:
    run = make.run(make.threshold(signal="", statistic="count", window_seconds=60, lower=10))
    for at in range(0, 60, 10):
        run.apply(make.batch([make.pane(T0 + at, good=1)], until=T0 + at + 1))
    assert run.alerts == []
    run.apply(make.batch(until=T0 + 61))
    assert run.states == ["firing"]
    assert run.alerts[0].value == 6
    run.apply(make.batch([make.pane(T0 + 61, good=100)], until=T0 + 62))
    assert run.states == ["firing", "resolved"]


def test_distinct_without_a_signal_counts_users(make: Any) -> None:
    monitor = make.threshold(signal="", statistic="distinct", window_seconds=60, upper=5)
    assert [need.signal for need in Threshold(monitor).needs] == [USERS]
    run = make.run(monitor)
    people = [f"user {n}" for n in range(8)]
    run.apply(make.batch([make.pane(T0, good=8, users=people[:4] * 2)], until=T0 + 1))
    assert run.alerts == []
    run.apply(make.batch([make.pane(T0 + 1, good=8, users=people)], until=T0 + 2))
    assert run.states == ["firing"]
    expected = Cardinality.empty().observe(people).estimate()
    assert run.alerts[0].value == pytest.approx(expected)
    assert run.alerts[0].users == 8


def test_one_answer_to_many_is_a_commonest_share(make: Any) -> None:
    run = make.run(
        make.threshold(
            signal="response.fingerprint",
            statistic="commonest_share",
            window_seconds=60,
            upper=0.5,
            minimum_events=20,
        )
    )

    def answered(at: int, **groups: int) -> Pane:
        summary = Raw(encode_summary(CategoryCounts(groups, 0)))
        signals = {"response.fingerprint": summary}
        return Pane(start=T0 + at, segment=make.shop, events=sum(groups.values()), signals=signals)

    run.apply(make.batch([answered(0, a=9, b=11, c=10)], until=T0 + 1))
    assert run.alerts == []
    run.apply(make.batch([answered(1, a=60, b=10)], until=T0 + 2))
    assert run.states == ["firing"]
    alert = run.alerts[0]
    assert alert.value == pytest.approx(0.69)
    assert "commonest value of response.fingerprint (a) is 69 %" in alert.summary
    assert "response_fingerprint = 'a'" in alert.evidence_sql
    assert alert.evidence_condition == "response.fingerprint = 'a'"


def test_a_statistic_that_needs_a_signal_says_so(make: Any) -> None:
    with pytest.raises(ValueError, match="monitor limit: mean needs a signal"):
        make.run(make.threshold(signal="", statistic="mean", window_seconds=60, upper=5))


def test_a_firing_alert_without_data_stays_and_resolves_after_a_silence(make: Any) -> None:
    run = make.run(
        make.threshold(signal="latency", statistic="mean", window_seconds=10, upper=5),
        silence_resolves_seconds=600,
    )
    seconds(make, run, 0, [9] * 10)
    run.apply(*(make.batch(until=T0 + 60 * minute) for minute in range(1, 10)))
    assert run.states == ["firing"]
    run.apply(*(make.batch(until=T0 + 60 * minute) for minute in range(10, 13)))
    assert run.states == ["firing", "resolved"]
    assert "without a sign of recovery" in run.alerts[1].summary


def test_a_signal_that_changes_its_kind_starts_anew(make: Any) -> None:
    run = make.run(make.threshold(signal="latency", statistic="mean", window_seconds=60, upper=5))
    pane = make.pane(T0, good=4)
    flag = pane.signals[make.signal]
    run.apply(
        make.batch([make.pane(T0, latencies=[1])], until=T0 + 1),
        make.batch(
            [type(pane)(start=T0 + 1, segment=make.shop, events=4, signals={"latency": flag})]
        ),
        make.batch([make.pane(T0 + 20, latencies=[9])], until=T0 + 100),
    )
    assert make.contents(run.windows)[f'60|{T0 // 60 * 60}|{{"service_name":"shop"}}'][0] == 6
