"""Metrics of score."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class ScoreMetrics:
    """What score tells of itself on ``/metrics``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.events = Counter("tidewatch_score_events", "Events scored.", registry=registry)
        self.bytes = Counter("tidewatch_score_bytes", "Bytes of messages taken.", registry=registry)
        self.duplicates = Counter(
            "tidewatch_score_duplicates", "Copies of recent events, dropped.", registry=registry
        )
        self.dead_letters = Counter(
            "tidewatch_score_dead_letters", "Messages refused.", ["reason"], registry=registry
        )
        self.detector_failures = Counter(
            "tidewatch_score_detector_failures",
            "Batches in which a detector failed and its signals are absent.",
            ["detector"],
            registry=registry,
        )
        self.retries = Counter(
            "tidewatch_score_retries",
            "Attempts that failed, by what failed.",
            ["what"],
            registry=registry,
        )
        self.stage_seconds = Histogram(
            "tidewatch_score_stage_seconds",
            "Time of a batch by stage.",
            ["stage"],
            buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
            registry=registry,
        )
        self.lag = Gauge(
            "tidewatch_score_lag_messages",
            "Messages of the inference topic not yet scored, by partition.",
            ["partition"],
            registry=registry,
        )
        self.clock_skew = Gauge(
            "tidewatch_score_clock_skew_seconds",
            "How far the newest event of the last batch is ahead of this clock (negative: behind).",
            registry=registry,
        )
        self.store_available = Gauge(
            "tidewatch_score_store_available",
            "Whether ClickHouse takes inserts.",
            registry=registry,
        )
        self.last_commit = Gauge(
            "tidewatch_score_last_commit_timestamp_seconds",
            "When the last commit was.",
            registry=registry,
        )

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage of a batch."""
        started = perf_counter()
        try:
            yield
        finally:
            self.stage_seconds.labels(name).observe(perf_counter() - started)
