"""Guardrails: bounds a metric, exceptions for segments, owners and days of review."""

from datetime import date
from typing import Any

import pytest

from schemas.monitors.load import load_monitors
from schemas.monitors.resolved import ThresholdMonitor
from schemas.monitors.review import Review
from tests.schemas.monitors.documents import Plain, document
from tests.schemas.monitors.loading import load_only, told
from tests.schemas.monitors.signals import SIGNALS

SPEC: Plain = {
    "service": "shop",
    "by": ["labels.organisation"],
    "severity": "ticket",
    "owner": "safety",
    "reviewBy": "2026-12-31",
    "window": "15m",
    "bounds": [
        {"signal": "response.hallucination", "statistic": "mean", "upper": "20%"},
        {
            "signal": "response.hallucination",
            "statistic": "mean",
            "upper": 0.1,
            "resolveUpper": 0.08,
            "segment": {"labels.organisation": "clinic"},
        },
        {"signal": "latency", "statistic": "p95", "lower": "10ms", "upper": "4s", "window": "5m"},
    ],
}


def guardrail(**spec: Any) -> Plain:
    return document("GuardrailMonitor", "house-rules", SPEC | spec, "tidewatch/v1")


def test_a_monitor_a_metric_and_one_a_segment_with_its_own_bounds() -> None:
    result = load_only(guardrail())
    assert result.problems == []
    monitors = result.monitors.monitors
    assert all(isinstance(m, ThresholdMonitor) for m in monitors)
    found = {m.name: m for m in monitors}
    everyone = found["house-rules.response-hallucination-mean-1"]
    clinic = found["house-rules.response-hallucination-mean-2"]
    latency = found["house-rules.latency-p95"]
    assert (everyone.upper, clinic.upper, clinic.resolve_upper) == (0.2, 0.1, 0.08)
    kept = [each.keep_firing_seconds for each in (everyone, clinic, latency)]
    assert kept == [900, 0, 300]  # a window, where no resolve bounds are given
    assert everyone.excluded == ({"labels.organisation": "clinic"},)
    assert clinic.segment == {"service_name": "shop", "labels.organisation": "clinic"}
    assert clinic.excluded == latency.excluded == ()
    assert everyone.segmentation == clinic.segmentation == ("labels.organisation", "service_name")
    assert (latency.lower, latency.upper, latency.window_seconds) == (0.01, 4.0, 300)
    review = Review(name="house-rules", owner="safety", by=date(2026, 12, 31))
    assert result.monitors.reviews == (review,)


@pytest.mark.parametrize(
    ("spec", "path", "message"),
    [
        ({"reviewBy": "soon"}, "spec.reviewBy", "'soon' is not a date, as in 2026-12-31"),
        ({"reviewBy": ""}, "spec.reviewBy", "is empty"),
        ({"owner": ""}, "spec.owner", "is empty"),
        ({"bounds": []}, "spec.bounds", "is empty"),
        (
            {"bounds": [SPEC["bounds"][0] | {"upper": "4s"}]},
            "spec.bounds[0].upper",
            "does not fit the unit '1'",
        ),
        (
            {"bounds": [SPEC["bounds"][0] | {"signal": "latncy"}]},
            "spec.bounds[0].signal",
            "did you mean 'latency'?",
        ),
        (
            {"bounds": [{"signal": "latency", "statistic": "p95"}]},
            "spec.bounds[0]",
            "needs 'lower' or 'upper'",
        ),
        (
            {"bounds": [SPEC["bounds"][0], SPEC["bounds"][0]]},
            "spec.bounds[1]",
            "has bounds for the same segment already: keep one",
        ),
    ],
)
def test_what_is_refused(spec: Plain, path: str, message: str) -> None:
    result = load_only(guardrail(**spec))
    assert message in told(result)["error", path]
    assert result.monitors.monitors == ()


@pytest.mark.parametrize(("today", "warned"), [("2026-12-31", False), ("2027-01-01", True)])
def test_a_day_of_review_that_has_passed_is_warned_of(today: str, warned: bool) -> None:
    import json

    result = load_monitors(
        {"m.yaml": json.dumps(guardrail())},
        signals=SIGNALS,
        resolve_secret=str,
        today=date.fromisoformat(today),
    )
    assert len(result.monitors.monitors) == 3
    messages = [p.message for p in result.problems]
    expected = "2026-12-31 has passed: have safety look at it and set a new date"
    assert messages == ([expected] if warned else [])
