"""Comparisons from ClickHouse's windows, and waiting for a verdict."""

import time
from functools import partial
from random import Random

import pytest
from clickhouse_connect.driver.client import Client
from msgspec import structs

from detectors.comparing.comparison import compare
from detectors.summaries import Distribution, FlagCounts
from schemas.monitors.compared import ComparedMetric, ComparisonRules
from schemas.monitors.resolved import ComparisonMonitor
from schemas.windows import Window
from streams.comparing.arms import Compared, compare_arms
from streams.comparing.waiting import overall, wait_for_verdict
from streams.store.errors import StoreError
from tests.streams.windows_stored import store, window

NOW = int(time.time()) // 3600 * 3600
RULES = ComparisonRules(
    metrics=(
        ComparedMetric(signal="availability", statistic="rate", margin=0.02, higher_is_worse=False),
        ComparedMetric(
            signal="latency",
            statistic="p95",
            margin=0.3,
            higher_is_worse=True,
            relative=True,
            unit="s",
        ),
    )
)
MONITOR = ComparisonMonitor(
    name="canary",
    segmentation=("release_role", "service_name", "service_version"),
    segment={"service_name": "shop"},
    baseline={"release_role": "stable"},
    candidate={"release_role": "canary"},
    apart=("service_version",),
    severity="page",
    rules=RULES,
)


def arm(role: str, version: str, service: str = "shop") -> dict[str, str]:
    return {"release_role": role, "service_name": service, "service_version": version}


def test_arms_are_summed_from_the_candidates_first_window_on(database: Client) -> None:
    rng = Random(1)
    windows, sums = [], {"stable": [], "canary": []}
    for minute in range(40):
        start = NOW - 3600 + 60 * minute
        for role, version in (("stable", "1"), ("stable", "2"), ("canary", "3")):
            if role == "canary" and minute < 10:
                continue
            summaries = {
                "availability": FlagCounts(100, 99),
                "latency": Distribution.empty().observe(
                    [rng.lognormvariate(0, 0.4) for _ in range(40)]
                ),
            }
            windows.append(window(start, arm(role, version), summaries, events=100))
            if minute >= 10:
                sums[role].append(summaries)
        windows.append(
            window(start, arm("stable", "9", "other"), {"availability": FlagCounts(9, 0)})
        )
    store(database, windows)

    (found,) = compare_arms(database, MONITOR, now=NOW)

    assert (found.segment, found.begin) == (arm("canary", "3"), NOW - 3600 + 600)
    merged = []
    for role in ("stable", "canary"):
        flags, numbers = FlagCounts.empty(), Distribution.empty()
        for each in sums[role]:
            flags = flags.merge(each["availability"])
            numbers = numbers.merge(each["latency"])
        merged.append({"availability": flags, "latency": numbers})
    expected = compare(RULES, *merged)
    assert found.comparison.verdict == expected.verdict == "promote"
    for mine, theirs in zip(found.comparison.metrics, expected.metrics, strict=True):
        assert (mine.baseline_events, mine.verdict) == (theirs.baseline_events, theirs.verdict)
        assert abs(mine.low - theirs.low) < 1e-9


def test_a_version_that_was_succeeded_has_no_say(database: Client) -> None:
    windows: list[list[Window]] = []
    for minute in range(60):
        start = NOW - 3600 + 60 * minute
        arms = [("stable", "1", 99), *([("canary", "2", 60)] if minute < 20 else [])]
        arms += [("canary", "3", 99)] if minute >= 18 else []
        windows.append(
            [
                window(start, arm(r, version), {"availability": FlagCounts(100, good)}, events=100)
                for r, version, good in arms
            ]
        )
    rules = ComparisonRules(metrics=RULES.metrics[:1])
    monitor = structs.replace(MONITOR, rules=rules)
    # While both have events, both are judged; then the later one alone.
    store(database, [each for minute in windows[:25] for each in minute])
    both = compare_arms(database, monitor, now=NOW)
    assert {each.segment["service_version"] for each in both} == {"2", "3"}
    store(database, [each for minute in windows[25:] for each in minute])
    (found,) = compare_arms(database, monitor, now=NOW)
    assert (found.segment, overall([found])) == (arm("canary", "3"), "promote")


def test_only_candidates_of_the_part_asked_for_have_a_say(database: Client) -> None:
    monitor = structs.replace(MONITOR, segment={})
    store(
        database,
        [
            window(NOW - 600, arm(role, version, service), {"availability": FlagCounts(100, good)})
            for service, good in (("shop", 99), ("search", 20))
            for role, version in (("stable", "1"), ("canary", "2"))
        ],
    )
    both = compare_arms(database, monitor, now=NOW)
    assert {each.segment["service_name"] for each in both} == {"shop", "search"}
    (found,) = compare_arms(database, monitor, now=NOW, within={"service_name": "shop"})
    assert found.segment == arm("canary", "2")
    assert compare_arms(database, monitor, now=NOW, within={"service_name": "none"}) == []


def test_nothing_stored_is_no_verdict(database: Client) -> None:
    found = compare_arms(database, MONITOR, now=NOW)
    assert (found, overall(found)) == ([], "wait")


def test_waiting_ends_with_a_verdict_or_when_the_time_is_up() -> None:
    def seen(good: int) -> list[Compared]:
        arms = ({"availability": FlagCounts(4000, 3990)}, {"availability": FlagCounts(4000, good)})
        rules = ComparisonRules(metrics=RULES.metrics[:1])
        found = compare(rules, *arms)
        return [Compared(monitor="m", segment={}, begin=0, end=60, comparison=found)]

    looks = [[], seen(3910), seen(3910), seen(3600)]
    slept: list[float] = []
    told: list[str] = []
    found = wait_for_verdict(
        lambda: looks[len(slept)],
        timeout_seconds=100,
        every_seconds=30,
        clock=lambda: sum(slept),
        sleep=slept.append,
        tell=told.append,
    )
    assert (overall(found), slept) == ("roll back", [30, 30, 30])
    slept.clear()
    found = wait_for_verdict(
        lambda: looks[1],
        timeout_seconds=70,
        every_seconds=30,
        clock=lambda: sum(slept),
        sleep=slept.append,
        tell=told.append,
    )
    assert (overall(found), slept) == ("wait", [30, 30, 10])
    assert not told


def test_a_store_that_comes_back_in_time_costs_only_a_look() -> None:
    slept: list[float] = []
    told: list[str] = []

    def look(failing: int) -> list[Compared]:
        if len(slept) < failing:
            raise StoreError("ClickHouse is away")
        return []

    waiting = partial(
        wait_for_verdict,
        timeout_seconds=70,
        every_seconds=30,
        clock=lambda: sum(slept),
        sleep=slept.append,
        tell=told.append,
    )
    assert waiting(lambda: look(2)) == []
    assert (slept, told) == ([30, 30, 10], ["ClickHouse is away"] * 2)
    slept.clear()
    with pytest.raises(StoreError):
        waiting(lambda: look(9))
    assert slept == [30, 30, 10]
