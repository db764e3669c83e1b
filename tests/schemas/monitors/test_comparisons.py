"""Comparison documents: arms, metrics, margins."""

from typing import Any

import pytest

from schemas.monitors.compared import ComparedMetric
from schemas.monitors.resolved import ComparisonMonitor
from schemas.signals import Signal
from tests.schemas.monitors.documents import Plain, document
from tests.schemas.monitors.loading import load_only, told

SPEC: Plain = {
    "service": "shop",
    "by": ["use_case"],
    "baseline": {"release_role": "stable"},
    "candidate": {"release_role": "canary"},
    "apart": ["service_version"],
    "severity": "page",
    "metrics": [
        {"signal": "availability", "statistic": "rate", "margin": "1%", "worse": "lower"},
        {"signal": "latency", "statistic": "p95", "relativeMargin": "10%", "worse": "higher"},
    ],
}
METRIC: Plain = SPEC["metrics"][1]


def comparison(**spec: Any) -> Plain:
    return document("ComparisonMonitor", "canary", SPEC | spec, "tidewatch/v1")


def test_a_comparison() -> None:
    result = load_only(comparison())
    assert result.problems == []
    (monitor,) = result.monitors.monitors
    assert isinstance(monitor, ComparisonMonitor)
    assert monitor.segmentation == ("release_role", "service_name", "service_version", "use_case")
    assert monitor.segment == {"service_name": "shop"}
    assert monitor.matched == ("service_name", "use_case")
    assert monitor.rules.confidence == 0.95
    assert monitor.rules.metrics == (
        ComparedMetric(signal="availability", statistic="rate", margin=0.01, higher_is_worse=False),
        ComparedMetric(
            signal="latency",
            statistic="p95",
            margin=0.1,
            higher_is_worse=True,
            relative=True,
            unit="s",
        ),
    )


@pytest.mark.parametrize(
    ("spec", "apart"),
    [
        ({}, ("service_version",)),
        ({"apart": []}, ()),
        ({"apart": ["prompt_version"]}, ("prompt_version",)),
        ({"by": ["service_version"]}, ()),
        ({"segment": {"service_version": "2"}}, ()),
        ({"candidate": {"service_version": "2"}, "baseline": {"service_version": "1"}}, ()),
        ({"baseline": {"experiment_arm": "control"}, "candidate": {}}, ()),
    ],
)
def test_versions_of_a_release_role_are_candidates_of_their_own(
    spec: Plain, apart: tuple[str, ...]
) -> None:
    given = {name: value for name, value in comparison()["spec"].items() if name != "apart"}
    result = load_only(document("ComparisonMonitor", "canary", given | spec, "tidewatch/v1"))
    assert result.problems == []
    (monitor,) = result.monitors.monitors
    assert isinstance(monitor, ComparisonMonitor)
    assert monitor.apart == apart
    assert {*apart} <= {*monitor.segmentation}


def test_which_way_is_worse_follows_from_the_signal() -> None:
    from schemas.monitors.load import load_monitors

    signal = Signal(name="cost", kind="amount", unit="{USD}", better="lower", description="Cost.")
    spec = {"metrics": [{"signal": "cost", "statistic": "mean", "margin": 0.01}]}
    import json

    result = load_monitors(
        {"m.yaml": json.dumps(comparison(**spec))}, signals=[signal], resolve_secret=str
    )
    assert result.problems == []
    assert result.monitors.monitors[0].rules.metrics[0].higher_is_worse


@pytest.mark.parametrize(
    ("spec", "path", "message"),
    [
        ({"baseline": {}}, "spec.baseline", "is empty"),
        ({"baseline": {"role": "a"}}, "spec.baseline.role", "is no dimension"),
        ({"apart": ["colour"]}, "spec.apart[0]", "is no dimension"),
        ({"candidate": {"release_role": "stable"}}, "spec.candidate", "the baseline itself"),
        ({"candidate": {"use_case": "a"}}, "spec.candidate", "may be the baseline itself"),
        ({"baseline": {"release_role": "__other__"}}, "spec.baseline.release_role", "name one"),
        ({"segment": {"service_version": "1"}}, "spec.segment.service_version", "tells the arms"),
        ({"confidence": 0.3}, "spec.confidence", "0.3 is not at least 0.5 and below 1"),
        ({"confidence": "high"}, "spec.confidence", "'high' is not a number"),
        ({"minimumEvents": 10}, "spec.minimumEvents", "10 is below 50"),
        ({"severity": "info"}, "spec.severity", "use page or ticket"),
        ({"longest": "1m"}, "spec.longest", "1m is shorter than 1h"),
        ({"metrics": []}, "spec.metrics", "is empty"),
        ({"metrics": [METRIC, METRIC]}, "spec.metrics", "latency p95 is given twice"),
        ({"metrics": [METRIC | {"signal": "latncy"}]}, "spec.metrics[0].signal", "'latency'?"),
        ({"metrics": [METRIC | {"statistic": "rate"}]}, "spec.metrics[0].statistic", "use mean"),
        ({"metrics": [METRIC | {"worse": None}]}, "spec.metrics[0].worse", "neither way"),
        ({"metrics": [METRIC | {"margin": 1}]}, "spec.metrics[0]", "needs one of 'margin'"),
        (
            {"metrics": [METRIC | {"relativeMargin": 0}]},
            "spec.metrics[0].relativeMargin",
            "no number of events shows",
        ),
        (
            {"metrics": [SPEC["metrics"][0] | {"margin": None, "relativeMargin": "1%"}]},
            "spec.metrics[0].relativeMargin",
            "use 'margin'",
        ),
        (
            {"metrics": [SPEC["metrics"][0] | {"margin": 1}]},
            "spec.metrics[0].margin",
            "nothing can be worse by more than 1: for 1 % write 1%",
        ),
        (
            {"metrics": [METRIC | {"relativeMargin": 5, "worse": "lower"}]},
            "spec.metrics[0].relativeMargin",
            "for 5 % write 5%",
        ),
        ({"receivers": ["nobody"]}, "spec.receivers[0]", "there is no Receiver 'nobody'"),
    ],
)
def test_what_is_refused(spec: Plain, path: str, message: str) -> None:
    result = load_only(comparison(**spec))
    assert message in told(result)["error", path]
    assert result.monitors.monitors == ()


def test_a_margin_of_several_times_the_baseline_is_doubted() -> None:
    result = load_only(comparison(metrics=[METRIC | {"relativeMargin": 10}]))
    assert told(result)["warning", "spec.metrics[0].relativeMargin"] == (
        "allows 11 times the baseline's value: for 10 % write 10%"
    )
    assert len(result.monitors.monitors) == 1
