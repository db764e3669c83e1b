"""The judge's loop: read events, choose a few, have them judged, tell it as feedback, commit."""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from typing import Any

import msgspec
import polars as pl
import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from schemas.feedback import Feedback
from streams.judge.budget import Budget
from streams.judge.candidates import Candidates
from streams.judge.judge import Case, Judge, Verdict
from streams.judge.metrics import JudgeMetrics
from streams.kafka import subscribe
from streams.score.intake import Intake, Received
from streams.unreadable import Unreadable, cannot_be_unfolded

log = structlog.get_logger(__name__)

Redact = Callable[[pl.Series], pl.Series]
Judged = list[tuple[Case, str, float, Verdict]]

_POLL_SECONDS = 0.2
_TAKEN_AT_ONCE = 500


class JudgeWorker:
    """Judges in cycles. Offsets are committed after a cycle's feedback is on Kafka.

    A crash repeats a cycle: the same events are in again, and their feedback has the same ids.
    Events that come while the judge works wait on Kafka.

    Parameters
    ----------
    client_config
        librdkafka's configuration.
    group
        Consumer group; judges of a group share the partitions, and each has its own budget.
    inference_topic, feedback_topic
        Full names.
    intake
        Decodes events; those it refuses are passed over, for score puts them aside.
    judge
        What scores.
    candidates, budget
        What is chosen, and how many.
    cycle_seconds
        Least length of a cycle.
    concurrency
        Most calls at once.
    redact
        Takes personal data out of texts before the judge sees them; None leaves them.
    metrics
        Where it counts.
    """

    def __init__(
        self,
        client_config: Mapping[str, Any],
        *,
        group: str,
        inference_topic: str,
        feedback_topic: str,
        intake: Intake,
        judge: Judge,
        candidates: Candidates,
        budget: Budget,
        cycle_seconds: float,
        concurrency: int,
        redact: Redact | None,
        metrics: JudgeMetrics,
    ) -> None:
        self.problem = "not connected to Kafka yet"
        self._client_config = dict(client_config)
        self._group = group
        self._inference_topic = inference_topic
        self._feedback_topic = feedback_topic
        self._intake = intake
        self._judge = judge
        self._candidates = candidates
        self._budget = budget
        self._cycle_seconds = cycle_seconds
        self._redact = redact
        self._metrics = metrics
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="judge")
        self._offsets: dict[tuple[str, int], int] = {}
        self._unreadable = Unreadable()

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; what is being judged then is judged anew next time.

        Raises ``KafkaException`` for an error that Kafka's client calls fatal, or when Kafka
        refuses the feedback.
        """
        consumer = Consumer(
            self._client_config
            | {
                "group.id": self._group,
                # What came before there was a judge is not worth its budget.
                "auto.offset.reset": "latest",
                "enable.auto.commit": False,
                "partition.assignment.strategy": "cooperative-sticky",
                "queued.max.messages.kbytes": 4096,
            }
        )
        producer = Producer(self._client_config | {"enable.idempotence": True})
        try:
            subscribe(consumer, [self._inference_topic], on_assign=self._assigned)
            begun = time.monotonic()
            while not stop.is_set():
                self._look_at(self._receive(consumer))
                now = time.monotonic()
                calls = self._budget.available(now)
                self._metrics.budget.set(calls)
                if now - begun >= self._cycle_seconds and calls:
                    self._cycle(consumer, producer, calls, stop)
                    begun = time.monotonic()
        finally:
            self._judge.close()
            self._pool.shutdown(cancel_futures=True)
            consumer.close()

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self.problem = ""
        consumer.incremental_assign(partitions)
        consumer.resume(partitions)  # a partition taken away while paused comes back paused

    def _receive(self, consumer: Consumer) -> list[Message]:
        messages = []
        for message in consumer.consume(_TAKEN_AT_ONCE, _POLL_SECONDS):
            error = message.error()
            if error is None:
                messages.append(message)
            elif cannot_be_unfolded(error):
                self._unreadable.pass_over(consumer, message)
            elif error.fatal():
                raise KafkaException(error)
            else:
                self.problem = f"kafka: {error.str()}"
                log.warning("judge_kafka_error", error=error.str())
        return messages

    def _look_at(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        self.problem = ""
        received = [Received.of(message) for message in messages]
        arrivals, _ = self._intake.take(received, time.time())
        self._candidates.add([arrival.event for arrival in arrivals])
        self._metrics.events.inc(len(arrivals))
        for message in received:
            self._offsets[message.topic, message.partition] = message.offset + 1

    def _cycle(
        self, consumer: Consumer, producer: Producer, calls: int, stop: threading.Event
    ) -> None:
        chosen = self._candidates.take(calls)
        cases = self._redacted([Case.of(event) for event, _ in chosen])
        futures = [self._pool.submit(self._timed, case) for case in cases]
        if not self._finished(consumer, futures, stop):
            return
        judged = [
            (case, event.service_name, probability, future.result())
            for case, (event, probability), future in zip(cases, chosen, futures, strict=True)
        ]
        self._budget.spend(sum(verdict.calls for *_, verdict in judged))
        if self._tell(producer, judged, stop):
            self._commit(consumer)

    def _timed(self, case: Case) -> Verdict:
        with self._metrics.seconds.time():
            return self._judge.judge(case)

    def _finished(
        self, consumer: Consumer, futures: Sequence["Future[Verdict]"], stop: threading.Event
    ) -> bool:
        """Stay in the group until all are judged; whether they were, before the stop."""
        while wait(futures, timeout=0).not_done:
            if stop.is_set():
                return False
            consumer.pause(consumer.assignment())
            self._look_at(self._receive(consumer))
        consumer.resume(consumer.assignment())
        return True

    def _redacted(self, cases: list[Case]) -> list[Case]:
        if self._redact is None or not cases:
            return cases
        columns = {
            name: self._redact(pl.Series([getattr(case, name) for case in cases])).to_list()
            for name in ("prompt", "response", "context")
        }
        return [
            msgspec.structs.replace(case, **{name: texts[row] for name, texts in columns.items()})
            for row, case in enumerate(cases)
        ]

    def _tell(self, producer: Producer, judged: Judged, stop: threading.Event) -> bool:
        """Feedback of every verdict, failures too; whether Kafka has it all."""
        refused: list[KafkaError] = []
        failures: dict[str, int] = {}
        for case, service_name, probability, verdict in judged:
            outcome = verdict.failure or "scored"
            self._metrics.verdicts.labels(outcome).inc()
            self._metrics.calls.inc(verdict.calls)
            if verdict.failure:
                failures[outcome] = failures.get(outcome, 0) + 1
            feedback = self._feedback(case, service_name, probability, verdict)
            producer.produce(
                self._feedback_topic,
                msgspec.json.encode(feedback),
                key=case.event_id,
                on_delivery=lambda error, _: refused.append(error) if error else None,
            )
        while producer.flush(1):
            if stop.is_set():
                return False
        if refused:
            raise KafkaException(refused[0])
        if failures:
            log.warning("judge_failed", **failures)
        all_failed = len(judged) > 0 and sum(failures.values()) == len(judged)
        self.problem = f"the judge failed on all of {len(judged)} events" if all_failed else ""
        return True

    def _feedback(
        self, case: Case, service_name: str, probability: float, verdict: Verdict
    ) -> Feedback:
        identity = f"{self._judge.name}\0{case.event_id}".encode("utf-8", "replace")
        return Feedback(
            feedback_id=f"judge-{hashlib.blake2b(identity, digest_size=16).hexdigest()}",
            event_id=case.event_id,
            time=datetime.now(UTC),
            kind="score",
            service_name=service_name,
            source="judge",
            value=verdict.score,
            label=verdict.failure,
            judge=self._judge.name,
            inclusion_probability=probability,
        )

    def _commit(self, consumer: Consumer) -> None:
        """Commit what has been looked at; what fails is repeated at worst."""
        ours = {(p.topic, p.partition) for p in consumer.assignment()}
        offsets = [
            TopicPartition(*key, offset) for key, offset in self._offsets.items() if key in ours
        ]
        self._offsets = {}
        try:
            if offsets:
                consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            log.warning("judge_commit_failed", error=error.args[0].str())
