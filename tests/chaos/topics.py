"""Looking at Kafka from outside, past every proxy."""

from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from schemas.topics import Topic
from streams.kafka import client_config, topic_name
from streams.settings import KafkaSettings

_SECONDS = 20


def end_offsets(settings: KafkaSettings, topic: Topic) -> dict[int, int]:
    """Where each partition ends."""
    name = topic_name(settings, topic)
    consumer = Consumer(client_config(settings, **{"group.id": "none"}))
    try:
        partitions = consumer.list_topics(name, _SECONDS).topics[name].partitions
        return {
            p: consumer.get_watermark_offsets(TopicPartition(name, p), _SECONDS)[1]
            for p in partitions
        }
    finally:
        consumer.close()


def read_topic(settings: KafkaSettings, topic: Topic) -> Iterator[Message]:
    """Everything committed on a topic, each partition in order."""
    name = topic_name(settings, topic)
    config = {
        "group.id": "none",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "fetch.wait.max.ms": 10,
        "isolation.level": "read_committed",
        "fetch.max.bytes": 8 * 1024**2,
        "queued.max.messages.kbytes": 16 * 1024,
    }
    consumer = Consumer(client_config(settings, **config))
    try:
        waiting = set(consumer.list_topics(name, _SECONDS).topics[name].partitions)
        consumer.assign([TopicPartition(name, p, 0) for p in waiting])
        while waiting:
            message = consumer.poll(_SECONDS)
            if message is None:
                raise TimeoutError(f"{name} cannot be read to its end within {_SECONDS} s")
            error = message.error()
            if error is None:
                yield message
            elif error.code() == KafkaError._PARTITION_EOF:
                waiting.discard(message.partition())
            else:
                raise RuntimeError(f"{name}: {error.str()}")
    finally:
        consumer.close()


def last_offsets(settings: KafkaSettings, topic: Topic) -> dict[int, int]:
    """The offset after the last committed message of each partition that has any."""
    return {m.partition(): m.offset() + 1 for m in read_topic(settings, topic)}
