"""Messages to Kafka: idempotent, acknowledged by all replicas, slowed by a slow broker."""

from collections import Counter
from typing import Any, Literal

from confluent_kafka import KafkaError, KafkaException, Producer

from streams.kafka import MESSAGE_MAX_BYTES, KafkaUnavailable, client_config, topic_name
from streams.replay.outgoing import Outgoing
from streams.settings import KafkaSettings

Compression = Literal["none", "lz4", "zstd", "gzip", "snappy"]

FLUSH_SECONDS = 60.0


class KafkaTarget:
    """Sends messages to Kafka.

    Parameters
    ----------
    settings
        How to reach Kafka.
    compression
        Compression of batches.
    delivery_timeout
        After so many seconds without acknowledgement a message counts as lost.

    Raises
    ------
    KafkaUnavailable
        From :meth:`send` when the producer cannot go on.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        compression: Compression = "lz4",
        delivery_timeout: float = 120.0,
    ) -> None:
        self._settings = settings
        self._failed: Counter[str] = Counter()
        self._fatal: KafkaError | None = None
        self._names: dict[str, str] = {}
        self._producer = Producer(
            client_config(
                settings,
                **{
                    "enable.idempotence": True,
                    "acks": "all",
                    "compression.type": compression,
                    "linger.ms": 10,
                    "message.max.bytes": MESSAGE_MAX_BYTES,
                    "queue.buffering.max.kbytes": 128 * 1024,
                    "delivery.timeout.ms": int(delivery_timeout * 1000),
                    # A report for every message would cost as much as making the message.
                    "delivery.report.only.error": True,
                },
            )
            | {"error_cb": self._error}
        )
        self._since_poll = 0

    def _error(self, error: KafkaError) -> None:
        if error.fatal():
            self._fatal = error

    def _delivered(self, error: KafkaError | None, _message: Any) -> None:
        if error is not None:
            self._failed[error.name()] += 1

    def send(self, message: Outgoing) -> None:
        """Hand a message to the producer; waits while its queue is full."""
        if self._fatal is not None:
            raise KafkaUnavailable(f"the Kafka producer cannot go on: {self._fatal.str()}")
        topic = self._names.get(message.topic.name)
        if topic is None:
            topic = self._names[message.topic.name] = topic_name(self._settings, message.topic)
        while True:
            try:
                self._producer.produce(
                    topic, message.value, message.key, on_delivery=self._delivered
                )
            except BufferError:
                self._producer.poll(0.1)
                if self._fatal is not None:
                    raise KafkaUnavailable(
                        f"the Kafka producer cannot go on: {self._fatal.str()}"
                    ) from None
            except KafkaException as error:
                raise KafkaUnavailable(
                    f"topic {topic}: message not taken ({error.args[0].str()})"
                ) from None
            else:
                break
        self._since_poll += 1
        if self._since_poll >= 500:
            self._since_poll = 0
            self._producer.poll(0)

    def close(self) -> dict[str, int]:
        """Wait for all acknowledgements; numbers of lost messages by Kafka's error name."""
        left = self._producer.flush(FLUSH_SECONDS)
        if left:
            self._failed["_NOT_ACKNOWLEDGED"] += left
        return dict(self._failed)
