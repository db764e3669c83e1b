"""Messages to events: the good ones decoded, the bad ones with their reason."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import polars as pl
from confluent_kafka import Message
from msgspec import Struct
from msgspec.structs import replace

from detectors.watching.wording import duration
from schemas.dead_letters import DeadLetter, DeadLetterReason
from schemas.events import InferenceEvent
from schemas.wire import EventDecoder, native
from schemas.wire.errors import WireError
from streams.kafka import headers_of

Redact = Callable[[pl.Series], pl.Series]


class Received(Struct, frozen=True, gc=False):
    """A message of the inference topic, its librdkafka handle let go."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]

    @classmethod
    def of(cls, message: Message) -> "Received":
        """What the client handed over."""
        key, value = message.key(), message.value()
        return cls(
            message.topic() or "",
            message.partition() or 0,
            message.offset() or 0,
            key.encode() if isinstance(key, str) else key,
            value.encode() if isinstance(value, str) else value,
            headers_of(message),
        )

    @property
    def size(self) -> int:
        """Bytes of its value."""
        return len(self.value or b"")


class Arrival(Struct, frozen=True, gc=False):
    """A good event and where it came from. ``time`` is in seconds since the epoch."""

    event: InferenceEvent
    partition: int
    offset: int
    time: float


class Intake:
    """Takes messages of the inference topic apart.

    Parameters
    ----------
    decoders
        Wire formats by content type.
    max_event_bytes
        A larger message is refused.
    future_seconds, past_seconds
        An event further than this from the clock is refused.
    redact
        Takes personal data out of what is told of a refused message: it may quote a value.
    """

    def __init__(
        self,
        decoders: Mapping[str, EventDecoder],
        *,
        max_event_bytes: int,
        future_seconds: float,
        past_seconds: float,
        redact: Redact | None = None,
    ) -> None:
        self._decoders = decoders
        self._max_event_bytes = max_event_bytes
        self._future_seconds = future_seconds
        self._past_seconds = past_seconds
        self._redact = redact

    def take(
        self, messages: Sequence[Received], now: float
    ) -> tuple[list[Arrival], list[DeadLetter]]:
        """Good events and dead letters of messages, in their order; ``now`` in epoch seconds."""
        arrivals: list[Arrival] = []
        letters: list[DeadLetter] = []
        earliest, latest = now - self._past_seconds, now + self._future_seconds
        for message in messages:
            value = message.value or b""
            try:
                if len(value) > self._max_event_bytes:
                    raise WireError(
                        "too_large",
                        f"{len(value)} bytes; score.max_event_bytes is {self._max_event_bytes}",
                    )
                decode = self._decoder(message.headers) if message.headers else native.decode_event
                event = _decoded(decode, value)
                time = event.time.timestamp()
                if not earliest <= time <= latest:
                    raise self._out_of_range(event)
            except WireError as error:
                letters.append(dead_letter(message, error.reason, str(error), now))
            else:
                arrivals.append(Arrival(event, message.partition, message.offset, time))
        if letters and self._redact is not None:
            details = self._redact(
                pl.Series([letter.detail for letter in letters], dtype=pl.String)
            )
            letters = [
                replace(letter, detail=detail)
                for letter, detail in zip(letters, details, strict=True)
            ]
        return arrivals, letters

    def _decoder(self, headers: Sequence[tuple[str, bytes | None]]) -> EventDecoder:
        for name, content_type in headers:
            if name == "content-type":
                text = (content_type or b"").decode("utf-8", "replace").partition(";")[0].strip()
                if text not in self._decoders:
                    known = ", ".join(sorted(self._decoders))
                    raise WireError("invalid", f"content-type {text!r} is not known ({known})")
                return self._decoders[text]
        return native.decode_event

    def _out_of_range(self, event: InferenceEvent) -> WireError:
        return WireError(
            "time_out_of_range",
            f"time is {event.time.isoformat()}; accepted from {duration(self._past_seconds)} "
            f"before the clock to {duration(self._future_seconds)} after it",
        )


def _decoded(decode: EventDecoder, value: bytes) -> InferenceEvent:
    try:
        return decode(value)
    except WireError:
        raise
    except Exception as error:
        # A decoder that did not expect this: one such message must not stop the rest. What the
        # exception says may quote the message.
        raise WireError(
            "invalid", f"{type(error).__name__} in the decoder {decode.__module__}"
        ) from error


def dead_letter(message: Received, reason: DeadLetterReason, detail: str, now: float) -> DeadLetter:
    """The dead letter of a message refused at ``now`` (epoch seconds)."""
    return DeadLetter(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        time=datetime.fromtimestamp(now, UTC),
        reason=reason,
        detail=detail,
        key=message.key,
        value=message.value,
        headers=tuple(message.headers),
    )
