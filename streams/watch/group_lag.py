"""How the other workers get on: partitions that their group has not kept up with."""

from collections.abc import Collection

from confluent_kafka import Consumer, TopicPartition

_ANSWER_SECONDS = 4.0


class GroupLag:
    """Asks Kafka what a consumer group has acknowledged, without joining it.

    Parameters
    ----------
    client
        librdkafka's configuration: how to reach Kafka.
    group, topic
        Whose acknowledgements, and of what.
    """

    def __init__(self, client: dict[str, object], group: str, topic: str) -> None:
        self._client = client | {"group.id": group, "enable.auto.commit": False}
        self._topic = topic
        self._consumer: Consumer | None = None

    def behind(self, partitions: Collection[int], before: float) -> set[int]:
        """Those partitions with a message from ``before`` (epoch seconds) not acknowledged.

        And those without a message since, as the panes themselves have stopped there; but for
        partitions of which nothing was ever acknowledged, which may be empty.

        Waits for Kafka's answer. Raises ``KafkaException`` when there is none.
        """
        if not partitions:
            return set()
        if self._consumer is None:
            self._consumer = Consumer(self._client)
        consumer = self._consumer
        places = [TopicPartition(self._topic, p, int(before * 1000)) for p in sorted(partitions)]
        since = consumer.offsets_for_times(places, _ANSWER_SECONDS)
        taken = consumer.committed(
            [TopicPartition(self._topic, p) for p in sorted(partitions)], _ANSWER_SECONDS
        )
        until = {found.partition: max(found.offset, 0) for found in taken}
        return {
            found.partition
            for found in since
            # Below 0 there is none since.
            if found.offset > until[found.partition] or found.offset < 0 < until[found.partition]
        }
