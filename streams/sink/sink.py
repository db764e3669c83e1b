"""The sink: batches of messages into ClickHouse, then their offsets."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import wait
from datetime import UTC, datetime
from math import inf
from time import monotonic
from typing import Any

import structlog
from clickhouse_connect.driver.client import Client
from confluent_kafka import Consumer, KafkaException, TopicPartition

from schemas.topics import DEAD_LETTERS
from streams.background import CLOSE_SECONDS, in_background, within
from streams.end_offsets import EndOffsets
from streams.kafka import subscribe
from streams.sink.alerts import ALERTS_TARGET, DELIVERIES_TARGET
from streams.sink.audit import AUDIT_TARGET
from streams.sink.dead_letters import DeadLetterProducer, DeadLettersHeld
from streams.sink.intake import Intake
from streams.sink.letters import DEAD_LETTERS_TARGET
from streams.sink.message import Message
from streams.sink.metrics import SinkMetrics
from streams.sink.reports import CHANGES_TARGET, FEEDBACK_TARGET
from streams.sink.store import Store
from streams.sink.target import Redact, Target
from streams.sink.windows import WINDOWS_TARGET
from streams.store.errors import StoreError, StoreUnavailable
from streams.unreadable import Unreadable, cannot_be_unfolded

log = structlog.get_logger(__name__)

TARGETS: tuple[Target, ...] = (
    WINDOWS_TARGET,
    ALERTS_TARGET,
    DELIVERIES_TARGET,
    CHANGES_TARGET,
    FEEDBACK_TARGET,
    DEAD_LETTERS_TARGET,
    AUDIT_TARGET,
)

BATCH_BYTES = 4 * 1024**2
"""A batch is inserted when its messages hold this much, however few they are: windows take some
sixty times their size while they become rows."""

_POLL_SECONDS = 0.1
_TAKEN_AT_ONCE = 500
_FIRST_DELAY, _LONGEST_DELAY = 0.25, 5.0
_PREFETCH_KBYTES = 4096
_STOP_SECONDS = 2.0
_SESSION_MS = 10_000
_LAG_SECONDS, _LAG_TIMEOUT = 5.0, 2.0


class Stopped(Exception):
    """The sink was told to stop while ClickHouse was away; what is not stored stays on Kafka."""


class Sink:
    """Takes messages of seven topics and stores them; ``run`` works until it is told to stop.

    Offsets are committed after the rows are in their tables, and the tables keep one row an
    identity: a crash at any point repeats a batch, and the views show it once. While ClickHouse is
    away, partitions are paused, the sink stays in its group, and Kafka is the buffer.

    Parameters
    ----------
    client_config
        librdkafka's configuration of where Kafka is and how to talk to it.
    topic_prefix
        Put before every topic's name.
    group
        Consumer group; sinks of a group share the partitions.
    connect_store
        Gives a client connected to the database; called again after each failure.
    batch_messages
        Most messages in a batch.
    flush_seconds
        Longest time that a message waits for a batch to fill.
    metrics
        Where it counts.
    redact
        Takes personal data out of texts before they are stored; ``None`` stores them as they are.
    store_texts
        Whether comments and refused messages are stored at all.
    """

    def __init__(
        self,
        client_config: Mapping[str, Any],
        *,
        group: str,
        connect_store: Callable[[], Client],
        batch_messages: int,
        flush_seconds: float,
        metrics: SinkMetrics,
        topic_prefix: str = "",
        redact: Redact | None = None,
        store_texts: bool = True,
    ) -> None:
        self.problem = "not connected to Kafka yet"
        self._client_config = dict(client_config)
        self._group = group
        self._connect_store = connect_store
        self._batch_messages = batch_messages
        self._flush_seconds = flush_seconds
        self._metrics = metrics
        self._dead_letters = topic_prefix + DEAD_LETTERS.name
        targets = {topic_prefix + target.topic.name: target for target in TARGETS}
        self._intake = Intake(targets, redact, store_texts)
        self._store = Store(connect_store, metrics)
        self._ends = EndOffsets(client_config)
        self._messages: list[Message] = []
        self._bytes = 0
        self._oldest = 0.0
        self._offsets: dict[tuple[str, int], int] = {}
        self._lag_measured = -inf
        self._unreadable = Unreadable()

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set.

        Raises ``KafkaException`` for an error that Kafka's client calls fatal.
        """
        consumer = Consumer(
            self._client_config
            | {
                "group.id": self._group,
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "partition.assignment.strategy": "cooperative-sticky",
                # What a killed sink had is another's, or its successor's, after so long.
                "session.timeout.ms": _SESSION_MS,
                "queued.max.messages.kbytes": _PREFETCH_KBYTES,
            }
        )
        letters = DeadLetterProducer(self._client_config, self._dead_letters)
        try:
            subscribe(consumer, list(self._intake.targets), on_assign=self._assigned)
            while not stop.is_set():
                self._receive(consumer, _POLL_SECONDS)
                if self._due():
                    self._flush(consumer, letters, stop)
                self._commit(consumer)
                self._measure_lag(consumer)
            if self._messages:
                self._flush(consumer, letters, stop)
                self._commit(consumer)
        except Stopped:
            log.warning("sink_stopped_while_waiting", problem=self.problem)
        finally:
            within(CLOSE_SECONDS, consumer.close)
            self._store.close()

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self.problem = ""
        consumer.incremental_assign(partitions)
        # A partition taken away while it was paused comes back paused.
        consumer.resume(partitions)
        log.info("sink_assigned", partitions=[f"{p.topic}/{p.partition}" for p in partitions])

    def _receive(self, consumer: Consumer, seconds: float) -> None:
        room = self._batch_messages - len(self._messages)
        for raw in consumer.consume(max(1, min(room, _TAKEN_AT_ONCE)), seconds):
            error = raw.error()
            if error is None:
                self._keep(Message.of(raw))
            elif cannot_be_unfolded(error):
                self._metrics.retries.labels("unfold").inc()
                self._unreadable.pass_over(consumer, raw)
            elif error.fatal():
                raise KafkaException(error)
            else:
                self.problem = f"kafka: {error.str()}"
                self._metrics.retries.labels("kafka").inc()
                log.warning("sink_kafka_error", error=error.str())

    def _keep(self, message: Message) -> None:
        if not self._messages:
            self._oldest = monotonic()
        self._messages.append(message)
        self._bytes += message.size

    def _due(self) -> bool:
        return bool(self._messages) and (
            len(self._messages) >= self._batch_messages
            or self._bytes >= BATCH_BYTES
            or monotonic() - self._oldest >= self._flush_seconds
        )

    def _flush(
        self, consumer: Consumer, letters: "DeadLetterProducer", stop: threading.Event
    ) -> None:
        """Rows, then dead letters; only what came after both may be committed.

        Messages of partitions that moved to another sink meanwhile are stored all the same: it
        stores them too, and they are one row.
        """
        messages, self._messages, self._bytes = self._messages, [], 0
        tables, refused = self._intake.take(messages, datetime.now(UTC))
        self._patiently(consumer, stop, "store", lambda: self._store.insert(tables))
        for letter in refused:
            self._metrics.dead_letters.labels(letter.topic, letter.reason).inc()
            log.warning(
                "message_refused",
                reason=letter.reason,
                topic=letter.topic,
                partition=letter.partition,
                offset=letter.offset,
            )
        self._patiently(consumer, stop, "dead_letters", lambda: letters.send(refused))
        for message in messages:
            self._offsets[message.topic, message.partition] = message.offset + 1
            self._metrics.messages.labels(message.topic).inc()

    def _patiently(
        self, consumer: Consumer, stop: threading.Event, what: str, act: Callable[[], None]
    ) -> None:
        """Do it, and again with back-off until it is done. Raises :class:`Stopped`."""
        delay, failed = _FIRST_DELAY, False
        while True:
            try:
                self._act(act, stop)
            except (StoreError, DeadLettersHeld) as error:
                failed = True
                self.problem = str(error)
                self._metrics.retries.labels(what).inc()
                passing = not isinstance(error, StoreError) or isinstance(error, StoreUnavailable)
                (log.warning if passing else log.error)(
                    "sink_waits", what=what, error=str(error), retry_seconds=delay
                )
            else:
                break
            self._wait_paused(consumer, stop, delay)
            delay = min(2 * delay, _LONGEST_DELAY)
        if failed:
            self.problem = ""
            consumer.resume(consumer.assignment())
            log.info("sink_goes_on", what=what)

    def _act(self, act: Callable[[], None], stop: threading.Event) -> None:
        """Do it where it may hang. Raises :class:`Stopped` when it does while we are to end."""
        attempt, patience = in_background(act), _STOP_SECONDS
        while not wait([attempt], _POLL_SECONDS).done:
            patience -= _POLL_SECONDS if stop.is_set() else 0
            if patience < 0:
                raise Stopped
        attempt.result()

    def _wait_paused(self, consumer: Consumer, stop: threading.Event, seconds: float) -> None:
        """Stay in the group without taking messages."""
        until = monotonic() + seconds
        while monotonic() < until:
            if stop.is_set():
                raise Stopped
            # Again and again: partitions may be assigned while we wait.
            consumer.pause(consumer.assignment())
            self._receive(consumer, _POLL_SECONDS)
            self._measure_lag(consumer)

    def _commit(self, consumer: Consumer) -> None:
        """Commit what is stored. What fails is tried again, and repeated at worst."""
        if not self._offsets:
            return
        ours = {(p.topic, p.partition) for p in consumer.assignment()}
        self._offsets = {key: offset for key, offset in self._offsets.items() if key in ours}
        offsets = [TopicPartition(*key, offset) for key, offset in sorted(self._offsets.items())]
        try:
            if offsets:
                consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            self._metrics.retries.labels("commit").inc()
            log.warning("sink_commit_failed", error=error.args[0].str())
        else:
            self._offsets = {}
            self._metrics.last_commit.set_to_current_time()

    def _measure_lag(self, consumer: Consumer) -> None:
        if monotonic() - self._lag_measured < _LAG_SECONDS:
            return
        self._lag_measured = monotonic()
        lag = dict.fromkeys(self._intake.targets, 0)
        ends = self._ends.ask(consumer.assignment())
        try:
            committed = consumer.committed(consumer.assignment(), timeout=_LAG_TIMEOUT)
        except KafkaException as error:
            log.warning("sink_lag_unknown", error=error.args[0].str())
            return
        told = ends()
        for tp in committed:
            end = told.get((tp.topic, tp.partition), 0)
            lag[tp.topic] += max(0, end - max(0, tp.offset))
        for topic, messages in lag.items():
            self._metrics.lag.labels(topic).set(messages)
