"""The verdicts of OpenSLO's validator, rule by rule, and its published documents."""

from pathlib import Path

import pytest

from schemas.monitors.decode import DecodeError, decode_document
from schemas.monitors.openslo_rules import openslo_violations
from schemas.monitors.yaml_documents import read_documents
from tests.schemas.monitors.documents import (
    CONDITION,
    FOLDER,
    MISSING,
    POLICY,
    Plain,
    changed,
    query,
    ratio_spec,
    threshold_spec,
)

STANDARDS = Path(__file__).parents[4] / "shared" / "standards" / "openslo"
CALENDAR = {"startTime": "2022-01-01 12:00:00", "timeZone": "America/New_York"}
OBJECTIVE = "spec/objectives/0"


def verdict(plain: Plain) -> list[str]:
    """The paths that are refused."""
    try:
        decoded = decode_document(plain)
    except DecodeError as error:
        return [error.path]
    return [path for path, _ in openslo_violations(decoded)]


def inline(kind: str, spec: Plain) -> Plain:
    return {"kind": kind, "metadata": {"name": "inline"}, "spec": spec}


@pytest.mark.parametrize("name", FOLDER)
def test_a_valid_document_of_every_kind(name: str) -> None:
    assert verdict(FOLDER[name]) == []


RAW = {"raw": query("r"), "rawType": "failure"}
RATIO = "spec/indicator/spec/ratioMetric"
SLICES = {"target": 0.9, "timeSliceTarget": 1, "timeSliceWindow": "1m"}


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        # What every document has
        ("service", "spec", MISSING),
        ("service", "spec", None),
        ("service", "metadata/displayName", "é" * 63),
        ("service", "metadata/displayName", None),
        ("service", "metadata/name", "9" * 63),
        ("service", "metadata/labels", {"n_.-t": "", "l" * 63: [], "A": None, "x": ["", "y"]}),
        ("service", "metadata/annotations", {"my-domain.this.org/spec.x": "", "9nEt": "v"}),
        ("service", "metadata/annotations", {".".join(["l" * 63] * 3) + "/" + "l" * 63: ""}),
        ("service", "spec/description", "é" * 1050),
        # SLO
        ("slo", "spec/alertPolicies", MISSING),
        ("slo", "spec/alertPolicies", None),
        ("slo", "spec/objectives", []),
        ("slo", f"{OBJECTIVE}/target", 0),
        ("slo", OBJECTIVE, {"targetPercent": 99.9999}),
        ("slo", OBJECTIVE, {"target": 0.9, "timeSliceTarget": 7, "compositeWeight": -1}),
        ("slo", "spec/timeWindow/0", {"duration": "1w", "calendar": CALENDAR}),
        ("slo", "spec/timeWindow/0/duration", "0w"),
        ("slo", "spec/timeWindow/0/duration", "0" * 30 + "4w"),
        ("service", "metadata/labels", {"team": [None], "env": None}),
        ("service", "spec/description", None),
        ("source", "spec/connectionDetails", None),
        ("slo", "spec/indicator/spec", threshold_spec() | {"description": "d"}),
        ("slo", "spec/indicator/metadata/displayName", "Fast"),
        ("slo", RATIO, RAW),
        ("slo", RATIO, {"bad": query("b"), "total": query("t")}),
        ("slo", RATIO, {"good": query("g"), "total": query("t"), "rawType": "anything"}),
        ("slo", f"{RATIO}/good/metricSource", {"spec": {"x": None}}),
        ("slo", f"{RATIO}/good/metricSource", {"metricSourceRef": "", "spec": {"a": {"b": []}}}),
        ("slo", "spec/alertPolicies/0", inline("AlertPolicy", POLICY)),
        # Alerts
        ("policy", "spec/conditions/0", inline("AlertCondition", CONDITION)),
        (
            "policy",
            "spec/notificationTargets/0",
            inline("AlertNotificationTarget", {"target": "email"}),
        ),
        ("policy", "spec/alertWhenBreaching", MISSING),
        ("condition", "spec/condition/threshold", 0),
        ("condition", "spec/condition/threshold", -1.5),
        ("condition", "spec/condition/op", "lte"),
        ("condition", "spec/condition/alertAfter", MISSING),
        ("condition", "spec/condition/alertAfter", "0m"),
        ("condition", "spec/severity", "sev1"),
        ("source", "spec/connectionDetails", [{"url": "http://example.org"}, None]),
    ],
)
def test_accepted(name: str, path: str, value: object) -> None:
    plain = changed(name, path, value)
    if path == "spec/indicator/spec":
        plain["spec"]["objectives"][0] |= {"op": "lte", "value": 0}
    assert verdict(plain) == []


