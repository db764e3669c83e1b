"""Messages that must be refused: every kind of rubbish, each with the reason it must get."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from msgspec import Raw

from schemas.dead_letters import DeadLetterReason
from schemas.topics import INFERENCE
from streams.replay.outgoing import Outgoing

Fields = dict[str, object]

_encode = msgspec.json.encode


def _truncated(event: bytes, rng: random.Random) -> bytes:
    return event[: rng.randint(1, len(event) - 1)]


def _plain_text(_event: bytes, rng: random.Random) -> bytes:
    return rng.choice((b"hello", b"<event/>", b"event_id=1", b"{'event_id': 'x'}"))


def _binary(_event: bytes, rng: random.Random) -> bytes:
    return b"\x00" + rng.randbytes(rng.randint(8, 400))


def _not_an_object(_event: bytes, rng: random.Random) -> bytes:
    return rng.choice((b"null", b"[]", b"17", b'"event"'))


def _changed(**changes: object) -> Callable[[bytes, random.Random], bytes]:
    def make(event: bytes, _rng: random.Random) -> bytes:
        fields = msgspec.json.decode(event, type=dict[str, Raw])
        return _encode(fields | changes)

    return make


def _missing(name: str) -> Callable[[bytes, random.Random], bytes]:
    def make(event: bytes, _rng: random.Random) -> bytes:
        fields = msgspec.json.decode(event, type=dict[str, Raw])
        del fields[name]
        return _encode(fields)

    return make


def _empty(_event: bytes, _rng: random.Random) -> bytes:
    return b""


_KINDS: dict[str, tuple[DeadLetterReason, Callable[[bytes, random.Random], bytes]]] = {
    "truncated": ("not_json", _truncated),
    "plain_text": ("not_json", _plain_text),
    "binary": ("not_json", _binary),
    "not_an_object": ("invalid", _not_an_object),
    "latency_is_text": ("invalid", _changed(latency_seconds="fast")),
    "negative_tokens": ("invalid", _changed(usage_input_tokens=-5)),
    "unknown_status": ("invalid", _changed(status="maybe")),
    "time_without_offset": ("invalid", _changed(time="2026-01-05T12:00:00")),
    "empty_event_id": ("invalid", _changed(event_id="")),
    "no_service_name": ("invalid", _missing("service_name")),
    "no_time": ("invalid", _missing("time")),
    "future_version": ("unknown_schema_version", _changed(schema_version=99)),
    "version_zero": ("unknown_schema_version", _changed(schema_version=0)),
    "year_1970": ("time_out_of_range", _changed(time=datetime(1970, 1, 1, tzinfo=UTC))),
    "year_2200": ("time_out_of_range", _changed(time=datetime(2200, 1, 1, tzinfo=UTC))),
    "empty": ("empty", _empty),
}


class Rubbish:
    """Makes bad messages out of good ones.

    Every bad message has a key of its own, ``bad-<seed>-<number>``, by which it is found again.

    Parameters
    ----------
    seed
        Decides kinds and contents.
    too_large_bytes
        Size of the messages that are too large: more than ``score.max_event_bytes``.
    """

    def __init__(self, seed: int = 1, too_large_bytes: int = 1024**2 + 1024) -> None:
        self._rng = random.Random(seed)
        self._seed = seed
        self._too_large_bytes = too_large_bytes
        self._kinds = [*_KINDS, "too_large"]
        self.made = 0

    def make(self, good: Outgoing) -> Outgoing:
        """A bad message at the time of a good one, the kinds taking turns."""
        kind = self._kinds[self.made % len(self._kinds)]
        name = f"bad-{self._seed}-{self.made}"
        self.made += 1
        event = _changed(event_id=name)(good.value, self._rng)
        reason: DeadLetterReason
        if kind == "too_large":
            reason, value = "too_large", self._padded(event)
        else:
            reason, make = _KINDS[kind]
            value = make(event, self._rng)
        return Outgoing(
            topic=INFERENCE,
            key=name.encode(),
            value=value,
            time=good.time,
            due=good.due,
            reason=reason,
            rubbish=kind,
        )

    def _padded(self, event: bytes) -> bytes:
        filler = "too much " * (self._too_large_bytes // 9 + 1)
        return _changed(response=filler)(event, self._rng)
