"""Answers to the same request, paired from stored events."""

import time

from clickhouse_connect.driver.client import Client

from detectors.comparing.paired import Pairs
from schemas.monitors.compared import ComparedMetric, ComparisonRules
from schemas.monitors.resolved import ComparisonMonitor
from schemas.signals import Signal
from streams.comparing.pairs import read_pairs
from streams.store.signals import ensure_signal_columns

NOW = int(time.time())
MONITOR = ComparisonMonitor(
    name="shadow",
    segmentation=("release_role", "service_name", "use_case"),
    segment={"service_name": "shop"},
    baseline={"release_role": "stable"},
    candidate={"release_role": "shadow"},
    severity="page",
    rules=ComparisonRules(
        metrics=(
            ComparedMetric(signal="error", statistic="rate", margin=0.02, higher_is_worse=True),
            ComparedMetric(signal="latency", statistic="mean", margin=0.3, higher_is_worse=True),
            ComparedMetric(signal="latency", statistic="p95", margin=0.3, higher_is_worse=True),
        ),
        same_requests=True,
    ),
)
SHADOW = {"release_role": "shadow", "service_name": "shop", "use_case": "it's {a:Int64}"}


SIGNALS = [
    Signal(name="error", kind="flag", description="Error."),
    Signal(name="latency", kind="amount", unit="s", description="Latency."),
]


def test_pairs_are_answers_to_the_same_in_one_trace(database: Client) -> None:
    assert read_pairs(database, MONITOR, SHADOW, begin=NOW - 3600, end=NOW) == {}
    ensure_signal_columns(database, SIGNALS)

    def add(trace: str, role: str, prompt: str | None, error: bool, latency: float | None) -> None:
        database.command(
            "INSERT INTO raw_events (event_id, time, service_name, use_case, release_role, "
            "trace_id, prompt, error, latency, scored_at) SELECT generateUUIDv4(), "
            "now64(6) - INTERVAL 1 MINUTE, 'shop', {use:String}, {role:String}, {trace:String}, "
            "{prompt:Nullable(String)}, {error:Bool}, {latency:Nullable(Float64)}, now64(3)",
            parameters={
                "use": SHADOW["use_case"],
                "role": role,
                "trace": trace,
                "prompt": prompt,
                "error": error,
                "latency": latency,
            },
        )

    for trace, prompt in (("a", "one"), ("a", "two"), ("b", None)):
        add(trace, "stable", prompt, False, 2.0)
        add(trace, "shadow", prompt, prompt == "two", 3.0)
    add("c", "stable", "alone", True, 9.0)
    add("d", "shadow", "alone", True, 9.0)
    for role in ("stable", "stable", "shadow"):
        add("e", role, "asked twice", True, 9.0)
    add("f", "stable", "no latency", True, 9.0)
    add("f", "shadow", "no latency", True, None)
    for role in ("stable", "shadow"):
        add("", role, "no trace", True, 9.0)

    found = read_pairs(database, MONITOR, SHADOW, begin=NOW - 3600, end=NOW + 3600)

    assert found == {
        "error": Pairs(4, 1, 2, 1, 2, 1),
        "latency": Pairs(3, 6, 9, 12, 27, 18),
    }
    other = {**SHADOW, "use_case": "another"}
    assert read_pairs(database, MONITOR, other, begin=NOW - 3600, end=NOW)["error"] == Pairs()