@pytest.mark.parametrize(
    ("name", "path", "value", "refused"),
    [
        # What every document has
        ("service", "apiVersion", "openslo/v2", "apiVersion"),
        ("service", "apiVersion", MISSING, "apiVersion"),
        ("service", "kind", "Servise", "kind"),
        ("service", "kind", "Receiver", "kind"),
        ("service", "kind", MISSING, "kind"),
        ("service", "metadata", MISSING, "metadata"),
        ("service", "metadata", {}, "metadata.name"),
        ("service", "metadata/name", "", "metadata.name"),
        ("service", "metadata/name", "a" * 64, "metadata.name"),
        ("service", "metadata/name", "my name", "metadata.name"),
        ("service", "metadata/name", "Name", "metadata.name"),
        ("service", "metadata/name", "a-", "metadata.name"),
        ("service", "metadata/name", "-a", "metadata.name"),
        ("service", "metadata/name", "a\n", "metadata.name"),
        ("service", "metadata/name", 5, "metadata.name"),
        ("service", "metadata/displayName", "a" * 64, "metadata.displayName"),
        ("service", "metadata/labels", {"l" * 64: "x"}, "metadata.labels"),
        ("service", "metadata/labels", {"net_": "x"}, "metadata.labels"),
        ("service", "metadata/labels", {".net": "x"}, "metadata.labels"),
        ("service", "metadata/labels", {"net\n": "x"}, "metadata.labels"),
        ("service", "metadata/labels", {"ok": "x", "net": 5}, "metadata.labels.net"),
        ("service", "metadata/labels", {"net": ["x", 5]}, "metadata.labels.net"),
        ("service", "metadata/annotations", {"l" * 64: ""}, "metadata.annotations"),
        ("service", "metadata/annotations", {"a" * 254 + "/net": ""}, "metadata.annotations"),
        ("service", "metadata/annotations", {"openslo.com/": ""}, "metadata.annotations"),
        ("service", "metadata/annotations", {"a/b/c": ""}, "metadata.annotations"),
        ("service", "metadata/annotations", {"A.com/b": ""}, "metadata.annotations"),
        ("service", "metadata/annotations", {"a": "x", "net": 5}, "metadata.annotations.net"),
        ("service", "spec/description", "a" * 1051, "spec.description"),
        ("service", "spec/markdown", "x", "spec.markdown"),
        ("service", "status", {}, "status"),
        # SLO
        ("slo", "spec", MISSING, "spec"),
        ("slo", "spec", None, "spec"),
        ("slo", "spec/service", MISSING, "spec.service"),
        ("slo", "spec/service", "", "spec.service"),
        ("slo", "spec/budgetingMethod", MISSING, "spec.budgetingMethod"),
        ("slo", "spec/budgetingMethod", "occurrences", "spec.budgetingMethod"),
        ("slo", "spec/indicator", MISSING, "spec"),
        ("slo", "spec/indicatorRef", "other", "spec"),
        ("slo", "spec/indicator/metadata", MISSING, "spec.indicator.metadata"),
        ("slo", "spec/indicator/metadata/name", "Two Words", "spec.indicator.metadata.name"),
        ("slo", "spec/timeWindow", MISSING, "spec.timeWindow"),
        ("slo", "spec/timeWindow", [], "spec.timeWindow"),
        (
            "slo",
            "spec/timeWindow",
            [{"duration": "1w", "isRolling": True}] * 2,
            "spec.timeWindow",
        ),
        ("slo", "spec/timeWindow/0/duration", MISSING, "spec.timeWindow[0].duration"),
        ("slo", "spec/timeWindow/0/duration", "", "spec.timeWindow[0].duration"),
        ("slo", "spec/timeWindow/0/duration", "-1w", "spec.timeWindow[0].duration"),
        ("slo", "spec/timeWindow/0/duration", "9" * 20 + "w", "spec.timeWindow[0].duration"),
        ("slo", "spec/timeWindow/0/raw", None, "spec.timeWindow[0].raw"),
        ("policy", "spec/conditions/0/kind", None, "spec.conditions[0].kind"),
        ("slo", "spec/timeWindow/0/duration", "1x", "spec.timeWindow[0].duration"),
        ("slo", "spec/timeWindow/0/duration", 5, "spec.timeWindow[0].duration"),
        ("slo", "spec/timeWindow/0/isRolling", False, "spec.timeWindow[0]"),
        ("slo", "spec/timeWindow/0/calendar", CALENDAR, "spec.timeWindow[0]"),
        ("slo", "spec/objectives/0", None, "spec.objectives[0]"),
        ("slo", f"{OBJECTIVE}/target", MISSING, "spec.objectives[0]"),
        ("slo", f"{OBJECTIVE}/target", 1, "spec.objectives[0].target"),
        ("slo", f"{OBJECTIVE}/target", -0.1, "spec.objectives[0].target"),
        ("slo", f"{OBJECTIVE}/target", "0.9", "spec.objectives[0].target"),
        ("slo", f"{OBJECTIVE}/target", True, "spec.objectives[0].target"),
        ("slo", f"{OBJECTIVE}/targetPercent", 99, "spec.objectives[0]"),
        ("slo", OBJECTIVE, {"targetPercent": 100}, "spec.objectives[0].targetPercent"),
        ("slo", f"{OBJECTIVE}/op", "gt", "spec.objectives[0].op"),
        ("slo", f"{OBJECTIVE}/value", 5, "spec.objectives[0].value"),
        ("slo", "spec/alertPolicies/0", {}, "spec.alertPolicies[0]"),
        ("slo", "spec/alertPolicies/0/alertPolicyRef", "", "spec.alertPolicies[0].alertPolicyRef"),
        (
            "slo",
            "spec/alertPolicies/0/alertPolicyRef",
            "a b",
            "spec.alertPolicies[0].alertPolicyRef",
        ),
        ("slo", "spec/alertPolicies/0/kind", "AlertPolicy", "spec.alertPolicies[0]"),
        (
            "slo",
            "spec/alertPolicies/0",
            inline("DataSource", POLICY),
            "spec.alertPolicies[0].kind",
        ),
        ("slo", "spec/alertPolicies/0", inline("AlertPolicy", {}), None),
        # SLI, inline and on its own
        ("slo", "spec/indicator/spec", {}, "spec.indicator.spec"),
        ("slo", "spec/indicator/spec", ratio_spec() | threshold_spec(), "spec.indicator.spec"),
        ("slo", RATIO, {}, "spec.indicator.spec.ratioMetric"),
        ("slo", RATIO, {"total": query("t")}, "spec.indicator.spec.ratioMetric"),
        ("slo", RATIO, {"good": query("g")}, "spec.indicator.spec.ratioMetric"),
        (
            "slo",
            RATIO,
            {"good": query("g"), "bad": query("b"), "total": query("t")},
            "spec.indicator.spec.ratioMetric",
        ),
        ("slo", RATIO, RAW | {"total": query("t")}, "spec.indicator.spec.ratioMetric"),
        ("slo", RATIO, RAW | {"good": query("g")}, "spec.indicator.spec.ratioMetric"),
        ("slo", RATIO, RAW | {"rawType": "good"}, "spec.indicator.spec.ratioMetric.rawType"),
        ("slo", RATIO, {"raw": query("r")}, "spec.indicator.spec.ratioMetric.rawType"),
        ("sli", "spec", MISSING, "spec"),
        ("sli", "spec/ratioMetric/counter", "yes", "spec.ratioMetric.counter"),
        ("sli", "spec/ratioMetric/good", {}, "spec.ratioMetric.good.metricSource"),
        (
            "sli",
            "spec/ratioMetric/good/metricSource/spec",
            {},
            "spec.ratioMetric.good.metricSource.spec",
        ),
        (
            "sli",
            "spec/ratioMetric/good/metricSource/metricSourceRef",
            "my datadog",
            "spec.ratioMetric.good.metricSource.metricSourceRef",
        ),
        # Alerts and sources
        ("policy", "spec", MISSING, "spec"),
        ("policy", "spec/conditions", [], "spec.conditions"),
        ("policy", "spec/conditions", [{"conditionRef": "a"}] * 2, "spec.conditions"),
        ("policy", "spec/conditions/0", {}, "spec.conditions[0]"),
        ("policy", "spec/conditions/0/spec", CONDITION, "spec.conditions[0]"),
        ("policy", "spec/conditions/0", inline("SLO", CONDITION), "spec.conditions[0].kind"),
        ("policy", "spec/notificationTargets", [], "spec.notificationTargets"),
        ("policy", "spec/notificationTargets/0", {}, "spec.notificationTargets[0]"),
        ("condition", "spec/severity", MISSING, "spec.severity"),
        ("condition", "spec/condition", MISSING, "spec.condition"),
        ("condition", "spec/condition/kind", "burn", "spec.condition.kind"),
        ("condition", "spec/condition/kind", MISSING, "spec.condition.kind"),
        ("condition", "spec/condition/op", ">", "spec.condition.op"),
        ("condition", "spec/condition/threshold", MISSING, "spec.condition.threshold"),
        ("condition", "spec/condition/lookbackWindow", "x", "spec.condition.lookbackWindow"),
        ("condition", "spec/condition/alertAfter", "", "spec.condition.alertAfter"),
        ("target", "spec", MISSING, "spec"),
        ("target", "spec/target", "", "spec.target"),
        ("source", "spec/type", MISSING, "spec.type"),
        ("source", "spec/connectionDetails", MISSING, "spec.connectionDetails"),
    ],
)
def test_refused(name: str, path: str, value: object, refused: str | None) -> None:
    found = verdict(changed(name, path, value))
    assert found
    assert refused is None or refused in found


