"""How far a consumer group has come, asked from outside."""

import time

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams.kafka import client_config
from streams.settings import KafkaSettings

_PASSING = (KafkaError.NOT_COORDINATOR, KafkaError.COORDINATOR_LOAD_IN_PROGRESS)


def committed_offsets(settings: KafkaSettings, group: str, topic: str) -> dict[int, int]:
    """The next offset that a group would read, by partition; absent where nothing is committed."""
    # A member of nothing: it only asks. (An AdminClient's answer crashes while a new group's
    # coordinator is loading.)
    consumer = Consumer(client_config(settings, **{"group.id": group}))
    deadline = time.monotonic() + 120
    try:
        partitions = consumer.list_topics(topic, 20).topics[topic].partitions
        while True:
            try:
                found = consumer.committed([TopicPartition(topic, p) for p in partitions], 30)
            except KafkaException as error:
                if error.args[0].code() not in _PASSING or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return {tp.partition: tp.offset for tp in found if tp.offset >= 0}
    finally:
        consumer.close()
