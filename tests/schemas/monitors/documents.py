"""Valid documents of every kind, for tests to copy and break."""

import copy
from typing import Any

Plain = dict[str, Any]


def query(text: str, source: str = "tidewatch") -> Plain:
    return {"metricSource": {"type": source, "spec": {"query": text}}}


def ratio_spec(source: str = "tidewatch") -> Plain:
    return {
        "description": "Share of good events.",
        "ratioMetric": {
            "counter": True,
            "good": query("latency < 4s", source),
            "total": query("*", source),
        },
    }


def threshold_spec() -> Plain:
    metric = {"metricSource": {"type": "tidewatch", "spec": {"signal": "latency"}}}
    return {"thresholdMetric": metric}


def document(kind: str, name: str, spec: Plain, version: str = "openslo/v1") -> Plain:
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "labels": {"team": ["a", "b"], "env": "prod"}},
        "spec": spec,
    }


CONDITION: Plain = {
    "severity": "page",
    "condition": {
        "kind": "burnrate",
        "op": "gt",
        "threshold": 6,
        "lookbackWindow": "6h",
        "alertAfter": "5m",
    },
}
POLICY: Plain = {
    "alertWhenBreaching": True,
    "conditions": [{"conditionRef": "burns"}],
    "notificationTargets": [{"targetRef": "on-call"}],
}
SLO_SPEC: Plain = {
    "description": "Fast enough.",
    "service": "shop",
    "indicator": {"metadata": {"name": "fast"}, "spec": ratio_spec()},
    "timeWindow": [{"duration": "4w", "isRolling": True}],
    "budgetingMethod": "Occurrences",
    "objectives": [{"displayName": "Good", "target": 0.99}],
    "alertPolicies": [{"alertPolicyRef": "burning"}],
}
THRESHOLD: Plain = {
    "signal": "latency",
    "statistic": "p95",
    "window": "5m",
    "service": "shop",
    "by": ["request_model"],
    "upper": "4s",
    "resolveUpper": 3,
    "for": "1m",
    "minimumEvents": 10,
    "severity": "ticket",
    "receivers": ["console"],
}
NO_DATA: Plain = {"service": "shop", "for": "10m", "severity": "page"}

FOLDER: dict[str, Plain] = {
    "slo": document("SLO", "shop-latency", SLO_SPEC),
    "sli": document("SLI", "other", ratio_spec()),
    "service": document("Service", "shop", {"description": "A shop."}),
    "source": document("DataSource", "here", {"type": "tidewatch", "connectionDetails": {}}),
    "policy": document("AlertPolicy", "burning", POLICY),
    "condition": document("AlertCondition", "burns", CONDITION),
    "target": document("AlertNotificationTarget", "on-call", {"target": "console"}),
    "threshold": document("ThresholdMonitor", "slow", THRESHOLD, "tidewatch/v1"),
    "silence": document("NoDataMonitor", "silent", NO_DATA, "tidewatch/v1"),
    "receiver": document("Receiver", "console", {"type": "console"}, "tidewatch/v1"),
}
"""One valid document of every kind; together a folder without problems."""

MISSING = object()
"""As a value for :func:`changed`: the field is taken away."""


def changed(name: str, path: str, value: Any) -> Plain:
    """A copy of a document of ``FOLDER`` with one field replaced or taken away."""
    result = copy.deepcopy(FOLDER[name])
    place: Any = result
    *steps, last = [int(s) if s.isdigit() else s for s in path.split("/")]
    for step in steps:
        place = place[step]
    if value is MISSING:
        del place[last]
    else:
        place[last] = copy.deepcopy(value)
    return result
