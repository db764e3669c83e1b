"""Metrics of watch."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class WatchMetrics:
    """What watch tells of itself on ``/metrics``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"tidewatch_watch_{name}", text, labels, registry=registry)

        self.batches = counter("pane_batches", "Messages of the panes topic applied.")
        self.panes = counter("panes", "Panes applied.")
        self.windows = counter("windows", "Windows published, newer versions of one included.")
        self.alerts = counter("alert_transitions", "Alert transitions published.", "state")
        self.late_events = counter("late_events", "Events later than every window that is kept.")
        self.overflowed = counter(
            "overflowed_segments", "Panes folded into __other__ for want of room.", "segmentation"
        )
        self.dead_letters = counter("dead_letters", "Pane batches that could not be read.")
        self.retries = counter("retries", "Attempts to publish that failed.")
        self.apply_seconds = Histogram(
            "tidewatch_watch_apply_seconds",
            "Time to merge a batch of panes and evaluate the monitors.",
            buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3),
            registry=registry,
        )
        self.complete_lag = Gauge(
            "tidewatch_watch_complete_lag_seconds",
            "How far the evaluated event time is behind the clock, by partition.",
            ["partition"],
            registry=registry,
        )
        self.undecided = Gauge(
            "tidewatch_watch_undecided_segments",
            "Segments a monitor has no verdict on: too few data, or no reference yet.",
            ["partition", "monitor"],
            registry=registry,
        )
        self.segments = Gauge(
            "tidewatch_watch_segments",
            "Segments kept, by partition.",
            ["partition"],
            registry=registry,
        )
