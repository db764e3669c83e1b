"""Getting past messages that Kafka's client cannot unfold.

A batch of four kilobytes may unfold to gigabytes. The client refuses what unfolds to more than its
``receive.message.max.bytes`` (but for gzip), says so, and asks for the same batch again, for ever:
whoever may write to a topic could stop everybody who reads it.
"""

import structlog
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

log = structlog.get_logger(__name__)


def cannot_be_unfolded(error: KafkaError) -> bool:
    """Whether an error is about a batch that never can be read."""
    return error.code() == KafkaError._BAD_COMPRESSION


class Unreadable:
    """Takes consumers on behind batches that cannot be unfolded."""

    def __init__(self) -> None:
        self._steps: dict[tuple[str, int, int], int] = {}

    def pass_over(self, consumer: Consumer, message: Message) -> int:
        """Go on behind the batch that an error names; gives where.

        How many messages a batch has, the client does not say: one is passed over, then two, four
        and so on, until something can be read. So of the messages right behind a refused batch some
        may be passed over with it, fewer than it had itself. All of it is logged.
        """
        topic, partition = message.topic() or "", message.partition() or 0
        offset = message.offset() or 0
        step = self._steps.get((topic, partition, offset), 1)
        self._steps = {(topic, partition, offset): 2 * step}
        # Behind the end the client would begin anew from the first message of all.
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), cached=True)
        reached = min(offset + step, end) if end > offset else offset + 1
        consumer.seek(TopicPartition(topic, partition, reached))
        log.error(
            "messages_passed_over",
            topic=topic,
            partition=partition,
            offset=offset,
            until=reached,
            reason="they unfold to more than can be read",
        )
        return reached
