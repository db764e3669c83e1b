"""Feedback joined to its events and published as panes, each once."""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Final

import structlog
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from detectors.judgements import Judged, judgement_panes
from detectors.scoring import Scoring
from schemas.feedback import Feedback
from schemas.topics import FEEDBACK
from streams.background import CLOSE_SECONDS, within
from streams.feedback.events import Events
from streams.feedback.metrics import FeedbackMetrics
from streams.feedback.queue import Queues, Waiting
from streams.feedback.scored import Scored
from streams.feedback.usable import usable
from streams.kafka import KafkaUnavailable, answered, client_config, subscribe, topic_name
from streams.score.publisher import Commit, CommitFailed, Publisher
from streams.score.recent_ids import RecentIds, hash_ids
from streams.settings import Settings
from streams.sink.message import Message as Received
from streams.store.errors import StoreError
from streams.unreadable import Unreadable, cannot_be_unfolded
from streams.watchdog import Watchdog

log = structlog.get_logger(__name__)

_MAY_PASS: Final = (KafkaException, KafkaUnavailable, CommitFailed, StoreError)

_NEAR: Final = timedelta(hours=2)
"""Most feedback comes so soon: to look for an event further back costs more."""

_LONGEST: Final = timedelta(hours=1)
"""After so long feedback waits no more, however far score is behind."""

_MOST: Final = 5_000
_TAKEN_AT_ONCE: Final = 500
_POLL_SECONDS: Final = 0.2
_ROUND_SECONDS: Final = 1.0
_ANSWER_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 2.0
_HANGS_SECONDS: Final = 600
"""Longer than thousands of events take that are looked up in a slow ClickHouse."""


