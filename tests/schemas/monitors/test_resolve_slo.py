"""OpenSLO's budgeting methods, windows, composites and policies become monitors."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schemas.monitors.calendar_window import CalendarWindow
from schemas.monitors.resolved import CompositeMonitor, NoDataMonitor, Slices
from tests.schemas.monitors.documents import MISSING, Plain, changed, query
from tests.schemas.monitors.loading import burn_rate, load, told

VIENNA = "Europe/Vienna"


def sliced(method: str, window: str = "5m", **annotations: str) -> Plain:
    slo = changed("slo", "spec/budgetingMethod", method)
    slo["spec"]["objectives"][0] |= {"timeSliceTarget": 0.95, "timeSliceWindow": window}
    slo["metadata"]["annotations"] = {f"tidewatch/{k}": v for k, v in annotations.items()}
    return slo


def composite(*objectives: Plain) -> Plain:
    slo = changed("slo", "spec/objectives", list(objectives))
    del slo["spec"]["indicator"]
    return slo


def test_time_slices() -> None:
    assert burn_rate(load(sliced("Timeslices"))).slices == Slices(seconds=300, target=0.95)
    ratio = burn_rate(load(sliced("RatioTimeslices", "1h", **{"missing-data": "bad"})))
    assert ratio.slices == Slices(seconds=3600, target=None, missing="bad")


def test_windows_of_alerts_hold_a_whole_slice() -> None:
    """Else the short one would be empty most of the time, and alerts come and go."""

    def tiers(window: str) -> list[tuple[int, int]]:
        slo = sliced("Timeslices", window)
        slo["spec"].pop("alertPolicies")
        return [(t.long_seconds, t.short_seconds) for t in burn_rate(load(slo)).tiers]

    assert tiers("1h") == [(3600, 3600), (21600, 3600), (86400, 7200), (259200, 21600)]
    assert tiers("5m")[0] == (3600, 300)


@pytest.mark.parametrize("window", ["0m", "7m", "90m", "5h", "2d"])
def test_slices_that_do_not_fit_whole_hours_are_refused(window: str) -> None:
    result = load(sliced("Timeslices", window))
    assert "does not divide an hour" in told(result)["error", "spec.objectives[0].timeSliceWindow"]


def test_a_calendar_window() -> None:
    calendar = {"startTime": "2022-01-01 9:00:00.5", "timeZone": VIENNA}
    slo = changed("slo", "spec/timeWindow/0", {"duration": "1M", "calendar": calendar})
    result = load(slo)
    assert result.problems == []
    assert burn_rate(result).calendar == CalendarWindow(
        count=1, unit="M", start="2022-01-01 09:00:00", time_zone=VIENNA
    )


@pytest.mark.parametrize(
    ("count", "unit", "at", "begin", "end"),
    [
        (1, "M", "2024-02-10 00:00", "2024-02-01 00:00", "2024-03-01 00:00"),
        (1, "Q", "2024-06-30 23:59", "2024-04-01 00:00", "2024-07-01 00:00"),
        (1, "Y", "2024-01-01 00:00", "2024-01-01 00:00", "2025-01-01 00:00"),
        (1, "d", "2024-03-31 12:00", "2024-03-31 00:00", "2024-04-01 00:00"),
        (2, "w", "2022-01-20 00:00", "2022-01-15 00:00", "2022-01-29 00:00"),
        (1, "M", "2021-12-31 23:00", "2021-12-01 00:00", "2022-01-01 00:00"),
        (12, "h", "2022-01-01 13:00", "2022-01-01 12:00", "2022-01-02 00:00"),
        (30, "m", "2022-01-01 00:29", "2022-01-01 00:00", "2022-01-01 00:30"),
    ],
)
def test_periods_of_the_calendar(count: int, unit: Any, at: str, begin: str, end: str) -> None:
    def instant(text: str) -> float:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(VIENNA)).timestamp()

    window = CalendarWindow(count=count, unit=unit, start="2022-01-01 00:00:00", time_zone=VIENNA)
    assert window.period(instant(at)) == (instant(begin), instant(end))


def test_a_composite_has_one_budget_for_all_its_objectives() -> None:
    other = {"ratioMetric": {"counter": True, "bad": query("error"), "total": query("*")}}
    inline = {"metadata": {"name": "failed"}, "spec": other}
    result = load(
        composite(
            {"target": 0.99, "indicatorRef": "other", "compositeWeight": 3},
            {"displayName": "Up", "target": 0.995, "indicator": inline},
        )
    )
    assert result.problems == []
    (monitor,) = (m for m in result.monitors.monitors if isinstance(m, CompositeMonitor))
    assert [(p.name, p.target, p.weight) for p in monitor.parts] == [
        ("other", 0.99, 3.0),
        ("Up", 0.995, 1.0),
    ]
    assert monitor.largest_burn_rate == pytest.approx((3 * 100 + 200) / 4)
    assert {one.name for one in result.monitors.indicators} == {"other", "failed"}


def test_a_composite_whose_burn_rate_cannot_be_reached_is_refused() -> None:
    slo = composite({"target": 0.8, "indicatorRef": "other"})
    del slo["spec"]["alertPolicies"]
    assert "a burn rate of 6 can never be exceeded" in told(load(slo))["error", "spec"]


@pytest.mark.parametrize(("target", "most"), [(0.9, 10), (0.8, 5), (0.95, 20), (0.999, 1000)])
def test_a_burn_rate_that_takes_all_events_to_be_bad_is_refused(target: float, most: float) -> None:
    slo = changed("slo", "spec/objectives/0/target", target)
    refused = load(slo, changed("condition", "spec/condition/threshold", most))
    message = told(refused)["error", "spec.alertPolicies[0]"]
    assert (
        f"a burn rate of {most:g} can never be exceeded: {most:g} × (1 − {target:g}) = 1,"
        in message
    )
    below = load(slo, changed("condition", "spec/condition/threshold", 0.99 * most))
    assert not below.problems


def test_an_objective_without_an_indicator_beside_others_is_told() -> None:
    result = load(composite({"target": 0.99, "indicatorRef": "other"}, {"target": 0.9}))
    assert "it has no indicator" in told(result)["warning", "spec.objectives[1]"]
    assert not any(isinstance(m, CompositeMonitor) for m in result.monitors.monitors)


def test_a_policy_that_alerts_without_data_makes_a_monitor_of_silence() -> None:
    result = load(changed("policy", "spec/alertWhenNoData", True))
    assert result.problems == []
    found = next(m for m in result.monitors.monitors if m.name == "shop-latency.no-data")
    assert isinstance(found, NoDataMonitor)
    assert (found.for_seconds, found.severity, found.receivers) == (6 * 3600, "page", ("console",))
    silent = changed("policy", "spec/alertWhenBreaching", MISSING)
    silent["spec"]["alertWhenNoData"] = True
    assert burn_rate(load(silent)).tiers == ()
