"""Canaries beside their baseline in simulated time."""

from math import exp
from random import Random
from typing import Any

import pytest
from msgspec import structs

from schemas.monitors.compared import ComparedMetric, ComparisonRules
from schemas.monitors.resolved import ComparisonMonitor
from schemas.quantity_words import POINT

T0 = 5_000_400
UP = ComparedMetric(signal="sli.availability", statistic="rate", margin=0.02, higher_is_worse=False)
FAST = ComparedMetric(
    signal="latency", statistic="p95", margin=0.1, higher_is_worse=True, relative=True, unit="s"
)


def monitor(*metrics: ComparedMetric, **options: Any) -> ComparisonMonitor:
    given = {"apart": ("service_version",), "candidate": {"release_role": "canary"}} | options
    return ComparisonMonitor(
        name="canary",
        segmentation=("release_role", "service_name", "service_version"),
        baseline={"release_role": "stable"},
        severity="page",
        rules=ComparisonRules(metrics=metrics or (UP,)),
        **given,
    )


def segment(role: str, version: str, service: str = "shop") -> dict[str, str]:
    return {"release_role": role, "service_name": service, "service_version": version}


def minute(make: Any, run: Any, number: int, *arms: tuple[dict[str, str], int, int]) -> None:
    """A pane of events for each arm: so many, so many of them bad."""
    at = T0 + 60 * number
    panes = [make.pane(at, arm, good=events - bad, bad=bad) for arm, events, bad in arms]
    run.apply(make.batch(panes, until=at + 60, pane_seconds=10))


@pytest.mark.parametrize(
    ("bad", "severity", "words"),
    [(1, "info", "promote"), (8, "page", "roll back"), (4, None, "")],
)
def test_verdicts(make: Any, bad: int, severity: str | None, words: str) -> None:
    run = make.run(monitor())
    for number in range(60):
        minute(
            make,
            run,
            number,
            # Baselines of several versions count together.
            (segment("stable", "1"), 50, 0),
            (segment("stable", "2"), 50, 2),
            (segment("canary", "3"), 100, bad),
        )
    if severity is None:
        # Worse by 2 %, the margin itself: nobody can tell.
        assert run.alerts == []
        return
    (alert,) = run.alerts
    assert (alert.state, alert.severity, alert.kind) == ("firing", severity, "comparison")
    assert alert.segment == segment("canary", "3")
    assert f"canary: {words} after" in alert.summary
    assert (alert.expected, alert.unit) == (-2, POINT)
    assert alert.value == pytest.approx(2 - bad, abs=0.1)
    assert alert.value_low < alert.value < alert.value_high


def test_a_promoted_candidate_that_turns_bad_is_rolled_back(make: Any) -> None:
    run = make.run(monitor())
    for number in range(120):
        bad = 0 if number < 20 else 20
        arms = (segment("stable", "1"), 100, 1), (segment("canary", "2"), 100, bad)
        minute(make, run, number, *arms)
        if number == 60:
            run.restart()
    assert [(a.state, a.severity) for a in run.alerts] == [("firing", "info"), ("firing", "page")]


def test_the_next_version_of_the_canary_starts_anew(make: Any) -> None:
    run = make.run(monitor())
    for number in range(60):
        bad, version = (30, "2") if number < 20 else (0, "3")
        arms = (segment("stable", "1"), 100, 1), (segment("canary", version), 100, bad)
        minute(make, run, number, *arms)
    told = {(a.segment["service_version"], a.severity) for a in run.alerts if a.state == "firing"}
    assert told == {("2", "page"), ("3", "info")}
    (promoted,) = [a for a in run.alerts if a.segment["service_version"] == "3"]
    assert promoted.events < 41 * 100


def test_only_what_matches_is_the_baseline(make: Any) -> None:
    run = make.run(monitor())
    for number in range(30):
        arms = (segment("stable", "1", "other"), 100, 0), (segment("canary", "2"), 100, 30)
        minute(make, run, number, *arms)
    assert run.alerts == []


