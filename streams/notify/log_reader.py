"""Reading a topic from its beginning to its end: the log is the state."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

READER_GROUP = "tidewatch-log-reader"
"""librdkafka wants a group, and the right to describe it; none comes to be without a commit."""

_POLL_SECONDS = 0.2
_METADATA_SECONDS = 10.0


class LogEnd:
    """Whether partitions were read to where they ended when this was made.

    Kafka reports an end only when nothing comes for a while, and on a busy topic that is never; so
    the end is also where the offsets said it was.
    """

    def __init__(self, consumer: Consumer, partitions: Iterable[TopicPartition]) -> None:
        self._consumer = consumer
        self._ends: dict[tuple[str, int], int | None] = {}
        for partition in partitions:
            begin, end = self._offsets(partition)
            if end is None or begin < end:
                self._ends[partition.topic, partition.partition] = end

    @property
    def reached(self) -> bool:
        """Whether all were."""
        return not self._ends

    def saw(self, message: Message) -> None:
        """Take note of a message or of a reported end."""
        partition = (message.topic() or "", message.partition() or 0)
        if partition not in self._ends:
            return
        error = message.error()
        if error is not None:
            passed = error.code() == KafkaError._PARTITION_EOF
        else:
            end = self._ends[partition]
            if end is None:
                # A partition without a leader, just made or moved, has one now.
                _, end = self._offsets(TopicPartition(*partition))
                self._ends[partition] = end
            passed = end is not None and (message.offset() or 0) + 1 >= end
        if passed:
            del self._ends[partition]

    def _offsets(self, partition: TopicPartition) -> tuple[int, int | None]:
        """The offsets of the first message and after the last; no end when Kafka cannot tell."""
        try:
            begin, end = self._consumer.get_watermark_offsets(partition, timeout=_METADATA_SECONDS)
        except KafkaException:
            return 0, None
        return int(begin), int(end)


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
            "group.id": READER_GROUP,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            # The end is told after a fetch that found nothing: half a second, else.
            "fetch.wait.max.ms": 10,
            "isolation.level": "read_committed",
        }
    )
    try:
        metadata = consumer.list_topics(topic, timeout=_METADATA_SECONDS).topics[topic]
        if metadata.error is not None:
            raise KafkaException(metadata.error)
        partitions = [
            TopicPartition(topic, number, OFFSET_BEGINNING) for number in metadata.partitions
        ]
        end = LogEnd(consumer, partitions)
        consumer.assign(partitions)
        while not end.reached and not cancelled():
            message = consumer.poll(_POLL_SECONDS)
            if message is None:
                continue
            end.saw(message)
            error = message.error()
            if error is None:
                yield message
            elif error.code() != KafkaError._PARTITION_EOF and not error.retriable():
                raise KafkaException(error)
    finally:
        consumer.close()
