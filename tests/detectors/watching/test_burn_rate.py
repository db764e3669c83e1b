"""Burn-rate alerts in simulated time."""

from typing import Any

import pytest

T0 = 5_000_000


def traffic(make: Any, run: Any, begin: int, end: int, bad_of: Any, *, step: int = 10) -> None:
    """A hundred events a step from ``begin`` to ``end`` (seconds after T0), some of them bad."""
    for at in range(begin, end, step):
        bad = bad_of((at - begin) // step)
        run.apply(
            make.batch(
                [make.pane(T0 + at, good=100 - bad, bad=bad)],
                until=T0 + at + step,
                pane_seconds=step,
            )
        )


def one_in_a_thousand(step: Any) -> Any:
    return 1 if step % 10 == 0 else 0


def minutes(alert: Any, since: Any) -> Any:
    return (alert.changed_at.timestamp() - T0 - since) / 60


def test_a_steady_error_rate_within_the_objective_never_alerts(make: Any) -> None:
    run = make.run(make.burn_rate(minimum_events=1000))
    traffic(make, run, 0, 8 * 3600, one_in_a_thousand)
    assert run.alerts == []


def test_a_burst_of_ten_percent_pages_when_the_long_window_says_so_and_resolves(make: Any) -> None:
    run = make.run(
        make.burn_rate(
            make.tier(factor=14.4, long_seconds=3600, short_seconds=300, severity="page")
        )
    )
    traffic(make, run, 0, 3 * 3600, one_in_a_thousand)
    assert run.alerts == []
    traffic(make, run, 3 * 3600, 4 * 3600, lambda step: 10)
    # 7.2 % of the hour is reached when (0.1 % * (60 - m) + 10 % * m) / 60 is: after 43 minutes.
    assert run.states == ["firing"]
    assert 43 <= minutes(run.alerts[0], 3 * 3600) <= 44.5
    traffic(make, run, 4 * 3600, 5 * 3600, one_in_a_thousand)
    # 10 % drop below 7.2 % in five minutes after 1.4 of them, give or take the edge.
    assert run.states == ["firing", "resolved"]
    assert 1 <= minutes(run.alerts[1], 4 * 3600) <= 2


def test_an_outage_pages_within_five_minutes(make: Any) -> None:
    run = make.run(make.burn_rate(minimum_events=1000))
    traffic(make, run, 0, 3 * 3600, one_in_a_thousand)
    traffic(make, run, 3 * 3600, 3 * 3600 + 600, lambda step: 100)
    pages = [alert for alert in run.alerts if alert.severity == "page"]
    assert len(pages) == 1
    assert 4 <= minutes(pages[0], 3 * 3600) <= 5


def test_short_window_resets_the_page(make: Any) -> None:
    run = make.run(
        make.burn_rate(
            make.tier(factor=14.4, long_seconds=3600, short_seconds=300, severity="page")
        )
    )
    traffic(make, run, 0, 3600, lambda step: 0)
    traffic(make, run, 3600, 3600 + 1800, lambda step: 100)
    traffic(make, run, 5400, 5400 + 400, lambda step: 0)
    assert run.states == ["firing", "resolved"]
    hour = run.watcher._past.flag('{"service_name":"shop"}', make.signal, 3600)
    assert 1 - hour.rate > 14.4 * 0.005  # the long window still burns


def test_the_worst_tier_that_fires_decides_severity_and_a_change_is_told(make: Any) -> None:
    run = make.run(
        make.burn_rate(
            make.tier(factor=2, long_seconds=600, short_seconds=60, severity="ticket"),
            make.tier(factor=40, long_seconds=300, short_seconds=60, severity="page"),
        )
    )
    traffic(make, run, 0, 600, lambda step: 0)
    traffic(make, run, 600, 1200, lambda step: 5)
    traffic(make, run, 1200, 1800, lambda step: 60)
    traffic(make, run, 1800, 2400, lambda step: 5)
    traffic(make, run, 2400, 3000, lambda step: 0)
    assert [(a.state, a.severity) for a in run.alerts] == [
        ("firing", "ticket"),
        ("firing", "page"),
        ("firing", "ticket"),
        ("resolved", "ticket"),
    ]
    assert len({a.started_at for a in run.alerts}) == 1


def test_too_few_events_give_no_verdict(make: Any) -> None:
    run = make.run(
        make.burn_rate(
            make.tier(factor=14.4, long_seconds=3600, short_seconds=300, severity="page"),
            minimum_events=50,
        )
    )
    for at in range(0, 3600, 60):
        run.apply(make.batch([make.pane(T0 + at, bad=1)], until=T0 + at + 1))
        assert run.alerts == [] or at >= 49 * 60
    assert run.states == ["firing"]


def test_a_new_segment_that_fails_from_its_first_event_pages_at_once(make: Any) -> None:
    run = make.run(make.burn_rate(minimum_events=200))
    traffic(make, run, 0, 600, lambda step: 100)
    assert [alert.severity for alert in run.alerts] == ["page"]
    assert minutes(run.alerts[0], 0) <= 0.5


def test_the_first_events_of_a_new_segment_decide_nothing(make: Any) -> None:
    run = make.run(make.burn_rate(minimum_events=1000))
    traffic(make, run, 0, 10, lambda step: 1)
    assert run.alerts == []


def test_while_both_windows_hold_the_same_events_chance_decides_nothing(make: Any) -> None:
    """2.1 % of a few hundred events are no evidence of more than 2 %; of many they are."""
    ticket = make.tier(factor=1, long_seconds=3 * 86400, short_seconds=6 * 3600, severity="ticket")
    run = make.run(make.burn_rate(ticket, target=0.98))
    run.apply(make.batch([make.pane(T0, good=322, bad=7)], until=T0 + 60))
    assert run.alerts == []
    run.apply(make.batch([make.pane(T0 + 60, good=322_000, bad=7_000)], until=T0 + 120))
    (alert,) = run.alerts
    assert "(2.13 % bad in 6 h, nothing before, objective 98 %)" in alert.summary


def test_a_young_objective_near_its_limit_does_not_come_and_go(make: Any) -> None:
    """What chance explains again is no recovery while the share is above the limit."""
    ticket = make.tier(factor=1, long_seconds=3 * 86400, short_seconds=6 * 3600, severity="ticket")
    run = make.run(make.burn_rate(ticket, target=0.98))
    for minute in range(60):
        # 4 % at first, then on and off around what chance explains of 2 %.
        bad = 8 if minute < 5 else 4 + minute % 2 * 2
        begin = T0 + 60 * minute
        run.apply(make.batch([make.pane(begin, good=200 - bad, bad=bad)], until=begin + 60))
    assert run.states == ["firing"]
    for minute in range(60, 240):
        begin = T0 + 60 * minute
        run.apply(make.batch([make.pane(begin, good=200)], until=begin + 60))
    assert run.states == ["firing", "resolved"]


def test_an_older_window_confirms_what_chance_might_be(make: Any) -> None:
    ticket = make.tier(factor=1, long_seconds=3 * 86400, short_seconds=6 * 3600, severity="ticket")
    run = make.run(make.burn_rate(ticket, target=0.98))
    for hour in (0, 8):
        assert run.alerts == []
        begin = T0 + hour * 3600
        run.apply(make.batch([make.pane(begin, good=322, bad=7)], until=begin + 60))
    assert run.states == ["firing"]


def test_shares_come_from_counts_never_from_a_mean_of_ratios(make: Any) -> None:
    """A minute with one event, bad, beside a busy good one is no half of bad events."""
    run = make.run(
        make.burn_rate(make.tier(factor=20, long_seconds=120, short_seconds=60, severity="page"))
    )
    run.apply(
        make.batch([make.pane(T0 - 120, good=1)], until=T0 - 60),
        make.batch([make.pane(T0, good=999), make.pane(T0 + 50, bad=1)], until=T0 + 60),
        make.batch(until=T0 + 61),
    )
    assert run.alerts == []


def test_the_message_says_it_in_words_and_numbers(make: Any) -> None:
    run = make.run(
        make.burn_rate(
            make.tier(factor=14.4, long_seconds=3600, short_seconds=300, severity="page"),
            display_name="availability",
        )
    )
    traffic(make, run, 0, 3600, lambda step: 0)
    traffic(make, run, 3600, 7200, lambda step: 10)
    (alert,) = run.alerts
    assert alert.summary == (
        "shop: availability burns its 30-day error budget 20 times too fast "
        "(10 % bad in 5 min, 7.28 % in 1 h, objective 99.5 %)"
    )
    assert alert.value == pytest.approx(0.072, abs=2e-3)
    assert alert.value_low < alert.value < alert.value_high
    assert alert.expected == pytest.approx(0.005)
    assert alert.unit == "{share}"
    assert alert.bad_events == round(alert.value * alert.events)
    assert "of the error budget for 30 d is left; at the present rate it is gone in 2 d" in (
        alert.description
    )
    traffic(make, run, 7200, 7800, lambda step: 0)
    assert "no longer burns its 30-day error budget too fast" in run.alerts[1].summary