def test_the_baseline_counts_from_the_candidates_first_event_on(make: Any) -> None:
    run = make.run(monitor())
    for number in range(60):
        minute(make, run, number, (segment("stable", "1"), 1000, 0))
    for number in range(60, 90):
        # Since the canary came, everything is worse: it is not its fault.
        arms = (segment("stable", "1"), 100, 10), (segment("canary", "2"), 100, 10)
        minute(make, run, number, *arms)
    assert [alert for alert in run.alerts if alert.severity == "page"] == []


def test_a_comparison_ends(make: Any) -> None:
    run = make.run(monitor(longest_seconds=3600))
    for number in range(70):
        arms = (segment("stable", "1"), 100, 1), (segment("canary", "2"), 100, 1)
        minute(make, run, number, *arms)
    assert run.states == ["firing", "resolved"]
    assert "the comparison has ended" in run.alerts[1].summary


def test_models_behind_a_router_have_a_verdict_each(make: Any) -> None:
    models = ComparisonMonitor(
        name="models",
        segmentation=("request_model",),
        baseline={"request_model": "large"},
        severity="ticket",
        rules=ComparisonRules(metrics=(UP,)),
    )
    run = make.run(models)
    for number in range(60):
        arms = (("large", 1), ("small", 12), ("medium", 1))
        minute(make, run, number, *(({"request_model": m}, 100, bad) for m, bad in arms))
    found = {a.segment["request_model"]: a.severity for a in run.alerts}
    assert found == {"small": "ticket", "medium": "info"}


def test_latencies_are_compared_by_their_quantiles(make: Any) -> None:
    run = make.run(monitor(UP, FAST))
    rng = Random(3)
    for number in range(60):
        at = T0 + 60 * number
        panes = [
            make.pane(
                at,
                segment(role, version),
                good=100,
                latencies=[rng.lognormvariate(0, 0.5) * factor for _ in range(100)],
            )
            for role, version, factor in (("stable", "1", 1.0), ("canary", "2", 1.5))
        ]
        run.apply(make.batch(panes, until=at + 60, pane_seconds=10))
    (alert,) = run.alerts
    assert alert.severity == "page"
    assert "latency p95" in alert.summary
    assert 0.1 < alert.value_low < 0.5 < alert.value_high
    # Of the stable release one answer in twenty takes longer.
    signal, operator, bound = alert.evidence_condition.split()
    assert (signal, operator) == ("latency", ">")
    assert float(bound) == pytest.approx(exp(0.5 * 1.645), rel=0.08)


def test_a_roll_back_names_the_part_of_the_candidate_that_is_worse(make: Any) -> None:
    # Segments by model are kept for alerts of another monitor.
    by_model = make.no_data(
        3600,
        name="models",
        segmentation=("release_role", "request_model", "service_name", "service_version"),
    )
    run = make.run(monitor(), by_model)
    for number in range(30):
        canary = segment("canary", "3")
        arms = [
            (segment("stable", "1"), 100, 1),
            (canary, 100, 20),
            (canary | {"request_model": "m1"}, 50, 19),
            (canary | {"request_model": "m2"}, 50, 1),
        ]
        minute(make, run, number, *arms)
    (alert,) = run.alerts
    assert "roll back" in alert.summary
    (part,) = alert.contributions
    assert part.segment["request_model"] == "m1"
    assert alert.evidence_condition == "sli.availability = false"
    assert part.share == pytest.approx(0.95)
    assert part.value == pytest.approx(0.38)


def test_an_interval_of_another_confidence_is_told_in_words_alone(make: Any) -> None:
    """What stands beside a value is an interval of 95 %, everywhere."""
    rules = ComparisonRules(metrics=(UP,), confidence=0.99)
    run = make.run(structs.replace(monitor(), rules=rules))
    for number in range(30):
        arms = ((segment("stable", "1"), 100, 1), (segment("canary", "3"), 100, 20))
        minute(make, run, number, *arms)
    (alert,) = run.alerts
    assert "confidence of 99 %" in alert.description
    assert (alert.value_low, alert.value_high) == (None, None)
