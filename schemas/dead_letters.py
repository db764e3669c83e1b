"""A message that could not be taken, kept whole with the reason.

On the dead-letter topic the original key, value and headers stay as they were; the reason and the
origin travel in headers, so that a replay after a fix is a plain copy.
"""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

DeadLetterReason = Literal[
    "not_json",
    "invalid",
    "unknown_schema_version",
    "too_large",
    "time_out_of_range",
    "empty",
    "unreadable_pane",
]

HEADER_REASON: Final = "tidewatch-reason"
HEADER_DETAIL: Final = "tidewatch-detail"
HEADER_TOPIC: Final = "tidewatch-topic"
HEADER_PARTITION: Final = "tidewatch-partition"
HEADER_OFFSET: Final = "tidewatch-offset"
HEADER_TIME: Final = "tidewatch-time"
ORIGIN_HEADERS: Final = (
    HEADER_REASON,
    HEADER_DETAIL,
    HEADER_TOPIC,
    HEADER_PARTITION,
    HEADER_OFFSET,
    HEADER_TIME,
)


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A refused message. ``topic``, ``partition`` and ``offset`` are its identity."""

    topic: str
    partition: int
    offset: int
    time: datetime
    reason: DeadLetterReason
    detail: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()

    def all_headers(self) -> list[tuple[str, bytes | None]]:
        """Headers for the dead-letter topic: the original ones, then reason and origin."""
        return [
            *self.headers,
            (HEADER_REASON, self.reason.encode()),
            (HEADER_DETAIL, self.detail.encode(errors="replace")),
            (HEADER_TOPIC, self.topic.encode()),
            (HEADER_PARTITION, str(self.partition).encode()),
            (HEADER_OFFSET, str(self.offset).encode()),
            (HEADER_TIME, self.time.isoformat().encode()),
        ]
