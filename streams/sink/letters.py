"""Dead letters as rows. Nothing is refused here: there is nowhere else to go."""

from collections.abc import Sequence
from datetime import datetime

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
from streams.sink.message import Message, RefusedError, known_time
from streams.sink.target import COUNT, INT32, INT64, MOMENT, TEXT, TEXT_MAP, Row, Target

VALUE_CHARACTERS = 65_536
"""How much of a refused message is stored; the topic has all of it."""


def _rows(message: Message) -> Sequence[Row]:
    told = {name: _text(value) for name, value in message.headers if name in ORIGIN_HEADERS}
    value = message.value or b""
    topic, partition, offset = _origin(message, told)
    row = (
        topic,
        partition,
        offset,
        _time(message, told),
        told.get(HEADER_REASON, "invalid"),
        told.get(HEADER_DETAIL, "the message came to this topic without a reason"),
        None if message.key is None else _text(message.key),
        # A character is at most four bytes: cut first, a message may have megabytes.
        _text(value[: 4 * VALUE_CHARACTERS])[:VALUE_CHARACTERS],
        len(value),
        # Without what says where it came from; that it is not whole stays.
        {name: _text(v) for name, v in message.headers if name not in ORIGIN_HEADERS},
        message.received_at,
    )
    return (row,)


def _origin(message: Message, told: dict[str, str]) -> tuple[str, int, int]:
    """Where the message was read first; where it lies now when it does not say."""
    try:
        partition, offset = int(told[HEADER_PARTITION]), int(told[HEADER_OFFSET])
        if abs(partition) < 2**31 and abs(offset) < 2**63:
            return told[HEADER_TOPIC], partition, offset
    except (KeyError, ValueError):
        pass
    return message.topic, message.partition, message.offset


def _time(message: Message, told: dict[str, str]) -> datetime:
    try:
        time = datetime.fromisoformat(told[HEADER_TIME])
        return known_time("time", time) if time.tzinfo else message.received_at
    except (KeyError, ValueError, RefusedError):
        return message.received_at


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


DEAD_LETTERS_TARGET = Target(
    topic=DEAD_LETTERS,
    table="raw_dead_letters",
    columns={
        "topic": TEXT,
        "partition": INT32,
        "offset": INT64,
        "time": MOMENT,
        "reason": TEXT,
        "detail": TEXT,
        "key": TEXT,
        "value": TEXT,
        "value_bytes": COUNT,
        "headers": TEXT_MAP,
        "received_at": MOMENT,
    },
    rows=_rows,
    texts=("key", "value"),
)
