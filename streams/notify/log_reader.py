"""Reading a topic from its beginning to its end: the log is the state."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

_POLL_SECONDS = 0.2
_METADATA_SECONDS = 10.0


def read_to_end(
    kafka: Mapping[str, Any], topic: str, *, cancelled: Callable[[], bool]
) -> Iterator[Message]:
    """All messages that ``topic`` holds now, in order within a partition.

    Ends early when ``cancelled()``. Raises ``KafkaException`` when the topic does not exist or
    Kafka cannot be asked.
    """
    consumer = Consumer(
        {
            **kafka,
            # Required by librdkafka; without subscription or commit no group comes to be.
            "group.id": "tidewatch-log-reader",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
        }
    )
    try:
        metadata = consumer.list_topics(topic, timeout=_METADATA_SECONDS).topics[topic]
        if metadata.error is not None:
            raise KafkaException(metadata.error)
        unfinished = set(metadata.partitions)
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in unfinished])
        while unfinished and not cancelled():
            message = consumer.poll(_POLL_SECONDS)
            if message is None:
                continue
            error = message.error()
            if error is None:
                yield message
            elif error.code() == KafkaError._PARTITION_EOF:
                unfinished.discard(message.partition())
            elif not error.retriable():
                raise KafkaException(error)
    finally:
        consumer.close()
