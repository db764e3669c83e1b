"""The state's changelog: written step by step, and by its owner alone."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from time import monotonic
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

from streams.kafka import KafkaAway

log = structlog.get_logger(__name__)

# A step in one batch is one round trip; a batch may not be larger than the topic's messages.
_BATCH_BYTES = 1024**2
_RETRY_SECONDS = 0.5
_CLOSE_SECONDS = 3.0
_NO_RECORD = b"~"
_FORBIDDEN = (TopicAuthorizationFailedError, TransactionalIdAuthorizationFailed)


class PartitionMovedError(RuntimeError):
    """The partition went while its batch was being applied: the next owner applies it."""


class _Writer:
    """The one that may write a partition's changelog, as long as nobody has come after it."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, partition: int) -> None:
        self.lock = asyncio.Lock()
        self.refused_at: float | None = None
        self._producer = producer
        self._topic = topic
        self._partition = partition

    async def write(self, puts: Mapping[bytes, bytes | None]) -> int:
        """All of it or nothing; gives the last record's offset. Raises ``KafkaError``."""
        producer = self._producer
        await producer.begin_transaction()
        sent = [
            await producer.send(self._topic, value, key, partition=self._partition)
            for key, value in puts.items()
        ]
        # One that failed would not keep the rest from being committed.
        records = await asyncio.gather(*sent)
        await producer.commit_transaction()
        return int(records[-1].offset)

    async def stop(self) -> None:
        """Ends once Kafka has taken or refused what is under way."""
        # Stopped in the middle of a commit, the client would never say how that ended.
        async with self.lock:
            await self._producer.stop()


class State:
    """A Faust table whose changelog is written in transactions, one for each step.

    A worker that was cut off may still have records under way when its successor has long gone on.
    So whoever takes a partition over takes over its transactional id, before it reads where the
    changelog ends: from then on Kafka refuses what its predecessors send, however late. What they
    sent before, it reads. The record by which it takes over says how far to read, since Kafka's
    marks of what was committed have offsets, too, and are never read.

    Parameters
    ----------
    table
        The Faust table; its data are what the changelog holds, by keys of bytes that begin as
        :func:`prefix_of` says.
    new_producer
        Makes a producer of a transactional id, not yet started.
    held
        Whether this worker may take partitions for its own.
    patience
        Seconds that taking over may last.
    """

    def __init__(
        self,
        table: Any,
        new_producer: Callable[[str], AIOKafkaProducer],
        *,
        held: Callable[[], bool],
        patience: float,
    ) -> None:
        self._table = table
        self._new_producer = new_producer
        self._held = held
        self._patience = patience
        self._writers: dict[int, _Writer] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def data(self) -> dict[bytes, bytes]:
        """The table as it is now."""
        return self._table.data  # type: ignore[no-any-return]

    async def take_over(self, partitions: Collection[int]) -> dict[int, int]:
        """Be the only one that writes these partitions.

        Gives the offset of the last record of each. Raises ``KafkaAway`` when that takes too long.
        """
        try:
            async with asyncio.timeout(self._patience):
                return {partition: await self._take_over(partition) for partition in partitions}
        except TimeoutError:
            raise KafkaAway(
                f"{self._table.changelog_topic_name}: Kafka does not let this worker write"
            ) from None

    async def _take_over(self, partition: int) -> int:
        self.let_go([partition])
        while True:
            # Who has been out for long may have a successor, which it would put out.
            if self._held():
                try:
                    return await self._begin(partition)
                except _FORBIDDEN:
                    raise
                except KafkaError as error:
                    log.warning("state_not_taken_over", partition=partition, error=repr(error))
            await asyncio.sleep(_RETRY_SECONDS)

    async def _begin(self, partition: int) -> int:
        topic = self._table.changelog_topic_name
        producer = self._new_producer(f"{topic}-{partition}")
        writer = _Writer(producer, topic, partition)
        try:
            await producer.start()
            # The deletion of what never was: no release minds it.
            offset = await writer.write({prefix_of(partition) + _NO_RECORD: None})
        except BaseException:
            self._end(writer)
            raise
        self._writers[partition] = writer
        return offset

    def let_go(self, partitions: Iterable[int]) -> None:
        """These are somebody else's from now on."""
        for partition in partitions:
            if writer := self._writers.pop(partition, None):
                self._end(writer)

    def holds(self, partition: int) -> bool:
        """Whether the partition was taken over, and Kafka has refused nothing since."""
        writer = self._writers.get(partition)
        return writer is not None and writer.refused_at is None

    def refused(self, seconds: float) -> bool:
        """Whether Kafka refused something this long ago, and the partition is still ours."""
        now = monotonic()
        return any(
            writer.refused_at is not None and now - writer.refused_at > seconds
            for writer in self._writers.values()
        )

    async def write(self, partition: int, puts: Mapping[bytes, bytes | None]) -> None:
        """Write these records, ``None`` deletes one; they are durable when it returns.

        Waits for Kafka. All of them are written and in ``data``, or none. Raises
        ``PartitionMovedError`` when another has taken the partition over, or may have.
        """
        if not puts:
            return
        writer = self._writers.get(partition)
        if writer is None:
            raise _moved(partition)
        async with writer.lock:
            if writer.refused_at is not None:
                raise _moved(partition)
            try:
                await writer.write(puts)
            except BaseException as error:
                # Whatever it was, the transaction is open: only taking over begins anew.
                writer.refused_at = monotonic()
                self._end(writer)
                if not isinstance(error, KafkaError) or isinstance(error, MessageSizeTooLargeError):
                    raise
                log.warning("state_refused", partition=partition, error=repr(error))
                raise _moved(partition) from error
            if self._writers.get(partition) is not writer:
                raise _moved(partition)  # Restored anew meanwhile, maybe by others' records.
            self._apply(puts)

    def _apply(self, puts: Mapping[bytes, bytes | None]) -> None:
        for key, value in puts.items():
            if value is None:
                self.data.pop(key, None)
            else:
                self.data[key] = value

    def _end(self, writer: _Writer) -> None:
        # In the background: what is under way stays so until Kafka is back.
        task = asyncio.ensure_future(_stopped(writer))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Let go of everything; wait a moment for what is under way."""
        self.let_go(list(self._writers))
        if self._ending:
            await asyncio.wait(self._ending, timeout=_CLOSE_SECONDS)
        for task in self._ending:
            task.cancel()


async def _stopped(writer: _Writer) -> None:
    try:
        await writer.stop()
    except KafkaError as error:
        log.info("state_writer_ended", reason=repr(error))


def _moved(partition: int) -> PartitionMovedError:
    return PartitionMovedError(f"the state of partition {partition} is another worker's")


def prefix_of(partition: int) -> bytes:
    """How the keys of a partition's records begin."""
    return f"{partition:05d}|".encode()


def transactional_producer(app: Any) -> Callable[[str], AIOKafkaProducer]:
    """Makes producers as the Faust app's own, each for a transactional id."""

    def make(transactional_id: str) -> AIOKafkaProducer:
        own = app.producer
        settings = own._settings_default() | own._settings_auth()
        settings["max_batch_size"] = _BATCH_BYTES
        # Waits for an answer that was lost no longer than the consumer does.
        settings["request_timeout_ms"] = int(1000 * app.conf.broker_request_timeout)
        return AIOKafkaProducer(**settings, transactional_id=transactional_id)

    return make
