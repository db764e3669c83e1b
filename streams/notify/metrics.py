"""Prometheus metrics of ``notify``."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_LATENCY_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)


class NotifyMetrics:
    """The metrics, in ``registry``; make one a registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.attempts = Counter(
            "tidewatch_notify_deliveries",
            "Attempts to tell a receiver of a transition, by outcome.",
            ["receiver", "outcome"],
            registry=registry,
        )
        self.resends = Counter(
            "tidewatch_notify_resends",
            "Repetitions for receivers that forget alerts, by outcome.",
            ["receiver", "outcome"],
            registry=registry,
        )
        self.latency = Histogram(
            "tidewatch_notify_latency_seconds",
            "From an alert's transition until the receiver was told.",
            ["receiver"],
            buckets=_LATENCY_BUCKETS,
            registry=registry,
        )
        self.waiting = Gauge(
            "tidewatch_notify_waiting",
            "Notifications that the receiver has not got yet.",
            ["receiver"],
            registry=registry,
        )
        self.active = Gauge(
            "tidewatch_notify_active",
            "1 when this process delivers, 0 when it stands by or catches up.",
            registry=registry,
        )
        self.unreadable = Counter(
            "tidewatch_notify_unreadable",
            "Messages that could not be read and were passed over.",
            ["topic"],
            registry=registry,
        )
        self.unrecorded = Counter(
            "tidewatch_notify_unrecorded",
            "Deliveries that Kafka did not take; a restart may repeat them.",
            registry=registry,
        )