class FeedbackWorker:
    """Reads feedback, waits until its event is stored, folds it into panes of its segment.

    One transaction carries panes and offsets. Copies of feedback come through one partition (its
    key is the event's id) and count once within ``score.duplicate_horizon_seconds``: when a
    partition comes, that stretch of it is read again for its ids. The panes lie at the time of the
    feedback and say nothing of how far events are complete: no alert waits for feedback.

    Parameters
    ----------
    settings
        All settings.
    scoring
        By which segments, into how long panes.
    connect
        Gives access to the stored events; called again after a failure.
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
        connect: Callable[[], Events],
        metrics: FeedbackMetrics,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._limits = settings.score
        self._scoring = scoring
        self._connect = connect
        self._metrics = metrics
        self._clock = clock
        self._topic = topic_name(settings.kafka, FEEDBACK)
        self._queues = Queues()
        self._recent: dict[int, RecentIds] = {}
        self._counted: dict[int, int] = {}
        self._paused = False
        self._unreadable = Unreadable()
        self._watchdog = Watchdog("feedback", _HANGS_SECONDS)

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set. Whatever fails is tried again from what is committed."""
        with self._watchdog:
            while not stop.is_set():
                try:
                    self._work(stop)
                except _MAY_PASS as error:
                    self._wait(stop, str(error))
                except Exception as error:  # Events are scored in the same process: that goes on.
                    log.exception("feedback_failed")
                    self._wait(stop, type(error).__name__)

    def _stopping(self, stop: threading.Event) -> bool:
        self._watchdog.working()
        return stop.is_set()

    def _wait(self, stop: threading.Event, problem: str) -> None:
        if not stop.is_set():
            self._metrics.retries.inc()
            log.warning("feedback_waits", problem=problem)
            stop.wait(_RETRY_SECONDS)

    def _work(self, stop: threading.Event) -> None:
        with ExitStack() as closing:
            publisher = Publisher(
                self._settings.kafka,
                f"{self._limits.worker}-feedback",
                self._scoring.pane_seconds,
                source=FEEDBACK,
                cancelled=partial(self._stopping, stop),
            )
            closing.callback(publisher.close)
            events = self._connect()
            closing.callback(events.close)
            scored = Scored(self._settings)
            closing.callback(scored.close)
            consumer = Consumer(self._configuration())
            closing.callback(self._leave, consumer)
            subscribe(
                consumer,
                [self._topic],
                on_assign=self._assigned,
                on_revoke=self._revoked,
                on_lost=self._revoked,
            )
            due = monotonic()
            while not self._stopping(stop):
                self._take(consumer)
                if self._queues and monotonic() >= due:
                    self._search(events, scored)
                    self._publish(publisher, consumer)
                    due = monotonic() + _ROUND_SECONDS
                self._metrics.waiting.set(len(self._queues))

    def _leave(self, consumer: Consumer) -> None:
        within(CLOSE_SECONDS, consumer.close)
        self._forget(list(self._recent))

    def _take(self, consumer: Consumer) -> None:
        full = len(self._queues) >= _MOST
        if full is not self._paused:
            (consumer.pause if full else consumer.resume)(consumer.assignment())
            self._paused = full
        for message in consumer.consume(_TAKEN_AT_ONCE, _POLL_SECONDS):
            error = message.error()
            if error is None:
                self._keep(message)
            elif cannot_be_unfolded(error):
                self._unreadable.pass_over(consumer, message)
            elif error.fatal() or error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
                raise KafkaException(error)

    def _keep(self, message: Message) -> None:
        received = Received.of(message)
        now = self._clock()
        feedback = usable(received.value or b"", self._limits, now)
        before = received.offset < self._counted.get(received.partition, 0)
        if before:
            if feedback is not None:
                self._remember(received.partition, [feedback])
            return
        taken_at = datetime.fromtimestamp(now, UTC)
        self._queues.put(
            received.partition, Waiting(received.offset, received.received_at, taken_at, feedback)
        )

    def _search(self, events: Events, scored: Scored) -> None:
        """Look for the events of what waits: those of late, and at last all that are kept."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        patience = timedelta(seconds=self._limits.feedback_patience_seconds)
        self._find(events, [each for each in self._queues if not each.settled], _NEAR)
        late = [e for e in self._queues if not e.settled and now - e.taken_at >= patience]
        if not late:
            return
        if not scored.until(max(each.received_at for each in late)):
            late = [each for each in late if now - each.taken_at >= _LONGEST]
        self._find(events, late, timedelta(days=self._limits.past_days))
        for each in late:
            each.given_up = each.event is None

    def _find(self, events: Events, waiting: Sequence[Waiting], reach: timedelta) -> None:
        told = [(each, each.feedback) for each in waiting if each.feedback is not None]
        if not told:
            return
        times = [feedback.time for _, feedback in told]
        # Clocks differ: an event may be a little younger than what is said of it.
        ahead = timedelta(seconds=self._limits.future_seconds)
        found = events.find(
            {feedback.event_id for _, feedback in told}, min(times) - reach, max(times) + ahead
        )
        for each, feedback in told:
            each.event = found.get(feedback.event_id)

    def _publish(self, publisher: Publisher, consumer: Consumer) -> None:
        """Publish what is settled, with its offsets, then forget it."""
        done = self._queues.settled()
        if not done:
            return
        judged, copies = list[Judged](), 0
        for partition, messages in done.items():
            known = [(m.feedback, m.event) for m in messages]
            told = [(f, e) for f, e in known if f is not None and e is not None]
            new = self._recent[partition].unseen(hash_ids(f.feedback_id for f, _ in told))
            copies += len(told) - int(new.sum())
            judged += [
                Judged(feedback, event.dimensions, event.topic)
                for (feedback, event), is_new in zip(told, new, strict=True)
                if is_new
            ]
        commit = Commit(
            panes=judgement_panes(judged, self._scoring),
            letters=(),
            recent={},
            complete_until={},
            newest_event=None,
            offsets={partition: messages[-1].offset + 1 for partition, messages in done.items()},
        )
        publisher.publish(commit, consumer)
        self._queues.pop(done)
        for partition, messages in done.items():
            self._remember(
                partition, [m.feedback for m in messages if m.feedback and m.event is not None]
            )
        every = [message for messages in done.values() for message in messages]
        self._metrics.messages.labels("folded").inc(len(judged))
        self._metrics.messages.labels("copy").inc(copies)
        self._metrics.messages.labels("unmatched").inc(sum(m.given_up for m in every))
        self._metrics.messages.labels("refused").inc(sum(m.feedback is None for m in every))

    def _remember(self, partition: int, feedback: Sequence[Feedback]) -> None:
        self._recent[partition].add(hash_ids(f.feedback_id for f in feedback), self._clock())

    # Partitions --------------------------------------------------------------------------------

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Begin a stretch before what is committed: it tells which feedback was counted."""
        numbers = [tp.partition for tp in partitions]
        committed = consumer.committed(partitions, timeout=_ANSWER_SECONDS)
        since = int((self._clock() - self._limits.duplicate_horizon_seconds) * 1000)
        starts = consumer.offsets_for_times(
            [TopicPartition(self._topic, number, since) for number in numbers],
            timeout=_ANSWER_SECONDS,
        )
        for tp, start in zip(answered(committed), answered(starts), strict=True):
            self._recent[tp.partition] = RecentIds(self._limits.duplicate_horizon_seconds)
            self._counted[tp.partition] = max(tp.offset, 0)
            if tp.offset < 0:
                tp.offset = OFFSET_BEGINNING
            elif start.offset >= 0:
                tp.offset = min(tp.offset, start.offset)
        consumer.assign(committed)
        # A partition taken away while it was paused comes back paused.
        (consumer.pause if self._paused else consumer.resume)(committed)
        log.info("feedback_assigned", partitions=numbers)

    def _revoked(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._forget([tp.partition for tp in partitions])
        consumer.unassign()

    def _forget(self, partitions: Iterable[int]) -> None:
        for partition in partitions:
            self._queues.forget([partition])
            self._recent.pop(partition, None)
            self._counted.pop(partition, None)

    def _configuration(self) -> dict[str, object]:
        return client_config(
            self._settings.kafka,
            **{
                "group.id": self._limits.feedback_group,
                "client.id": f"{self._limits.worker}-feedback",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "session.timeout.ms": 10_000,
                "queued.max.messages.kbytes": 4096,
            },
        )
