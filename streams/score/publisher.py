"""One commit of score: panes, dead letters, recent ids and offsets, all or nothing."""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from msgspec.structs import replace

from schemas.dead_letters import DeadLetter
from schemas.panes import Pane, PaneBatch, encode_pane_batch
from schemas.topics import DEAD_LETTERS, INFERENCE, PANES, RECENT_IDS, Topic
from streams.background import CLOSE_SECONDS, within
from streams.dead_letters.fitting import fitting
from streams.kafka import (
    MESSAGE_MAX_BYTES,
    TRANSACTION_TIMEOUT_MS,
    client_config,
    partition_count,
    topic_name,
)
from streams.score.recent_ids import Hashes
from streams.settings import KafkaSettings

log = structlog.get_logger(__name__)

_END_SECONDS = 3.0
_PATIENCE_SECONDS = 2 * TRANSACTION_TIMEOUT_MS / 1000

PANE_BATCH_BYTES = 512 * 1024
"""A batch of panes is cut near this size, well below a broker's default limit of a message."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What one commit publishes. ``offsets`` are the next ones to read, by partition."""

    panes: Sequence[Pane]
    letters: Sequence[DeadLetter]
    recent: Mapping[int, Hashes]
    complete_until: Mapping[int, float]
    newest_event: float | None
    offsets: Mapping[int, int]


class CommitFailed(RuntimeError):
    """The commit did not happen; its messages have to be taken again."""


class ProducerLost(CommitFailed):
    """Kafka takes nothing more from this producer, and whether the commit happened it alone knows.

    :meth:`Publisher.renew` makes another; then go back to what Kafka says is committed.
    """


