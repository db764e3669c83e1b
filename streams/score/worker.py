"""The score process: batches from Kafka through scoring into ClickHouse and panes."""

import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import monotonic

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from detectors.scoring import ScoredBatch, Scoring
from schemas.topics import INFERENCE
from streams.kafka import KafkaUnavailable, client_config, may_pass, topic_name
from streams.score.intake import Arrival, Intake, Received
from streams.score.metrics import ScoreMetrics
from streams.score.progress import Progress
from streams.score.publisher import Commit, CommitFailed, Publisher
from streams.score.recent_ids import Hashes, RecentIds, hash_ids
from streams.score.remember import Cancelled, read_recent_ids
from streams.settings import Settings
from streams.store.errors import StoreUnavailable
from streams.store.events import EventWriter, Origins

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 1.0
"""Without events, progress is published this often."""

_FORBIDDEN = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)


class PartitionsLost(Exception):
    """Partitions left this worker while a batch was under way: the batch is not ours any more."""


class Worker:
    """One score worker. ``run`` works until it is told to stop.

    Each round takes a batch, stores its events, then publishes panes, dead letters, recent ids and
    offsets in one transaction. A crash at any point repeats the round: the events table keeps one
    row an event id, and what an aborted transaction published is never read.

    Parameters
    ----------
    settings
        All settings.
    scoring
        What is computed.
    intake
        How messages are read.
    store
        Where events go.
    metrics
        Where it counts.
    clock
        Seconds since the epoch.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        scoring: Scoring,
        intake: Intake,
        store: EventWriter,
        metrics: ScoreMetrics,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._scoring = scoring
        self._intake = intake
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._topic = topic_name(settings.kafka, INFERENCE)
        self._progress = Progress(settings.score.lateness_seconds)
        self._recent: dict[int, RecentIds] = {}
        self._next: dict[int, int] = {}
        self._pending: list[Received] = []
        self._ends: dict[int, int] = {}
        self._paused = False
        self._gone: set[int] = set()
        self._stop = threading.Event()
        self.problem = "starting"

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set.

        Raises ``KafkaUnavailable`` without the right to read, ``KafkaException`` and ``StoreError``
        on what else cannot be mended here.
        """
        self._stop = stop
        publisher = Publisher(
            self._settings.kafka,
            self._settings.score.worker,
            self._settings.score.pane_seconds,
            cancelled=stop.is_set,
        )
        consumer = Consumer(self._consumer_config())
        consumer.subscribe(
            [self._topic],
            on_assign=self._assigned,
            on_revoke=self._revoked,
            on_lost=self._revoked,
        )
        log.info("score_started", worker=self._settings.score.worker)
        last_commit = 0.0
        try:
            while not stop.is_set():
                messages = self._take(consumer)
                if stop.is_set():
                    # What was taken is not committed: the next worker takes it.
                    break
                if messages or (self._recent and monotonic() - last_commit >= HEARTBEAT_SECONDS):
                    self._round(messages, consumer, publisher)
                    last_commit = monotonic()
        finally:
            consumer.close()
            publisher.close()
            log.info("score_stopped", worker=self._settings.score.worker)

    def _consumer_config(self) -> dict[str, object]:
        return client_config(
            self._settings.kafka,
            **{
                "group.id": self._settings.score.group,
                "client.id": self._settings.score.worker,
                # A restarted worker of the same name takes its partitions over at once.
                "group.instance.id": self._settings.score.worker,
                "partition.assignment.strategy": "cooperative-sticky",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "session.timeout.ms": 10_000,
                "fetch.wait.max.ms": 100,
                "fetch.message.max.bytes": 8 * 1024**2,
                "queued.max.messages.kbytes": self._settings.score.batch_bytes // 1024,
                "queued.min.messages": 2 * self._settings.score.batch_events,
            },
        )

    # Taking ------------------------------------------------------------------------------------

    def _take(self, consumer: Consumer) -> list[Received]:
        """Messages up to a batch's limits of number, bytes and time."""
        limits = self._settings.score
        deadline = monotonic() + limits.commit_seconds
        size = sum(map(_size, self._pending))
        with self._metrics.stage("take"):
            while (
                len(self._pending) < limits.batch_events
                and size < limits.batch_bytes
                and (left := deadline - monotonic()) > 0
                and not self._stop.is_set()
            ):
                # A few at a time: whatever their sizes, a batch overshoots by these at most.
                size += self._keep(consumer.consume(500, min(left, 0.1)))
        taken, self._pending = self._pending, []
        return taken

    def _keep(self, messages: Sequence[Message]) -> int:
        """Put good messages aside for the batch; give their bytes."""
        size = 0
        for message in messages:
            error = message.error()
            if error is None:
                self._pending.append(Received.of(message))
                size += _size(self._pending[-1])
            elif error.code() == KafkaError._PARTITION_EOF:
                self._ends[message.partition() or 0] = message.offset() or 0
            elif error.code() in _FORBIDDEN:
                group = self._settings.score.group
                raise KafkaUnavailable(
                    f"topic {self._topic} cannot be read in group {group} ({error.str()}): "
                    "give this user the right to read both"
                )
            elif error.fatal():
                raise KafkaException(error)
            else:
                self.problem = f"Kafka: {error.str()}"
                self._metrics.retries.labels("kafka").inc()
                log.warning("kafka_error", error=error.str())
        return size

    # Partitions --------------------------------------------------------------------------------

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        numbers = [tp.partition for tp in partitions]
        if numbers:
            self._recent |= self._remembered(numbers)
            log.info("partitions_assigned", partitions=numbers)
        consumer.incremental_assign(partitions)
        # A partition taken away while it was paused comes back paused.
        (consumer.pause if self._paused else consumer.resume)(partitions)
        self.problem = ""

    def _remembered(self, partitions: list[int]) -> dict[int, RecentIds]:
        """The recent ids of partitions, waiting for Kafka where it does not answer."""
        while True:
            try:
                return read_recent_ids(
                    self._settings.kafka,
                    partitions,
                    self._settings.score.duplicate_horizon_seconds,
                    self._clock(),
                    cancelled=self._stop.is_set,
                )
            except Cancelled:
                # Nothing is taken any more, so nothing is counted without them.
                return {}
            except KafkaException as error:
                if not may_pass(error.args[0]):
                    raise
                self.problem = f"recent ids cannot be read: {error.args[0].str()}"
                self._metrics.retries.labels("recent_ids").inc()
                log.warning("recent_ids_unavailable", error=error.args[0].str())
                self._stop.wait(1)

    def _revoked(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        gone = {tp.partition for tp in partitions}
        self._pending = [m for m in self._pending if m.partition not in gone]
        self._progress.forget(gone)
        for partition in gone:
            self._recent.pop(partition, None)
            self._next.pop(partition, None)
            self._ends.pop(partition, None)
        self._gone |= gone
        log.info("partitions_revoked", partitions=sorted(gone))

    # A round -----------------------------------------------------------------------------------

    def _round(self, messages: list[Received], consumer: Consumer, publisher: Publisher) -> None:
        """Score, store and publish one batch, or take it back to read it again."""
        self._gone.clear()
        try:
            self._score_and_publish(messages, consumer, publisher)
        except (CommitFailed, PartitionsLost, KafkaException) as failure:
            if isinstance(failure, KafkaException) and not may_pass(failure.args[0]):
                raise
            self.problem = f"round repeated: {failure}"
            self._metrics.retries.labels("commit").inc()
            log.warning("round_repeated", reason=str(failure), messages=len(messages))
            self._take_back(messages, consumer)

    def _score_and_publish(
        self, messages: list[Received], consumer: Consumer, publisher: Publisher
    ) -> None:
        metrics = self._metrics
        now = self._clock()
        with metrics.stage("decode"):
            arrivals, letters = self._intake.take(messages, now)
        for arrival in arrivals:
            self._progress.observe(arrival.partition, arrival.time)
        with metrics.stage("deduplicate"):
            arrivals, recent = self._first_seen(arrivals)
        panes = []
        if arrivals:
            with metrics.stage("score"):
                scored = self._scoring.score([a.event for a in arrivals], self._failed)
            with metrics.stage("store"):
                self._store_patiently(scored, arrivals, consumer)
            with metrics.stage("fold"):
                panes = self._scoring.panes(scored)
        offsets = {message.partition: message.offset + 1 for message in messages}
        newest = max((a.time for a in arrivals), default=None)
        with metrics.stage("commit"):
            at_end = self._at_end(consumer, offsets)
            # A partition of which nothing is known yet is told too, or watch would not wait for it.
            complete = dict.fromkeys(at_end, 0.0) | self._progress.complete_until(at_end, now)
            publisher.publish(Commit(panes, letters, recent, complete, newest, offsets), consumer)
        self._next |= offsets
        for partition, hashes in recent.items():
            self._recent[partition].add(hashes, now)
        self.problem = ""
        metrics.events.inc(len(arrivals))
        metrics.bytes.inc(sum(map(_size, messages)))
        metrics.duplicates.inc(len(messages) - len(letters) - len(arrivals))
        metrics.last_commit.set(now)
        for letter in letters:
            metrics.dead_letters.labels(letter.reason).inc()
        if newest is not None:
            metrics.clock_skew.set(newest - now)

    def _first_seen(self, arrivals: list[Arrival]) -> tuple[list[Arrival], dict[int, Hashes]]:
        """Arrivals without copies of recent events, and the new ids by partition."""
        by_partition: dict[int, list[Arrival]] = {}
        for arrival in arrivals:
            by_partition.setdefault(arrival.partition, []).append(arrival)
        first: list[Arrival] = []
        recent: dict[int, Hashes] = {}
        for partition, group in by_partition.items():
            hashes = hash_ids(arrival.event.event_id for arrival in group)
            new = self._recent[partition].unseen(hashes)
            recent[partition] = hashes[new]
            first += [arrival for arrival, is_new in zip(group, new, strict=True) if is_new]
        return first, recent

    def _failed(self, failure: object) -> None:
        name = getattr(failure, "detector", "unknown")
        self._metrics.detector_failures.labels(name).inc()
        # Not what the exception says: it may quote the texts of events.
        error = getattr(failure, "error", None)
        frames = traceback.extract_tb(error.__traceback__) if error is not None else []
        log.error(
            "detector_failed",
            detector=name,
            reason=getattr(failure, "reason", ""),
            at=f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "",
        )

    def _store_patiently(
        self, scored: ScoredBatch, arrivals: list[Arrival], consumer: Consumer
    ) -> None:
        """Store events, waiting with paused partitions for as long as ClickHouse is away."""
        origins = Origins(
            self._topic, [a.partition for a in arrivals], [a.offset for a in arrivals]
        )
        scored_at = datetime.fromtimestamp(self._clock(), UTC)
        delay = 0.25
        while True:
            try:
                self._store.insert(scored.batch, scored.signals, origins, scored_at)
            except StoreUnavailable as error:
                self.problem = str(error)
                self._metrics.store_available.set(0)
                self._metrics.retries.labels("store").inc()
                log.warning("store_unavailable", error=str(error), retry_seconds=delay)
                self._wait_paused(consumer, delay)
                delay = min(2 * delay, 5.0)
            else:
                self._metrics.store_available.set(1)
                break
        if self._paused:
            consumer.resume(consumer.assignment())
            self._paused = False
            log.info("store_back")

    def _wait_paused(self, consumer: Consumer, seconds: float) -> None:
        """Stay in the group without taking messages. Raises when the batch is no longer ours."""
        if not self._paused:
            consumer.pause(consumer.assignment())
            self._paused = True
        until = monotonic() + seconds
        while monotonic() < until:
            self._keep(consumer.consume(1, 0.1))
            if self._gone:
                raise PartitionsLost("partitions were revoked while ClickHouse was away")
            if self._stop.is_set():
                raise PartitionsLost("stopping while ClickHouse is away")

    def _at_end(self, consumer: Consumer, offsets: dict[int, int]) -> dict[int, bool]:
        """Whether each partition has nothing left to take, as the broker says now."""
        at_end = {}
        for partition in self._recent:
            tp = TopicPartition(self._topic, partition)
            _, high = consumer.get_watermark_offsets(tp, timeout=5)
            position = max(
                offsets.get(partition, self._next.get(partition, -1)), self._ends.get(partition, -1)
            )
            at_end[partition] = position >= high
            self._metrics.lag.labels(str(partition)).set(max(0, high - max(position, 0)))
        return at_end

    def _take_back(self, messages: list[Received], consumer: Consumer) -> None:
        """Read again, from its start, what was not committed and is still ours to read."""
        first: dict[int, int] = {}
        for message in (*messages, *self._pending):
            if message.partition not in self._gone:
                known = first.get(message.partition, message.offset)
                first[message.partition] = min(known, message.offset)
        self._pending.clear()
        # What was said of their end and progress counted on messages that are read again now.
        self._progress.forget(first)
        for partition in first:
            self._ends.pop(partition, None)
        if self._paused:
            # Without messages nobody would find out that ClickHouse is back.
            consumer.resume(consumer.assignment())
            self._paused = False
        for partition, offset in first.items():
            consumer.seek(TopicPartition(self._topic, partition, offset))
        self._stop.wait(0.2)


def _size(message: Received) -> int:
    return len(message.value or b"")
