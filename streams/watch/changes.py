"""The changes that went live lately, for every worker: the whole topic, read from its start."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import CorruptRecordException

from schemas.changes import Change, decode_change

log = structlog.get_logger(__name__)

KEPT = timedelta(hours=6)
"""How far behind the newest change one is still kept."""

AHEAD = timedelta(minutes=5)
"""A change further ahead of the clock is passed over: it would make all others old."""

MOST = 5_000
"""Changes kept: the newest to come."""

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
# Whoever reports changes cannot make alerts too large to send.
_DESCRIPTION, _LINK, _DIMENSIONS = 500, 2_000, 32


class RecentChanges:
    """Follows the changes topic.

    Parameters
    ----------
    topic
        Its name.
    client
        Keyword arguments of ``AIOKafkaConsumer``: how to reach Kafka.
    """

    def __init__(self, topic: str, client: dict[str, object]) -> None:
        self._topic = topic
        self._client = client
        self._changes: dict[str, Change] = {}

    def __call__(self) -> list[Change]:
        """The changes known, oldest first."""
        newest = max((change.time for change in self._changes.values()), default=_NEVER)
        recent = (each for each in self._changes.values() if each.time > newest - KEPT)
        return sorted(recent, key=lambda change: change.time)

    async def follow(self) -> None:
        """Read the topic for ever. Whatever fails is tried again; a bad change is passed over here.

        (The sink reads the topic too, and puts a bad change among the dead letters.)
        """
        while True:
            try:
                await self._read()
            except Exception as error:
                # Alerts go out without the changes before them rather than not at all.
                log.warning("changes_unavailable", error=repr(error))
                await asyncio.sleep(2)

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            self._topic,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            **self._client,
        )
        try:
            await consumer.start()
            while True:
                try:
                    message = await consumer.getone()
                except (CorruptRecordException, UnicodeDecodeError):
                    # A header's name that is no UTF-8, say: nothing would get past it.
                    await _pass_over(consumer)
                else:
                    self._take(message.value)
        finally:
            await consumer.stop()

    def _take(self, value: bytes | None) -> None:
        try:
            change = decode_change(value or b"")
        except msgspec.DecodeError:
            return
        if change.time > datetime.now(UTC) + AHEAD or len(change.segment) > _DIMENSIONS:
            return
        self._changes[change.change_id] = msgspec.structs.replace(
            change,
            description=change.description[:_DESCRIPTION],
            link=change.link if len(change.link) <= _LINK else "",
        )
        if len(self._changes) > MOST:
            del self._changes[next(iter(self._changes))]


async def _pass_over(consumer: AIOKafkaConsumer) -> None:
    """Go on behind the record that cannot be read."""
    for tp in consumer.assignment():
        consumer.seek(tp, await consumer.position(tp) + 1)
