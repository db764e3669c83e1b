"""How far score has come: whether an event that is not stored yet may still come."""

from datetime import datetime

from confluent_kafka import Consumer, KafkaException, TopicPartition

from schemas.topics import INFERENCE
from streams.kafka import answered, client_config, topic_name
from streams.settings import Settings

_ANSWER_SECONDS = 5.0


class Scored:
    """Asks Kafka what score's group has committed; a member of nothing."""

    def __init__(self, settings: Settings) -> None:
        self._topic = topic_name(settings.kafka, INFERENCE)
        self._consumer = Consumer(
            client_config(settings.kafka, **{"group.id": settings.score.group})
        )

    def until(self, time: datetime) -> bool:
        """Whether all that Kafka took before ``time`` has been scored; false where unknown."""
        at = int(time.timestamp() * 1000)
        try:
            topic = self._consumer.list_topics(self._topic, _ANSWER_SECONDS).topics[self._topic]
            due = self._consumer.offsets_for_times(
                [TopicPartition(self._topic, p, at) for p in topic.partitions], _ANSWER_SECONDS
            )
            committed = self._consumer.committed(
                [TopicPartition(self._topic, p) for p in topic.partitions], _ANSWER_SECONDS
            )
            done = {tp.partition: max(tp.offset, 0) for tp in answered(committed)}
            return all(done[tp.partition] >= self._due(tp) for tp in answered(due))
        except KafkaException:
            return False

    def _due(self, found: TopicPartition) -> int:
        """The offset of the first message from then on, else the partition's end."""
        if found.offset >= 0:
            return found.offset
        first, end = self._consumer.get_watermark_offsets(
            TopicPartition(self._topic, found.partition), _ANSWER_SECONDS
        )
        return end if end > first else 0

    def close(self) -> None:
        """Let go of the connection."""
        self._consumer.close()
