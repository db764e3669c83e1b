"""What loading refuses, and what it says without effect."""

import pytest

from tests.schemas.monitors.documents import MISSING, changed, query, ratio_spec
from tests.schemas.monitors.loading import load, told

FACTOR = (
    "a burn rate of 6 can never be exceeded: 6 × (1 − 0.8) = 1.2, and no more than all events (1) "
    "can be bad; lower the threshold (below 5) or raise the target"
)
RATIO = "spec/indicator/spec/ratioMetric"
RATIO_PATH = RATIO.replace("/", ".")


RATE = {"signal": "availability", "statistic": "rate", "window": "5m", "severity": "page"}


@pytest.mark.parametrize(
    ("name", "path", "value", "problem_path", "message"),
    [
        # Objectives
        ("slo", "spec/objectives/0/target", 0.8, "spec.alertPolicies[0]", FACTOR),
        ("slo", "spec/timeWindow/0/duration", "2Y", "spec.timeWindow[0].duration", "than a year"),
        (
            "slo",
            "metadata/annotations",
            {"tidewatch/missing-data": "worse"},
            "metadata.annotations.tidewatch/missing-data",
            "'worse' is no policy; known: bad, good, ignore",
        ),
        ("slo", "spec/timeWindow/0/duration", "0w", "spec.timeWindow[0].duration", "shorter than"),
        (
            "slo",
            "spec/alertPolicies/0/alertPolicyRef",
            "burnin",
            "spec.alertPolicies[0].alertPolicyRef",
            "there is no AlertPolicy 'burnin'; did you mean 'burning'?",
        ),
        (
            "policy",
            "spec/conditions/0/conditionRef",
            "burn",
            "spec.conditions[0].conditionRef",
            "there is no AlertCondition 'burn'; did you mean 'burns'?",
        ),
        (
            "policy",
            "spec/notificationTargets/0/targetRef",
            "oncall",
            "spec.notificationTargets[0].targetRef",
            "did you mean 'on-call'?",
        ),
        (
            "target",
            "spec/target",
            "consol",
            "spec.target",
            "there is no Receiver 'consol'; did you mean 'console'?",
        ),
        ("condition", "spec/condition/op", "lte", "spec.condition.op", "use gt or gte"),
        (
            "condition",
            "spec/condition/threshold",
            0,
            "spec.condition.threshold",
            "0 is not above 0",
        ),
        (
            "condition",
            "spec/condition/lookbackWindow",
            "1m",
            "spec.condition.lookbackWindow",
            "1m is shorter than 2m",
        ),
        (
            "condition",
            "spec/condition/lookbackWindow",
            "2M",
            "spec.condition.lookbackWindow",
            "longer than 31d",
        ),
        (
            "condition",
            "spec/condition/alertAfter",
            "1Y",
            "spec.condition.alertAfter",
            "longer than 31d",
        ),
        # Indicators
        (
            "slo",
            f"{RATIO}/good",
            query("latncy < 4s"),
            f"{RATIO_PATH}.good.metricSource.spec.query",
            "did you mean 'latency'? (column 1)",
        ),
        (
            "slo",
            f"{RATIO}/good",
            query("*"),
            f"{RATIO_PATH}.good.metricSource.spec.query",
            "tells no event from another",
        ),
        (
            "slo",
            f"{RATIO}/total",
            query("request_modl = 'a'"),
            f"{RATIO_PATH}.total.metricSource.spec.query",
            "did you mean 'request_model'?",
        ),
        (
            "slo",
            f"{RATIO}/total",
            query("x", "Prometheus"),
            f"{RATIO_PATH}.total.metricSource.type",
            "'Prometheus' beside 'tidewatch'",
        ),
        (
            "slo",
            f"{RATIO}/good/metricSource/spec",
            {"qery": "x"},
            f"{RATIO_PATH}.good.metricSource.spec.qery",
            "did you mean 'query'?",
        ),
        (
            "slo",
            f"{RATIO}/good/metricSource/spec",
            {"query": 5},
            f"{RATIO_PATH}.good.metricSource.spec.query",
            "expected a condition as text",
        ),
        (
            "slo",
            f"{RATIO}/good/metricSource/metricSourceRef",
            "her",
            f"{RATIO_PATH}.good.metricSource.metricSourceRef",
            "did you mean 'here'?",
        ),
        (
            "sli",
            "spec/ratioMetric/good",
            query("latncy < 4s"),
            "spec.ratioMetric.good.metricSource.spec.query",
            "did you mean 'latency'?",
        ),
        # Annotations
        (
            "slo",
            "metadata/annotations",
            {"tidewatch/by": "use_cas"},
            "metadata.annotations.tidewatch/by",
            "did you mean 'use_case'?",
        ),
        (
            "slo",
            "metadata/annotations",
            {"tidewatch/min-events": "5"},
            "metadata.annotations.tidewatch/min-events",
            "did you mean 'tidewatch/minimum-events'?",
        ),
        (
            "slo",
            "metadata/annotations",
            {"tidewatch/minimum-events": "0"},
            "metadata.annotations.tidewatch/minimum-events",
            "not a whole number above 0",
        ),
        (
            "slo",
            "metadata/annotations",
            {"tidewatch/segment": "all"},
            "metadata.annotations.tidewatch/segment",
            "no annotation of SLO",
        ),
        (
            "service",
            "metadata/annotations",
            {"tidewatch/segment": "none"},
            "metadata.annotations.tidewatch/segment",
            "'none' is not 'all'",
        ),
        # Threshold monitors
        (
            "threshold",
            "spec/signal",
            "latecy",
            "spec.signal",
            "unknown signal 'latecy'; did you mean 'latency'?",
        ),
        ("threshold", "spec/signal", MISSING, "spec.signal", "is required"),
        (
            "threshold",
            "spec/signal",
            "availability",
            "spec.statistic",
            "'p95' does not apply to 'availability', a signal of kind flag: use rate",
        ),
        (
            "threshold",
            "spec/statistic",
            "rate",
            "spec.statistic",
            "'rate' does not apply to 'latency', a signal of kind amount: use mean",
        ),
        (
            "threshold",
            "spec/statistic",
            "count",
            "spec.signal",
            "'count' counts events: remove the signal",
        ),
        ("threshold", "spec/statistic", "p42", "spec.statistic", "'p42' is not one of mean, sum"),
        ("threshold", "spec/window", "32d", "spec.window", "longer than 31d"),
        ("threshold", "spec/window", "5s", "spec.window", "shorter than 10s"),
        ("threshold", "spec/window", "5", "spec.window", "is not a duration"),
        ("threshold", "spec/upper", "fast", "spec.upper", "'fast' is not a number"),
        ("threshold", "spec/upper", "5%", "spec.upper", "is not a time"),
        ("threshold", "spec/upper", MISSING, "spec", "needs 'lower' or 'upper'"),
        ("threshold", "spec/lower", "5s", "spec.lower", "5 is not below the upper bound 4"),
        (
            "threshold",
            "spec/resolveUpper",
            "5s",
            "spec.resolveUpper",
            "5 is above the firing bound 4: it must be at least as strict",
        ),
        ("threshold", "spec/resolveLower", 1, "spec.resolveLower", "needs 'lower'"),
        ("threshold", "spec/by", ["request_modl"], "spec.by", "did you mean 'request_model'?"),
        (
            "threshold",
            "spec/segment",
            {"use_cas": "a"},
            "spec.segment.use_cas",
            "did you mean 'use_case'?",
        ),
        (
            "threshold",
            "spec/segment",
            {"service_name": "b"},
            "spec.segment.service_name",
            "contradicts the service 'shop'",
        ),
        (
            "threshold",
            "spec/receivers",
            ["console", "consle"],
            "spec.receivers[1]",
            "did you mean 'console'?",
        ),
        ("threshold", "spec/minimumEvents", 0, "spec.minimumEvents", "0 is below 1"),
        (
            "threshold",
            "spec/severity",
            "urgent",
            "spec.severity",
            "'urgent' is not one of page, ticket, info",
        ),
        ("threshold", "spec/fro", "1m", "spec.fro", "unknown field; did you mean 'for'?"),
        # Silence and receivers
        ("silence", "spec/for", MISSING, "spec.for", "is required"),
        ("silence", "spec/for", "1s", "spec.for", "shorter than 10s"),
        ("receiver", "spec", {"type": "webhook"}, "spec.url", "is required for the type webhook"),
        (
            "receiver",
            "spec",
            {"type": "webhook", "url": "ftp://u:p4ss@h"},
            "spec.url",
            "is not an http:// or https:// address",
        ),
        (
            "receiver",
            "spec",
            {"type": "webhook", "url": "http://["},
            "spec.url",
            "is not an http:// or https:// address",
        ),
        (
            "receiver",
            "spec",
            {"type": "apprise", "url": "${CHAT_URL}"},
            "spec.url",
            "the environment variable CHAT_URL is not set",
        ),
        (
            "receiver",
            "spec",
            {"type": "apprise", "url": "file:/x"},
            "spec.url",
            "the file /x cannot be read",
        ),
        ("receiver", "spec/severities", [], "spec.severities", "is empty"),
    ],
)
def test_what_is_refused(
    name: str, path: str, value: object, problem_path: str, message: str
) -> None:
    result = load(changed(name, path, value))
    errors = {problem.path: problem.message for problem in result.errors}
    assert message in errors[problem_path]
    assert "p4ss" not in str(result.problems)


