"""Puts every outcome on the deliveries topic: what a restart learns from."""

from collections.abc import Mapping
from typing import Any

import structlog
from confluent_kafka import KafkaError, Message, Producer

from schemas.deliveries import Delivery, encode_delivery
from streams.notify.metrics import NotifyMetrics

log = structlog.get_logger(__name__)

_FLUSH_SECONDS = 3.0


class DeliveryRecorder:
    """Publishes deliveries to ``topic``; may be used by several threads."""

    def __init__(self, kafka: Mapping[str, Any], topic: str, metrics: NotifyMetrics) -> None:
        self._topic = topic
        self._metrics = metrics
        self._producer = Producer({**kafka, "enable.idempotence": True, "linger.ms": 0})

    def record(self, delivery: Delivery) -> None:
        """Publish without waiting; what Kafka does not take is logged and counted."""
        try:
            self._producer.produce(
                self._topic,
                key=delivery.key.encode(),
                value=encode_delivery(delivery),
                on_delivery=self._acknowledged,
            )
        except BufferError as error:
            self._lost(str(error))

    def poll(self) -> None:
        """Take acknowledgements; call it often."""
        self._producer.poll(0)

    def flush(self) -> None:
        """Wait until Kafka has what was recorded."""
        if left := self._producer.flush(_FLUSH_SECONDS):
            self._lost(f"{left} left after {_FLUSH_SECONDS:.0f} s")

    def _acknowledged(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._lost(error.str())

    def _lost(self, error: str) -> None:
        self._metrics.unrecorded.inc()
        log.error(
            "delivery_unrecorded",
            topic=self._topic,
            error=error,
            effect="a restart may deliver it again",
        )
