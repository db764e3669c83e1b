"""Tidewatch's Kafka topics: names, keys and what they are kept for."""

from typing import Literal

from msgspec import Struct

DAY_MS = 24 * 3600 * 1000


class Topic(Struct, frozen=True, kw_only=True):
    """A topic as ``tidewatch up`` and ``tidewatch migrate`` create it.

    ``partitions`` of ``None`` means the configured number. ``retention_ms`` of ``None`` means kept
    for ever (compacted topics keep the last message of a key).
    """

    name: str
    key: str
    holds: str
    cleanup: Literal["delete", "compact", "compact,delete"] = "delete"
    retention_ms: int | None = 7 * DAY_MS
    partitions: int | None = None


INFERENCE = Topic(name="inference", key="event_id or trace_id", holds="inference events, JSON")
FEEDBACK = Topic(name="feedback", key="event_id", holds="feedback, JSON", retention_ms=30 * DAY_MS)
CHANGES = Topic(
    name="changes", key="change_id", holds="changes, JSON", retention_ms=90 * DAY_MS, partitions=1
)
RECENT_IDS = Topic(
    name="recent-ids",
    key="none (partitioned as inference)",
    holds="hashes of the event ids of each commit, 8 bytes each",
    retention_ms=3600 * 1000,
)
PANES = Topic(name="panes", key="none", holds="pane batches, MessagePack", retention_ms=2 * DAY_MS)
WINDOWS = Topic(name="windows", key="resolution|start|segment", holds="closed windows, MessagePack")
ALERTS = Topic(
    name="alerts",
    key="fingerprint",
    holds="alert transitions, JSON",
    cleanup="compact,delete",
    retention_ms=90 * DAY_MS,
    partitions=1,
)
DELIVERIES = Topic(
    name="deliveries",
    key="fingerprint|receiver",
    holds="what each receiver was last told, JSON",
    cleanup="compact,delete",
    retention_ms=90 * DAY_MS,
    partitions=1,
)
DEAD_LETTERS = Topic(
    name="dead-letters", key="as it was", holds="refused messages", retention_ms=30 * DAY_MS
)
AUDIT = Topic(
    name="audit",
    key="kind|process|subject",
    holds="who changed what, JSON",
    cleanup="compact",
    retention_ms=None,
    partitions=1,
)

ALL_TOPICS = (
    INFERENCE,
    FEEDBACK,
    CHANGES,
    RECENT_IDS,
    PANES,
    WINDOWS,
    ALERTS,
    DELIVERIES,
    DEAD_LETTERS,
    AUDIT,
)