@pytest.mark.parametrize("method", ["Occurrences", "Timeslices", "RatioTimeslices"])
def test_time_slices_need_what_their_method_needs(method: str) -> None:
    plain = changed("slo", "spec/budgetingMethod", method)
    plain["spec"]["objectives"] = [dict(SLICES)]
    assert verdict(plain) == []
    for field, methods in (
        ("timeSliceTarget", {"Timeslices"}),
        ("timeSliceWindow", {"Timeslices", "RatioTimeslices"}),
    ):
        plain["spec"]["objectives"] = [{k: v for k, v in SLICES.items() if k != field}]
        assert verdict(plain) == ([f"spec.objectives[0].{field}"] if method in methods else [])
    plain["spec"]["objectives"] = [SLICES | {"timeSliceTarget": 0}]
    assert bool(verdict(plain)) == (method == "Timeslices")
    plain["spec"]["objectives"] = [SLICES | {"timeSliceWindow": "5x"}]
    assert bool(verdict(plain)) == (method != "Occurrences")


@pytest.mark.parametrize(
    ("field", "text", "valid"),
    [
        ("startTime", "2022-02-28 09:05:59", True),
        ("startTime", "2022-01-01 9:05:59.25", True),
        ("startTime", "2022-02-30 12:00:00", False),
        ("startTime", "2022-01-01 24:00:00", False),
        ("startTime", "2022-01-01 23:59:60", False),
        ("startTime", "2022-01-01T12:00:00", False),
        ("startTime", "2022-1-1 12:00:00", False),
        ("startTime", "", False),
        ("timeZone", "UTC", True),
        ("timeZone", "Europe/Vienna", True),
        ("timeZone", "", False),
        ("timeZone", "Local", False),
        ("timeZone", "Europe", False),
        ("timeZone", "Mars/Base", False),
        ("timeZone", "../UTC", False),
        ("timeZone", "U\x00TC", False),
    ],
)
def test_calendars(field: str, text: str, valid: bool) -> None:
    window = {"duration": "1M", "isRolling": False, "calendar": CALENDAR | {field: text}}
    expected = [] if valid else [f"spec.timeWindow[0].calendar.{field}"]
    assert verdict(changed("slo", "spec/timeWindow/0", window)) == expected


