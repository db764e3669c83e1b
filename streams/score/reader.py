"""Messages of the inference topic: taken in batches, read again where they were not committed."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

import structlog
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from schemas.topics import INFERENCE
from streams.background import CLOSE_SECONDS, within
from streams.end_offsets import Answer, EndOffsets
from streams.kafka import (
    KafkaUnavailable,
    answered,
    client_config,
    may_pass,
    subscribe,
    topic_name,
)
from streams.score.intake import Received
from streams.score.metrics import ScoreMetrics
from streams.settings import Settings
from streams.unreadable import Unreadable, cannot_be_unfolded

log = structlog.get_logger(__name__)

_FORBIDDEN = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)
_TAKEN_AT_ONCE = 500
_POLL_SECONDS = 0.05
_ANSWER_SECONDS = 5.0
_FETCH_BYTES, _PARTITION_FETCH_BYTES = 8 * 1024**2, 1024**2


class ConsumerLost(Exception):
    """The consumer cannot go on: it does not have what it believes to have."""


class ConsumerFenced(Exception):
    """Kafka takes this consumer for another one's predecessor: it reads nothing any more."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Messages of a batch. ``positions``: the next offset to read of every assigned partition.

    ``ends`` tells where the partitions ended at ``now`` (epoch seconds) or a little later.
    """

    messages: Sequence[Received]
    positions: dict[int, int]
    now: float
    ends: Answer


class Reader:
    """A consumer of the inference topic in score's group.

    Parameters
    ----------
    settings
        All settings.
    metrics
        Where it counts.
    stop
        Set when the process is to end.
    on_assigned
        Called with the numbers of partitions that come, before any of their messages.
    on_revoked
        Called with the numbers of those that have gone.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        metrics: ScoreMetrics,
        stop: threading.Event,
        on_assigned: Callable[[list[int]], None],
        on_revoked: Callable[[set[int]], None],
    ) -> None:
        self._limits = settings.score
        self._metrics = metrics
        self._stop = stop
        self._on_assigned = on_assigned
        self._on_revoked = on_revoked
        self._topic = topic_name(settings.kafka, INFERENCE)
        self._ends = EndOffsets(client_config(settings.kafka))
        self._messages: list[Received] = []
        self._bytes = 0
        self._positions: dict[int, int] = {}
        self._paused = False
        self._closed = False
        self._unreadable = Unreadable()
        self.problem = "waiting for partitions"
        self.consumer = Consumer(_consumer_config(settings))
        subscribe(
            self.consumer,
            [self._topic],
            on_assign=self._assigned,
            on_revoke=self._revoked,
            on_lost=self._revoked,
        )

    @property
    def any(self) -> bool:
        """Whether anything was taken."""
        return bool(self._messages)

    @property
    def full(self) -> bool:
        """Whether a batch can hold no more."""
        limits = self._limits
        return len(self._messages) >= limits.batch_events or self._bytes >= limits.batch_bytes

    def take(self, until: float, enough: Callable[[], bool]) -> None:
        """Take messages until a batch is full, a time (monotonic) has come, or it is ``enough``.

        Raises ``KafkaUnavailable`` without the right to read, :class:`ConsumerFenced` for an error
        that Kafka's client calls fatal.
        """
        self._resume()
        while (
            not self.full
            and (left := until - monotonic()) > 0
            and not enough()
            and not self._stop.is_set()
        ):
            # A few at a time: whatever their sizes, a batch overshoots by these at most.
            self._keep(self.consumer.consume(_TAKEN_AT_ONCE, min(left, _POLL_SECONDS)))

    def cut(self, now: float) -> Taken:
        """What was taken until ``now``, as a batch; the next one begins."""
        ends = self._ends.ask(TopicPartition(self._topic, p) for p in self._positions)
        taken = Taken(self._messages, dict(self._positions), now, ends)
        self._messages, self._bytes = [], 0
        return taken

    def stay(self, seconds: float) -> None:
        """Stay in the group without taking messages."""
        if not self._paused:
            self.consumer.pause(self.consumer.assignment())
            self._paused = True
        self._keep(self.consumer.consume(1, seconds))

    def rewind(self, stopping: Callable[[], bool]) -> None:
        """Go back to what is committed. Waits for Kafka until ``stopping``.

        Raises :class:`ConsumerLost` when a partition is not its own any more.
        """
        self._messages, self._bytes = [], 0
        while not stopping():
            try:
                committed = self.consumer.committed(
                    [
                        TopicPartition(self._topic, p)
                        for p, at in self._positions.items()
                        if at >= 0
                    ],
                    timeout=_ANSWER_SECONDS,
                )
                for tp in answered(committed):
                    self._positions[tp.partition] = max(tp.offset, -1)
                    tp.offset = tp.offset if tp.offset >= 0 else OFFSET_BEGINNING
                    self.consumer.seek(tp)
            except KafkaException as error:
                if error.args[0].code() == KafkaError._STATE:
                    raise ConsumerLost(error.args[0].str()) from error
                if not may_pass(error.args[0]):
                    raise
                self._trouble(f"committed offsets cannot be read: {error.args[0].str()}")
                self._stop.wait(1)
            else:
                return

    def close(self) -> None:
        """Leave the group, if Kafka is there to be told. Nobody is called back any more."""
        self._closed = True
        within(CLOSE_SECONDS, self.consumer.close)

    def _resume(self) -> None:
        if self._paused:
            self.consumer.resume(self.consumer.assignment())
            self._paused = False

    def _keep(self, messages: Sequence[Message]) -> None:
        for message in messages:
            error = message.error()
            if error is None:
                received = Received.of(message)
                self._messages.append(received)
                self._bytes += received.size
                self._positions[received.partition] = received.offset + 1
                continue
            partition = message.partition() or 0
            if error.code() == KafkaError._PARTITION_EOF:
                # Beyond the last message where a transaction's marker follows it.
                self._positions[partition] = message.offset() or 0
            elif cannot_be_unfolded(error):
                self._metrics.retries.labels("unfold").inc()
                self._positions[partition] = self._unreadable.pass_over(self.consumer, message)
            elif error.code() in _FORBIDDEN:
                raise KafkaUnavailable(
                    f"topic {self._topic} cannot be read in group {self._limits.group} "
                    f"({error.str()}): give this user the right to read both"
                )
            elif error.fatal() or error.code() == KafkaError._FATAL:
                raise ConsumerFenced(error.str())
            else:
                self._trouble(f"Kafka: {error.str()}")

    def _trouble(self, problem: str) -> None:
        self.problem = problem
        self._metrics.retries.labels("kafka").inc()
        log.warning("kafka_trouble", problem=problem)

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        # Without any it stands by: more workers than partitions.
        self.problem = ""
        numbers = [tp.partition for tp in partitions]
        if numbers:
            self._on_assigned(numbers)
            self._positions |= dict.fromkeys(numbers, -1)
            log.info("partitions_assigned", partitions=numbers)
        consumer.assign(partitions)
        # A partition taken away while it was paused comes back paused.
        (consumer.pause if self._paused else consumer.resume)(partitions)

    def _revoked(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        if self._closed:
            return
        gone = {tp.partition for tp in partitions}
        self._messages = [m for m in self._messages if m.partition not in gone]
        self._bytes = sum(m.size for m in self._messages)
        for partition in gone:
            self._positions.pop(partition, None)
        self._on_revoked(gone)
        log.info("partitions_revoked", partitions=sorted(gone))


def _consumer_config(settings: Settings) -> dict[str, object]:
    return client_config(
        settings.kafka,
        **{
            "group.id": settings.score.group,
            "client.id": settings.score.worker,
            # A restarted worker of the same name takes its partitions over at once.
            "group.instance.id": settings.score.worker,
            # All partitions are dealt out at once. A cooperative assignor deals out what moves only
            # when its old owner has joined again, which it does not know of after a crash.
            "partition.assignment.strategy": "range",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "session.timeout.ms": 10_000,
            "fetch.wait.max.ms": 100,
            # What lies ready beside the batch under way: memory, and no more speed.
            "fetch.max.bytes": _FETCH_BYTES,
            "fetch.message.max.bytes": _PARTITION_FETCH_BYTES,
            "queued.max.messages.kbytes": settings.score.batch_bytes // 1024,
            "queued.min.messages": settings.score.batch_events,
        },
    )
