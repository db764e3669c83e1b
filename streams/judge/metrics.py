"""Prometheus metrics of ``judge``."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class JudgeMetrics:
    """The metrics, in ``registry``; make one a registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.events = Counter("tidewatch_judge_events", "Events looked at.", registry=registry)
        self.verdicts = Counter(
            "tidewatch_judge_verdicts",
            "Sampled events by outcome: scored, or why not.",
            ["outcome"],
            registry=registry,
        )
        self.calls = Counter(
            "tidewatch_judge_calls", "Calls of the judge, repeated ones too.", registry=registry
        )
        self.seconds = Histogram(
            "tidewatch_judge_seconds",
            "Time until a sampled event was judged, with all attempts.",
            buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
            registry=registry,
        )
        self.budget = Gauge(
            "tidewatch_judge_budget_calls", "Calls that may be made now.", registry=registry
        )