def test_threshold_objectives_need_op_and_value_only_beside_the_metric() -> None:
    plain = changed("slo", "spec/indicator/spec", threshold_spec())
    assert verdict(plain) == ["spec.objectives[0].value", "spec.objectives[0].op"]
    plain["spec"]["objectives"][0] |= {"op": ">", "value": 1}
    assert verdict(plain) == ["spec.objectives[0].op"]
    del plain["spec"]["indicator"]
    plain["spec"]["indicatorRef"] = "other"
    assert verdict(plain) == []


def test_composite_objectives() -> None:
    own = {"target": 0.9, "indicatorRef": "a", "compositeWeight": 2}
    plain = changed("slo", "spec/objectives", [])
    plain["spec"]["objectives"] = [own, {"target": 0.9}]
    assert verdict(plain) == ["spec"]
    del plain["spec"]["indicator"]
    assert verdict(plain) == []
    own["compositeWeight"] = 0
    assert verdict(plain) == ["spec.objectives[0].compositeWeight"]
    own |= {"compositeWeight": 1, "indicator": {"metadata": {"name": "b"}, "spec": ratio_spec()}}
    assert verdict(plain) == ["spec.objectives[0]"]


PUBLISHED = sorted(STANDARDS.glob("*.yaml")) if STANDARDS.is_dir() else []
# These say `op` beside a ratio metric, which OpenSLO's own validator forbids.
FORBIDDEN_OP = {"slos.yaml", "example-timeslices-slo.yaml", "example-ratio-timeslices.yaml"}


@pytest.mark.skipif(not PUBLISHED, reason="needs ../shared/standards/openslo")
def test_every_published_document_is_read_and_judged_as_its_validator_judges_it() -> None:
    kinds = set()
    for path in PUBLISHED:
        for plain in read_documents(path.read_text()):
            document = decode_document(plain.value)
            kinds.add(document.kind)
            refused = [place for place, _ in openslo_violations(document)]
            expected = ["spec.objectives[0].op"] if path.name in FORBIDDEN_OP else []
            assert refused == expected, path.name
    assert len(kinds) == 7
