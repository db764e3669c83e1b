"""Alerts explain themselves: parts of amounts, changes that may be the cause, recovery."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.changes import Change

T0 = 5_000_400


def part(make: Any, at: int, latencies: list[float], **dimensions: str) -> Any:
    return make.pane(at, {"service_name": "shop", **dimensions}, latencies=latencies)


def minutes(make: Any, run: Any, count: int, fast: float, slow: float, begin: int = 0) -> None:
    """Of ten events a minute, two come from the small model at another speed."""
    for number in range(begin, begin + count):
        at = T0 + 60 * number
        large, small = [fast] * 8, [slow] * 2
        panes = [
            make.pane(at, latencies=large + small),
            part(make, at, large, request_model="large"),
            part(make, at, small, request_model="small"),
        ]
        run.apply(make.batch(panes, until=at + 60, pane_seconds=10))


@pytest.mark.parametrize(
    ("statistic", "upper", "share", "value"),
    [("mean", 1.5, 20 / 24, 10.0), ("p90", 5.0, 1.0, 1.0), ("sum", 100, 20 / 24, 10.0)],
)
def test_the_part_that_makes_an_amount_too_high_is_named(
    make: Any, statistic: str, upper: float, share: float, value: float
) -> None:
    run = make.run(
        make.threshold(signal="latency", statistic=statistic, window_seconds=600, upper=upper)
    )
    minutes(make, run, 12, 0.5, 10.0)
    alert = run.alerts[0]
    (found,) = alert.contributions
    assert found.segment == {"service_name": "shop", "request_model": "small"}
    assert found.share == pytest.approx(share)
    assert found.value == pytest.approx(value)


def test_the_part_that_makes_an_amount_too_low_is_named(make: Any) -> None:
    run = make.run(
        make.threshold(signal="latency", statistic="mean", window_seconds=600, lower=4.0)
    )
    minutes(make, run, 2, 5.0, 0.1)
    minutes(make, run, 2, 3.0, 3.0, begin=2)
    (found,) = run.alerts[0].contributions
    assert found.segment["request_model"] == "small"


def test_the_part_whose_events_are_lacking_is_named(make: Any) -> None:
    run = make.run(make.threshold(signal="", statistic="count", window_seconds=600, lower=60))
    minutes(make, run, 30, 1.0, 1.0)
    for number in range(30, 45):
        at = T0 + 60 * number
        panes = [
            make.pane(at, latencies=[1.0] * 2),
            part(make, at, [1.0] * 2, request_model="small"),
        ]
        run.apply(make.batch(panes, until=at + 60, pane_seconds=10))
    alert = run.alerts[0]
    (found,) = alert.contributions
    assert found.segment["request_model"] == "large"
    assert found.share == pytest.approx(1, abs=0.25)
    assert alert.value < 60


def test_what_is_spread_evenly_names_nobody(make: Any) -> None:
    run = make.run(
        make.threshold(signal="latency", statistic="mean", window_seconds=600, upper=1.0)
    )
    minutes(make, run, 3, 2.0, 2.0)
    assert run.alerts[0].contributions == []


def change(name: str, at: int, **segment: str) -> Change:
    return Change(
        change_id=name, time=datetime.fromtimestamp(at, UTC), kind="model", segment=segment
    )


def test_a_change_of_the_part_that_contributes_most_comes_first(make: Any) -> None:
    run = make.run(
        make.threshold(signal="latency", statistic="mean", window_seconds=600, upper=1.5)
    )
    run.changes = [
        change("near", T0 - 10),
        change("cause", T0 - 600, request_model="small"),
        change("other-model", T0 - 5, request_model="large"),
        change("other-service", T0 - 5, service_name="search"),
        change("long-ago", T0 - 3 * 3600),
    ]
    minutes(make, run, 2, 0.5, 10.0)
    assert [c.change_id for c in run.alerts[0].changes] == ["cause", "other-model", "near"]


def test_how_long_it_takes_to_recover(make: Any) -> None:
    run = make.run(
        make.threshold(
            signal="latency", statistic="mean", window_seconds=600, upper=1.5, for_seconds=300
        )
    )
    minutes(make, run, 12, 2.0, 2.0)
    assert "it does not recover" in run.alerts[0].description
    run = make.run(make.threshold(signal="latency", statistic="mean", window_seconds=600, upper=4))
    minutes(make, run, 8, 2.0, 2.0)
    minutes(make, run, 1, 50.0, 50.0, begin=8)
    minutes(make, run, 2, 2.0, 2.0, begin=9)
    assert run.states == ["firing"]
