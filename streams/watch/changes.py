"""The changes that went live lately, for every worker: the whole topic, read from its start."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition

from schemas.changes import Change, decode_change
from streams.kafka import may_pass
from streams.notify.log_reader import READER_GROUP
from streams.unreadable import Unreadable, cannot_be_unfolded

log = structlog.get_logger(__name__)

KEPT = timedelta(days=92)
"""How far behind the newest change one is still kept: as far back as references reach, which may
begin anew with a change."""

AHEAD = timedelta(minutes=5)
"""A change further ahead of the clock is passed over: it would make all others old."""

MOST = 5_000
"""Changes kept: the newest to come."""

_ANSWER_SECONDS, _POLL_SECONDS, _AT_ONCE = 10.0, 0.5, 500
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Whoever reports changes cannot make alerts too large to send.
_DESCRIPTION, _LINK, _DIMENSIONS = 500, 2_000, 32


class RecentChanges:
    """Follows the changes topic.

    Parameters
    ----------
    topic
        Its name.
    client
        librdkafka's configuration: how to reach Kafka.
    """

    def __init__(self, topic: str, client: dict[str, object]) -> None:
        self._topic = topic
        self._client = client
        self._changes: dict[str, Change] = {}
        self._taken = 0
        self._told: tuple[int, list[Change]] = (0, [])

    def __call__(self) -> list[Change]:
        """The changes known, oldest first; the same list until there is another."""
        taken, told = self._taken, self._told
        if told[0] != taken:
            known = list(self._changes.values())  # at once: another thread adds to them
            newest = max((change.time for change in known), default=_EARLIEST)
            recent = (change for change in known if change.time > newest - KEPT)
            told = self._told = taken, sorted(recent, key=lambda change: change.time)
        return told[1]

    async def follow(self) -> None:
        """Read the topic for ever. Whatever fails is tried again; a bad change is passed over here.

        (The sink reads the topic too, and puts a bad change among the dead letters.)
        """
        stop = threading.Event()
        try:
            while True:
                try:
                    await asyncio.to_thread(self._read, stop)
                except Exception as error:
                    # Alerts go out without the changes before them rather than not at all.
                    log.warning("changes_unavailable", error=repr(error))
                    await asyncio.sleep(2)
        finally:
            stop.set()

    def _read(self, stop: threading.Event) -> None:
        # Not aiokafka: it unfolds whatever is sent, and never gets past a header's odd name.
        consumer = Consumer(
            self._client
            | {
                "group.id": READER_GROUP,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
            }
        )
        unreadable = Unreadable()
        try:
            found = consumer.list_topics(self._topic, _ANSWER_SECONDS).topics[self._topic]
            if found.error is not None:
                raise KafkaException(found.error)
            consumer.assign(
                [TopicPartition(self._topic, p, OFFSET_BEGINNING) for p in found.partitions]
            )
            while not stop.is_set():
                for message in consumer.consume(_AT_ONCE, _POLL_SECONDS):
                    error = message.error()
                    if error is None:
                        self._take(message.value())
                    elif cannot_be_unfolded(error):
                        unreadable.pass_over(consumer, message)
                    elif not may_pass(error):
                        raise KafkaException(error)
        finally:
            consumer.close()

    def _take(self, value: bytes | None) -> None:
        try:
            change = decode_change(value or b"")
        except msgspec.DecodeError:
            return
        if not _EARLIEST < change.time < datetime.now(UTC) + AHEAD:
            return
        if len(change.segment) > _DIMENSIONS:
            return
        self._changes[change.change_id] = msgspec.structs.replace(
            change,
            description=change.description[:_DESCRIPTION],
            link=change.link if len(change.link) <= _LINK else "",
        )
        if len(self._changes) > MOST:
            del self._changes[next(iter(self._changes))]
        self._taken += 1
