"""A message as the sink reads it, and why one is refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple, Protocol, TypeVar

import msgspec
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE
from confluent_kafka import Message as KafkaMessage

from schemas.dead_letters import DeadLetterReason
from schemas.decoding import bounded
from streams.kafka import headers_of


class _Versioned(Protocol):
    @property
    def schema_version(self) -> int: ...


T = TypeVar("T", bound=_Versioned)

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class _Version(msgspec.Struct):
    schema_version: int = 1


_version = bounded(msgspec.json.Decoder(_Version).decode)


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
            headers_of(message),
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


def decoded(message: Message, decode: Callable[[bytes], T], version: int) -> T:
    """The message's JSON value, refused when it is none, or of another version than ``version``."""
    if not message.value:
        raise RefusedError("empty", "the message has no value")
    try:
        value = decode(message.value)
    except msgspec.ValidationError as error:
        # What another version allows may be wrong in this one.
        check_version(_told_version(message.value, version), version)
        raise RefusedError("invalid", str(error)) from None
    except msgspec.DecodeError as error:
        raise RefusedError("not_json", str(error)) from None
    check_version(value.schema_version, version)
    return value


def _told_version(value: bytes, otherwise: int) -> int:
    try:
        return _version(value).schema_version
    except msgspec.DecodeError:
        return otherwise


def check_version(version: int, known: int) -> None:
    """Refuse a schema version that this release does not know."""
    if version != known:
        raise RefusedError(
            "unknown_schema_version",
            f"schema_version is {version}, this release knows {known}: upgrade the sink",
        )


def _bytes(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value
