"""The changes that went live lately, for every worker: the whole topic, read from its start."""

import asyncio
from datetime import timedelta

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer

from schemas.changes import Change

log = structlog.get_logger(__name__)

_decoder = msgspec.json.Decoder(Change)

KEPT = timedelta(hours=6)
"""How far behind the newest change one is still kept."""


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
        return sorted(self._changes.values(), key=lambda change: change.time)

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
            async for message in consumer:
                self._take(message.value)
        finally:
            await consumer.stop()

    def _take(self, value: bytes | None) -> None:
        try:
            change = _decoder.decode(value or b"")
        except msgspec.DecodeError:
            return
        self._changes[change.change_id] = change
        newest = max(known.time for known in self._changes.values())
        self._changes = {
            key: known for key, known in self._changes.items() if known.time > newest - KEPT
        }
