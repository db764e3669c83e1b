"""The process ``notify``: follows the alerts and keeps a worker for each receiver."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

import structlog
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)
from prometheus_client import REGISTRY, CollectorRegistry

from schemas.alerts import Alert, decode_alert
from schemas.deliveries import decode_delivery
from schemas.monitors.resolved import Receiver
from schemas.topics import ALERTS, DELIVERIES
from streams.background import CLOSE_SECONDS, within
from streams.kafka import subscribe
from streams.notify.backoff import Backoff
from streams.notify.log_reader import LogEnd, read_to_end
from streams.notify.metrics import NotifyMetrics
from streams.notify.outbox import Outbox
from streams.notify.recorder import DeliveryRecorder
from streams.notify.worker import ReceiverWorker
from streams.outbound import Networks
from streams.receivers.discovery import create_receiver
from streams.receivers.protocol import PUBLIC_ONLY, ReceiverContext, ReceiverError

log = structlog.get_logger(__name__)

_now = partial(datetime.now, UTC)
_POLL_SECONDS = 0.2
_RETRY_SECONDS = 1.0
_REFUSALS = frozenset(
    {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED}
)


class Notifier:
    """Delivers alerts to receivers.

    Several may run in one consumer group: one delivers, the others stand by. It commits no offsets.
    When it takes over it reads deliveries and alerts from the beginning, so it knows what is and
    who was told, and goes on from there.

    Parameters
    ----------
    kafka, receivers
        Configuration of Kafka clients; whom to tell.
    group, alerts_topic, deliveries_topic
        Consumer group and names of topics.
    resend_seconds, timeout_seconds
        How often Alertmanager is told again; the longest wait for a receiver's answer.
    networks
        Where receivers may be.
    backoff, random, clock, steady
        When to try again, and the source of jitter; the time, and seconds that never jump.
    session_timeout_seconds
        How soon another process takes over from one that died.
    registry
        Where metrics go.

    Raises
    ------
    ReceiverError
        When a receiver cannot be used as configured, or two have the same name.
    """

    def __init__(
        self,
        kafka: Mapping[str, Any],
        receivers: Sequence[Receiver],
        *,
        group: str = "tidewatch-notify",
        alerts_topic: str = ALERTS.name,
        deliveries_topic: str = DELIVERIES.name,
        resend_seconds: float = 30.0,
        timeout_seconds: float = 10.0,
        session_timeout_seconds: float = 10.0,
        networks: Networks = PUBLIC_ONLY,
        backoff: Backoff | None = None,
        random: Random | None = None,
        clock: Callable[[], datetime] = _now,
        steady: Callable[[], float] = time.monotonic,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        names = [receiver.name for receiver in receivers]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ReceiverError(f"receivers named twice: {', '.join(twice)}; rename one of each")
        self._kafka = dict(kafka)
        self._group = group
        self._alerts_topic = alerts_topic
        self._deliveries_topic = deliveries_topic
        self._timeout_seconds = timeout_seconds
        self._session_timeout_seconds = session_timeout_seconds
        self._backoff = backoff or Backoff()
        self._random = random or Random()
        self._clock = clock
        self._steady = steady
        self._metrics = NotifyMetrics(registry)
        self._recorder = DeliveryRecorder(kafka, deliveries_topic, self._metrics)
        context = ReceiverContext(
            clock=clock,
            networks=networks,
            timeout_seconds=timeout_seconds,
            resend_seconds=resend_seconds,
        )
        self._receivers = [(config, create_receiver(config, context)) for config in receivers]
        self._workers: list[ReceiverWorker] = []
        # While catching up: the alerts read so far, and where they end.
        self._current: dict[str, Alert] | None = None
        self._end: LogEnd | None = None
        self._problem = "not started"

    def ready(self) -> str:
        """Why it neither delivers nor stands by; empty when it does."""
        return self._problem

    def alive(self) -> str:
        """Why it should be restarted; empty when it should not."""
        dead = [worker.name for worker in self._workers if not worker.alive]
        return f"the workers of {', '.join(dead)} have ended" if dead else ""

    def run(self, stop: threading.Event) -> None:
        """Deliver until ``stop`` is set, then finish what is being sent.

        Raises ``KafkaException`` when Kafka refuses for good (no such right).
        """
        consumer = Consumer(
            {
                **self._kafka,
                "group.id": self._group,
                "session.timeout.ms": int(self._session_timeout_seconds * 1000),
                # A topic that is created later is found this soon.
                "topic.metadata.refresh.interval.ms": 10_000,
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
            }
        )
        self._problem = "waiting for Kafka"
        subscribe(
            consumer,
            [self._alerts_topic],
            on_assign=self._assigned,
            on_revoke=self._revoked,
            on_lost=self._revoked,
        )
        try:
            while not stop.is_set():
                self._recorder.poll()
                message = consumer.poll(_POLL_SECONDS)
                if message is not None:
                    self._take(message)
                if self._current is not None and self._end is not None and self._end.reached:
                    self._begin(stop)
        finally:
            self._stop_workers()
            within(CLOSE_SECONDS, consumer.close)
            self._problem = "stopped"

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        for partition in partitions:
            partition.offset = OFFSET_BEGINNING
        consumer.assign(partitions)
        self._end = LogEnd(consumer, partitions)
        self._current = {} if partitions else None
        self._problem = "reading the alerts" if partitions else ""
        log.info("assigned" if partitions else "standing_by", topic=self._alerts_topic)

    def _revoked(self, _consumer: Consumer, _partitions: list[TopicPartition]) -> None:
        self._stop_workers()
        self._current = None
        self._problem = ""
        log.info("revoked", topic=self._alerts_topic)

    def _take(self, message: Message) -> None:
        if self._end is not None:
            self._end.saw(message)
        error = message.error()
        if error is None:
            self._follow(message)
        elif error.fatal() or error.code() in _REFUSALS:
            raise KafkaException(error)
        elif error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            self._trouble(f"there is no topic {self._alerts_topic}; create it: tidewatch migrate")
        elif error.code() != KafkaError._PARTITION_EOF:
            log.warning("kafka_error", topic=self._alerts_topic, error=error.str())

    def _follow(self, message: Message) -> None:
        fingerprint = (message.key() or b"").decode(errors="replace")
        value = message.value()
        if value is None:
            if self._current is not None:
                self._current.pop(fingerprint, None)
            for worker in self._workers:
                worker.forget(fingerprint)
            return
        try:
            alert = decode_alert(value)
        except ValueError as error:
            self._pass_over(message, error)
            return
        if self._current is not None:
            self._current[alert.fingerprint] = alert
        for worker in self._workers:
            worker.offer(alert)

    def _begin(self, stop: threading.Event) -> None:
        """At the end of the alerts: learn what was told, and begin to deliver."""
        outboxes = {
            config.name: Outbox(
                config,
                resend_seconds=receiver.resend_seconds,
                backoff=self._backoff,
                random=Random(self._random.random()),
            )
            for config, receiver in self._receivers
        }
        try:
            # Only now: the process that delivered before has recorded its last delivery.
            for message in read_to_end(self._kafka, self._deliveries_topic, cancelled=stop.is_set):
                self._restore(message, outboxes)
        except KafkaException as error:
            self._trouble(
                f"topic {self._deliveries_topic} cannot be read ({error.args[0].str()}); "
                "if it does not exist, create it: tidewatch migrate"
            )
            stop.wait(_RETRY_SECONDS)
            return
        if stop.is_set():
            return
        current, self._current = self._current or {}, None
        for config, receiver in self._receivers:
            worker = ReceiverWorker(
                config.name,
                receiver,
                outboxes[config.name],
                record=self._recorder.record,
                clock=self._clock,
                steady=self._steady,
                metrics=self._metrics,
            )
            for alert in current.values():
                worker.offer(alert)
            worker.start()
            self._workers.append(worker)
        self._metrics.active.set(1)
        self._problem = ""
        log.info("delivering", alerts=len(current), receivers=[w.name for w in self._workers])

    def _restore(self, message: Message, outboxes: Mapping[str, Outbox]) -> None:
        value = message.value()
        if value is None:
            return
        try:
            delivery = decode_delivery(value)
        except ValueError as error:
            self._pass_over(message, error)
            return
        if delivery.receiver in outboxes:
            outboxes[delivery.receiver].restore(delivery)

    def _stop_workers(self) -> None:
        for worker in self._workers:
            worker.stop()
        deadline = self._steady() + self._timeout_seconds + 1
        for worker in self._workers:
            if not worker.join(max(0.0, deadline - self._steady())):
                log.warning("receiver_hangs", receiver=worker.name, effect="it may be told twice")
        self._workers = []
        self._metrics.active.set(0)
        self._recorder.flush()

    def _trouble(self, problem: str) -> None:
        self._problem = problem
        log.warning("not_delivering", problem=problem)

    def _pass_over(self, message: Message, error: ValueError) -> None:
        topic = message.topic() or ""
        self._metrics.unreadable.labels(topic).inc()
        log.error(
            "unreadable",
            topic=topic,
            offset=message.offset(),
            error=str(error),
            remedy="upgrade notify if a newer release wrote it; it is passed over",
        )
