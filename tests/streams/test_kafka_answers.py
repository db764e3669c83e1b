"""What Kafka does not tell of a partition is not taken for nothing."""

from collections.abc import Iterator

import pytest
from confluent_kafka import Consumer, KafkaException, TopicPartition

from schemas.topics import RECENT_IDS
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import answered, client_config, ensure_topics, topic_name
from streams.settings import KafkaSettings


@pytest.fixture
def consumer(kafka: EmbeddedKafka) -> Iterator[tuple[Consumer, str]]:
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers, topic_prefix="answers-")
    ensure_topics(settings, [RECENT_IDS])
    consumer = Consumer(client_config(settings, **{"group.id": "answers"}))
    yield consumer, topic_name(settings, RECENT_IDS)
    consumer.close()


def test_a_partition_that_cannot_be_asked_is_an_error(consumer: tuple[Consumer, str]) -> None:
    client, topic = consumer
    asked = [TopicPartition(topic, 0, 0), TopicPartition(topic, 999, 0)]
    found = client.offsets_for_times(asked, 20)
    assert [each.error is None for each in found] == [True, False]
    with pytest.raises(KafkaException):
        answered(found)


def test_a_partition_of_which_there_is_nothing_is_none(consumer: tuple[Consumer, str]) -> None:
    client, topic = consumer
    asked = [TopicPartition(topic, 0, 0)]
    assert answered(client.offsets_for_times(asked, 20))[0].offset < 0
    assert answered(client.committed(asked, 20))[0].offset < 0
