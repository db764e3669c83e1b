"""The score process: batches from Kafka through scoring into ClickHouse and panes."""

import threading
from collections.abc import Callable, Sequence
from math import inf
from time import monotonic

import structlog
from confluent_kafka import KafkaException

from detectors.scoring import Scoring
from schemas.topics import INFERENCE
from streams.kafka import KafkaUnavailable, may_pass, topic_name
from streams.score.batch import Batch
from streams.score.duplicates import Duplicates
from streams.score.intake import Intake
from streams.score.metrics import ScoreMetrics
from streams.score.preparing import Preparing
from streams.score.progress import Progress
from streams.score.publisher import CommitFailed, ProducerLost, Publisher
from streams.score.reader import ConsumerFenced, ConsumerLost, Reader
from streams.score.recent_ids import RecentIds
from streams.score.remember import read_recent_ids_patiently
from streams.score.storing import Storing
from streams.service import Stopped
from streams.settings import Settings
from streams.store.events import EventWriter
from streams.watchdog import Watchdog

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 1.0
"""Without events, progress is published this often."""
_WAIT_SECONDS = 0.1
_TWIN_SECONDS = 60.0


class PartitionsLost(Exception):
    """Partitions left this worker while a batch was under way: the batch is not ours any more."""


class Worker:
    """One score worker. ``run`` works until it is told to stop.

    While the events of a batch are being stored the next batch is taken and scored, one at most.
    What a batch publishes (panes, dead letters, recent ids and offsets) goes out in one transaction
    once its events are stored. A crash at any point repeats what was not committed: the events
    table keeps one row an event id, and what an aborted transaction published is never read.

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
    stop
        Set when the process is to end.
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
        stop: threading.Event,
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._clock = clock
        self._stop = stop
        self._progress = Progress(settings.score.lateness_seconds)
        self._duplicates = Duplicates(self._read_recent_ids)
        self._storing = Storing(store.insert, metrics)
        self._preparing = Preparing(
            scoring=scoring,
            intake=intake,
            store=store,
            duplicates=self._duplicates,
            progress=self._progress,
            metrics=metrics,
            topic=topic_name(settings.kafka, INFERENCE),
        )
        # The batch that is being stored, and the one that waits behind it.
        self._under_way: list[Batch] = []
        self._lost = False
        self._due = 0.0
        self._last_commit = 0.0
        self._watchdog = Watchdog("score")
        self.problem = "starting"

    def run(self) -> None:
        """Work until told to stop.

        Raises ``KafkaUnavailable`` without the right to read or beside a process of the same name,
        ``KafkaException`` and ``StoreError`` on what else cannot be mended here.
        """
        name = self._settings.score.worker
        publisher = None
        try:
            with self._watchdog:
                publisher = Publisher(
                    self._settings.kafka,
                    name,
                    self._settings.score.pane_seconds,
                    cancelled=self._stopping,
                )
                log.info("score_started", worker=name)
                self._work_on(publisher)
        except (CommitFailed, Stopped):
            # Only when told to stop: what was not committed is taken by the next worker.
            if not self._stop.is_set():
                raise
        finally:
            if publisher is not None:
                publisher.close()
            log.info("score_stopped", worker=name)

    def _work_on(self, publisher: Publisher) -> None:
        """Work with one consumer after the other, until told to stop."""
        fenced_at = -inf
        while not self._stop.is_set():
            try:
                self._work(publisher)
            except ConsumerLost as lost:
                log.warning("consumer_lost", reason=str(lost))
            except ConsumerFenced as fenced:
                # A join of ours that Kafka answered too late counts as another one's. Twice in a
                # short time it is another one.
                if monotonic() - fenced_at < _TWIN_SECONDS:
                    name = self._settings.score.worker
                    raise KafkaUnavailable(
                        f"score.worker: another process runs as {name} ({fenced}): "
                        "give each a name of its own"
                    ) from None
                fenced_at = monotonic()
                log.warning("consumer_fenced", reason=str(fenced))

    def _work(self, publisher: Publisher) -> None:
        """Work with one consumer, until told to stop or Kafka has given it up."""
        self._watchdog.working()
        reader = Reader(
            self._settings,
            metrics=self._metrics,
            stop=self._stop,
            on_assigned=self._assigned,
            on_revoked=self._revoked,
        )
        try:
            while not self._stop.is_set():
                self._once(reader, publisher)
        finally:
            reader.close()
            self._drop()
            self._revoked(set(self._duplicates.partitions))

    def _once(self, reader: Reader, publisher: Publisher) -> None:
        """One round; one that fails is taken back, and its messages are read again."""
        try:
            self._round(reader, publisher)
        except (CommitFailed, PartitionsLost, KafkaException) as failure:
            if isinstance(failure, KafkaException) and not may_pass(failure.args[0]):
                raise
            if self._stop.is_set():
                return
            self.problem = f"round repeated: {failure}"
            self._metrics.retries.labels("commit").inc()
            log.warning("round_repeated", reason=str(failure))
            self._start_over(reader, publisher, anew=isinstance(failure, ProducerLost))
        else:
            self.problem = self._storing.problem or reader.problem

    def _round(self, reader: Reader, publisher: Publisher) -> None:
        """Take and score a batch while the last one is stored; then commit that, store this."""
        self._watchdog.working()
        with self._metrics.stage("take"):
            reader.take(self._due, lambda: self._storing.due)
        if self._stop.is_set():
            return
        if self._under_way and self._storing.stored(0):
            self._checkpoint(reader, publisher)
        if not reader.full and monotonic() < self._due:
            return
        self._due = monotonic() + self._settings.score.commit_seconds
        quiet = monotonic() - self._last_commit
        if not reader.any and (quiet < HEARTBEAT_SECONDS or not self._duplicates.partitions):
            return
        batch = self._preparing.batch(reader.cut(self._clock()), self._under_way)
        self._under_way.append(batch)
        while len(self._under_way) > 1:
            self._checkpoint(reader, publisher)
        self._storing.start(batch.rows)
        if batch.rows is None:
            self._checkpoint(reader, publisher)

    def _checkpoint(self, reader: Reader, publisher: Publisher) -> None:
        """Bring the oldest batch home, step by step."""
        batch = self._under_way[0]
        # 1. Its events are in ClickHouse: nothing is committed before.
        self._await_stored(reader)
        with self._metrics.stage("commit"):
            # 2. Panes, dead letters and ids, 3. offsets, 4. commit: one transaction.
            publisher.publish(batch.commit, reader.consumer)
        # 5. What it leaves here.
        self._under_way.pop(0)
        self._duplicates.remember(batch.commit.recent, batch.now)
        self._last_commit = monotonic()
        reader.problem = ""
        batch.count(self._metrics)

    def _await_stored(self, reader: Reader) -> None:
        """Wait for as long as ClickHouse takes; while it is away, with paused partitions."""
        while not self._storing.stored(_WAIT_SECONDS):
            if self._stopping():
                raise Stopped
            if self._storing.problem:
                self.problem = self._storing.problem
                reader.stay(_WAIT_SECONDS)
            if self._lost:
                break
        if self._lost:
            raise PartitionsLost("partitions were revoked while their batch was under way")

    def _stopping(self) -> bool:
        self._watchdog.working()
        return self._stop.is_set()

    def _start_over(self, reader: Reader, publisher: Publisher, *, anew: bool) -> None:
        """Go back to what Kafka has committed; ``anew`` with another producer."""
        self._drop()
        # What was said of their end and progress counted on messages that are read again now.
        self._progress.forget(self._duplicates.partitions)
        if anew:
            publisher.renew()
            # Whether the last commit happened is known now, and not before.
            self._duplicates.read_again()
        reader.rewind(self._stopping)
        self._stop.wait(_WAIT_SECONDS)

    def _drop(self) -> None:
        """Forget the batches under way: what is not committed is read again."""
        self._under_way.clear()
        self._lost = False
        self._storing.abandon()

    # Partitions --------------------------------------------------------------------------------

    def _assigned(self, partitions: list[int]) -> None:
        self._duplicates.come(partitions)

    def _revoked(self, partitions: set[int]) -> None:
        self._lost |= any(batch.of(partitions) for batch in self._under_way)
        self._progress.forget(partitions)
        self._duplicates.gone(partitions)

    def _read_recent_ids(self, partitions: Sequence[int]) -> dict[int, RecentIds]:
        try:
            return read_recent_ids_patiently(
                self._settings.kafka,
                partitions,
                self._settings.score.duplicate_horizon_seconds,
                self._clock,
                stop=self._stop,
                trouble=self._trouble,
            )
        except Stopped:
            # Nothing is taken any more, so nothing is counted without them.
            return {}

    def _trouble(self, problem: str) -> None:
        self._watchdog.working()
        self.problem = problem
        self._metrics.retries.labels("recent_ids").inc()
        log.warning("recent_ids_unavailable", problem=problem)
