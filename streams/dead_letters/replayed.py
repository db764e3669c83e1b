"""What has been replayed: offsets that consumer groups have committed, a group a reason.

Letters of a reason are replayed in the order of the topic, so that how far is one offset a
partition. A group a reason keeps a replay of one reason from hiding the others.
"""

from collections.abc import Mapping, Sequence

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.topics import DEAD_LETTERS
from streams.kafka import client_config, topic_name
from streams.settings import KafkaSettings

_TIMEOUT_SECONDS = 60.0
"""A cluster that makes its topic of offsets just now takes its time."""


class Replayed:
    """Reads and writes how far each reason has been replayed.

    Kafka forgets the offsets of an unused group after ``offsets.retention.minutes`` (seven days by
    default). What is replayed again then is the same event again, one row in ClickHouse.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._admin = AdminClient(client_config(settings))
        self._topic = topic_name(settings, DEAD_LETTERS)
        self._prefix = f"{settings.topic_prefix}tidewatch-dlq-"
        partitions = self._admin.list_topics(self._topic, timeout=_TIMEOUT_SECONDS)
        self._partitions = sorted(partitions.topics[self._topic].partitions)

    def until(self, reason: str) -> dict[int, int]:
        """For each partition the offset before which all letters of a reason were replayed."""
        wanted = ConsumerGroupTopicPartitions(
            self._prefix + reason,
            [TopicPartition(self._topic, number) for number in self._partitions],
        )
        futures = self._admin.list_consumer_group_offsets(
            [wanted], request_timeout=_TIMEOUT_SECONDS
        )
        # Without a time of its own: the request's comes as an error of Kafka.
        found = futures[wanted.group_id].result().topic_partitions
        return {tp.partition: max(0, tp.offset) for tp in found}

    def replayed(self, reasons: Sequence[str]) -> dict[str, dict[int, int]]:
        """:meth:`until` of several reasons."""
        return {reason: self.until(reason) for reason in reasons}

    def remember(self, reason: str, until: Mapping[int, int]) -> None:
        """Write down how far a reason has been replayed."""
        done = ConsumerGroupTopicPartitions(
            self._prefix + reason,
            [TopicPartition(self._topic, number, offset) for number, offset in until.items()],
        )
        futures = self._admin.alter_consumer_group_offsets([done], request_timeout=_TIMEOUT_SECONDS)
        futures[done.group_id].result()
