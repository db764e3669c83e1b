"""Metrics of feedback."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class FeedbackMetrics:
    """What joining feedback to events tells of itself on ``/metrics``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.messages = Counter(
            "tidewatch_score_feedback",
            "Feedback by what came of it: folded, copy, unmatched (no such event) or refused.",
            ["outcome"],
            registry=registry,
        )
        self.retries = Counter(
            "tidewatch_score_feedback_retries", "Attempts that failed.", registry=registry
        )
        self.waiting = Gauge(
            "tidewatch_score_feedback_waiting",
            "Feedback taken whose event is not stored yet.",
            registry=registry,
        )