@pytest.mark.parametrize(
    ("name", "path", "value", "problem_path", "message"),
    [
        (
            "slo",
            "spec/indicator/spec",
            ratio_spec("Prometheus"),
            "spec",
            "its metric source is Prometheus, not tidewatch",
        ),
        (
            "slo",
            "spec/indicator/spec",
            {"ratioMetric": {"raw": query("r"), "rawType": "success"}},
            "spec",
            "a raw ratio holds no events",
        ),
        ("slo", "spec/objectives", [], "spec.objectives", "nothing to evaluate"),
        (
            "slo",
            "metadata/annotations",
            {"tidewatch/missing-data": "bad"},
            "metadata.annotations.tidewatch/missing-data",
            "has no effect",
        ),
        (
            "policy",
            "spec/alertWhenBreaching",
            MISSING,
            "spec.alertWhenBreaching",
            "alerts on no burn rate",
        ),
        (
            "condition",
            "spec/severity",
            "sev1",
            "spec.severity",
            "'sev1' is none of page, ticket, info: taken as ticket",
        ),
        ("receiver", "spec/url", "http://x", "spec", "a console needs neither"),
        (
            "threshold",
            "spec",
            RATE | {"upper": 15},
            "spec.upper",
            "never fires, as no value is above 15; for 15 % write 15%",
        ),
        ("threshold", "spec", RATE | {"lower": 0}, "spec.lower", "as no value is below 0"),
    ],
)
def test_what_is_valid_but_without_effect(
    name: str, path: str, value: object, problem_path: str, message: str
) -> None:
    result = load(changed(name, path, value))
    assert result.errors == []
    assert message in told(result)["warning", problem_path]