class Publisher:
    """Publishes commits in Kafka transactions (or without, by ``kafka.delivery``).

    Parameters
    ----------
    settings
        How to reach Kafka.
    worker
        This worker's stable name: a new process of the same name fences the old one at once.
    pane_seconds
        Length of a pane, for the readers of the panes topic.
    source
        The topic whose offsets are committed.
    cancelled
        Whether to give up waiting for a Kafka that is away.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        worker: str,
        pane_seconds: int,
        *,
        source: Topic = INFERENCE,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._cancelled = cancelled
        self._worker = worker
        self._pane_seconds = pane_seconds
        self._source = topic_name(settings, source)
        self._transactional = settings.delivery == "exactly_once"
        self._errors: list[KafkaError] = []
        self._pane_partitions = partition_count(settings, PANES)
        self._make()

    def renew(self) -> None:
        """Make another producer; what the last one had begun is ended by this.

        Waits for Kafka. Raises :class:`CommitFailed` when cancelled meanwhile.
        """
        self.close()
        self._make()

    def _make(self) -> None:
        config = client_config(
            self._settings,
            **{
                "enable.idempotence": True,
                "compression.type": "zstd",
                "linger.ms": 5,
                "message.max.bytes": MESSAGE_MAX_BYTES + 1024**2,
                "queue.buffering.max.kbytes": 256 * 1024,
            },
        )
        if self._transactional:
            config |= {
                "transactional.id": f"{self._settings.topic_prefix}{self._worker}",
                "transaction.timeout.ms": TRANSACTION_TIMEOUT_MS,
            }
        while True:
            self._producer = Producer(config)
            try:
                if self._transactional:
                    self._finish(self._producer.init_transactions)
            except ProducerLost as lost:
                log.warning("producer_lost", reason=str(lost))
                self.close()
            else:
                return

    def publish(self, commit: Commit, consumer: Consumer) -> None:
        """Publish a commit.

        Raises :class:`ProducerLost` when it failed or may have failed: Kafka was away for longer
        than a transaction may last, the group has moved on, or a process of the same name has come
        (then the consumer is told so, and ends). Without transactions, :class:`CommitFailed`.
        """
        offsets = [TopicPartition(self._source, p, o) for p, o in sorted(commit.offsets.items())]
        try:
            if self._transactional:
                self._producer.begin_transaction()
            self._produce_all(commit)
            if self._transactional:
                if offsets:
                    self._producer.send_offsets_to_transaction(
                        offsets, consumer.consumer_group_metadata(), 30
                    )
                self._finish(self._producer.commit_transaction)
            else:
                self._flush()
                if offsets:
                    consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            reason = error.args[0].str()
            # After an abort Kafka's client may hang in the next commit for ever: not by this one.
            raise (ProducerLost if self._transactional else CommitFailed)(reason) from error

    def _finish(self, end: Callable[[float], None]) -> None:
        """Begin anew or commit, and again until Kafka has said what came of it.

        A commit that has timed out is still under way and may have happened: reading its messages
        again would count them twice. Kafka's client may wait for ever for an answer that was lost:
        in the end another producer has to ask.
        """
        patience = monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return end(_END_SECONDS)
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise
                if self._cancelled():
                    raise CommitFailed("stopping while Kafka is away") from error
                reason = f"{end.__name__}: {error.args[0].str()}"
                if monotonic() > patience:
                    raise ProducerLost(reason) from error
                log.warning("kafka_does_not_answer", error=reason)

    def _produce_all(self, commit: Commit) -> None:
        for letter in map(fitting, commit.letters):
            self._produce(DEAD_LETTERS, letter.value, letter.key, letter.all_headers())
        for partition, hashes in sorted(commit.recent.items()):
            if len(hashes):
                value = hashes.astype("<u8").tobytes()
                self._produce(RECENT_IDS, value, str(partition).encode(), partition=partition)
        for partition, value in self._pane_batches(commit):
            self._produce(PANES, value, partition=partition)

    def _pane_batches(self, commit: Commit) -> Iterator[tuple[int, bytes]]:
        """Messages of the panes topic with their partition; a partition's last tells progress."""
        progress = {f"{self._source}/{p}": t for p, t in sorted(commit.complete_until.items())}
        by_partition: dict[int, list[Pane]] = {p: [] for p in range(self._pane_partitions)}
        for pane in commit.panes:
            by_partition[pane_partition(pane, self._pane_partitions)].append(pane)
        for partition, panes in by_partition.items():
            if not panes and not progress:
                continue
            batch = PaneBatch(
                worker=self._worker,
                pane_seconds=self._pane_seconds,
                complete_until=progress,
                panes=panes,
                newest_event=commit.newest_event,
            )
            for value in encode_in_parts(batch, PANE_BATCH_BYTES):
                yield partition, value

    def _produce(
        self,
        topic: Topic,
        value: bytes | None,
        key: bytes | None = None,
        headers: list[tuple[str, bytes | None]] | None = None,
        partition: int = -1,
    ) -> None:
        name = topic_name(self._settings, topic)
        while True:
            try:
                self._producer.produce(
                    name,
                    value,
                    key,
                    partition,
                    headers=headers,  # type: ignore[arg-type]
                    on_delivery=self._delivered,
                )
            except BufferError:
                self._producer.poll(0.1)
            else:
                self._producer.poll(0)
                return

    def _delivered(self, error: KafkaError | None, message: object) -> None:
        if error is not None:
            self._errors.append(error)

    def _flush(self) -> None:
        self._errors.clear()
        if self._producer.flush(60):
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
        if self._errors:
            raise KafkaException(self._errors[0])

    def close(self) -> None:
        """Give up what is under way."""
        self._producer.purge()
        last = [self._producer]
        del self._producer
        # The client ends where nobody refers to it any more, and may hang in that.
        within(CLOSE_SECONDS, last.clear)


def pane_partition(pane: Pane, partitions: int) -> int:
    """All segments of a service share a partition, so that ``watch`` can take them apart."""
    return zlib.crc32(pane.segment.get("service_name", "").encode()) % partitions


def encode_in_parts(batch: PaneBatch, most_bytes: int) -> list[bytes]:
    """The batch as one message, or as several of about ``most_bytes``; the last tells progress."""
    data = encode_pane_batch(batch)
    if len(data) <= most_bytes or len(batch.panes) < 2:
        return [data]
    half = len(batch.panes) // 2
    first = replace(batch, panes=batch.panes[:half], complete_until={})
    rest = replace(batch, panes=batch.panes[half:])
    return [*encode_in_parts(first, most_bytes), *encode_in_parts(rest, most_bytes)]
