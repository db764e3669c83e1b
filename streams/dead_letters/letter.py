"""A dead letter as it lies on its topic."""

from collections.abc import Iterator
from datetime import UTC, datetime

from confluent_kafka import Message
from msgspec import Struct

from schemas.dead_letters import (
    HEADER_DETAIL,
    HEADER_OFFSET,
    HEADER_PARTITION,
    HEADER_REASON,
    HEADER_TIME,
    HEADER_TOPIC,
    ORIGIN_HEADERS,
)
from schemas.topics import DEAD_LETTERS
from streams.dead_letters.fitting import HEADER_CUT
from streams.kafka import client_config, headers_of, topic_name
from streams.notify.log_reader import read_to_end
from streams.settings import KafkaSettings

_OURS = (*ORIGIN_HEADERS, HEADER_CUT)

UNKNOWN = "unknown"
"""Reason of a message that came to the topic without one."""


class Letter(Struct, frozen=True, kw_only=True):
    """A refused message: where it lies, where it came from, and what it is.

    ``position`` is partition and offset on the dead-letter topic. ``topic`` is empty when the
    message does not say where it came from; ``partition`` and ``offset`` are -1 then. ``cut``: it
    was too large to be kept whole.
    """

    position: tuple[int, int]
    reason: str
    detail: str
    topic: str
    partition: int
    offset: int
    time: datetime
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    cut: bool = False

    @classmethod
    def of(cls, message: Message) -> "Letter":
        """Read a message of the dead-letter topic; headers that make no sense count as absent."""
        headers = headers_of(message)
        told = {name: (value or b"").decode(errors="replace") for name, value in headers}
        return cls(
            position=(message.partition() or 0, message.offset() or 0),
            reason=told.get(HEADER_REASON) or UNKNOWN,
            detail=told.get(HEADER_DETAIL, ""),
            topic=told.get(HEADER_TOPIC, ""),
            partition=_number(told.get(HEADER_PARTITION, "")),
            offset=_number(told.get(HEADER_OFFSET, "")),
            time=_time(told.get(HEADER_TIME, ""), message),
            key=message.key(),
            value=message.value(),
            headers=tuple(header for header in headers if header[0] not in _OURS),
            cut=HEADER_CUT in told,
        )


def read_letters(settings: KafkaSettings) -> Iterator[Letter]:
    """All dead letters that Kafka holds now.

    Raises ``KafkaException`` when Kafka cannot be asked or has no such topic.
    """
    topic = topic_name(settings, DEAD_LETTERS)
    for message in read_to_end(client_config(settings), topic, cancelled=lambda: False):
        yield Letter.of(message)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return -1


def _time(text: str, message: Message) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = datetime.min
    if time.tzinfo is None:
        _, milliseconds = message.timestamp()
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    return time
