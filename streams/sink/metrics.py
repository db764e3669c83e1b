"""Metrics of sink."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class SinkMetrics:
    """What sink tells of itself on ``/metrics``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.messages = Counter(
            "tidewatch_sink_messages", "Messages stored, by topic.", ["topic"], registry=registry
        )
        self.rows = Counter(
            "tidewatch_sink_rows", "Rows inserted, copies included.", ["table"], registry=registry
        )
        self.inserts = Counter("tidewatch_sink_inserts", "Inserts.", ["table"], registry=registry)
        self.retries = Counter(
            "tidewatch_sink_retries",
            "Attempts that failed, by what failed.",
            ["what"],
            registry=registry,
        )
        self.dead_letters = Counter(
            "tidewatch_sink_dead_letters",
            "Messages refused.",
            ["topic", "reason"],
            registry=registry,
        )
        self.insert_seconds = Histogram(
            "tidewatch_sink_insert_seconds",
            "Time of an insert.",
            ["table"],
            buckets=(0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
            registry=registry,
        )
        self.lag = Gauge(
            "tidewatch_sink_lag_messages",
            "Messages not yet stored, by topic.",
            ["topic"],
            registry=registry,
        )
        self.store_available = Gauge(
            "tidewatch_sink_store_available",
            "Whether ClickHouse takes inserts.",
            registry=registry,
        )
        self.last_commit = Gauge(
            "tidewatch_sink_last_commit_timestamp_seconds",
            "When offsets were last committed.",
            registry=registry,
        )
