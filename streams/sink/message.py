"""A message as the sink reads it, and why one is refused."""

from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

import msgspec
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE
from confluent_kafka import Message as KafkaMessage

from schemas.dead_letters import DeadLetterReason

T = TypeVar("T")

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class RefusedError(ValueError):
    """The message cannot be stored; it belongs on the dead-letter topic."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(detail)
        self.reason: DeadLetterReason = reason


class Message(NamedTuple):
    """A message with the handle of the Kafka client let go. ``received_at``: when Kafka took it."""

    topic: str
    partition: int
    offset: int
    received_at: datetime
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()

    @classmethod
    def of(cls, message: KafkaMessage) -> "Message":
        """What the client handed over."""
        kind, milliseconds = message.timestamp()
        return cls(
            message.topic() or "",
            message.partition() or 0,
            message.offset() or 0,
            datetime.fromtimestamp(
                0 if kind == TIMESTAMP_NOT_AVAILABLE else max(0, milliseconds) / 1000, UTC
            ),
            _bytes(message.key()),
            _bytes(message.value()),
            tuple(message.headers() or ()),  # type: ignore[arg-type]
        )

    @property
    def size(self) -> int:
        """Bytes the message holds on to, about."""
        return len(self.value or b"") + 500


def known_time(name: str, time: datetime) -> datetime:
    """The time, refused when no column can hold it (1970 to 2100)."""
    if not _EARLIEST <= time < _LATEST:
        raise RefusedError(
            "time_out_of_range", f"{name} is {time.isoformat()}; accepted from 1970 to 2100"
        )
    return time


def decoded(message: Message, decoder: msgspec.json.Decoder[T]) -> T:
    """The message's JSON value, refused when it is none or breaks its contract."""
    if not message.value:
        raise RefusedError("empty", "the message has no value")
    try:
        return decoder.decode(message.value)
    except msgspec.ValidationError as error:
        raise RefusedError("invalid", str(error)) from None
    except msgspec.DecodeError as error:
        raise RefusedError("not_json", str(error)) from None
    except UnicodeDecodeError as error:
        raise RefusedError("not_json", f"not UTF-8: {error.reason}") from None


def check_version(version: int, known: int) -> None:
    """Refuse a schema version that this release does not know."""
    if version != known:
        raise RefusedError(
            "unknown_schema_version",
            f"schema_version is {version}, this release knows {known}: upgrade the sink",
        )


def _bytes(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value
