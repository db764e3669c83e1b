import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streams.embedded.kafka import EmbeddedKafka
from streams.notify import log_reader
from streams.notify.log_reader import read_to_end


@pytest.fixture
def topic(kafka: EmbeddedKafka) -> str:
    name = f"log-{uuid.uuid4().hex[:8]}"
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    for created in admin.create_topics([NewTopic(name, 2, 1)]).values():
        created.result()
    return name


def read(kafka: EmbeddedKafka, topic: str) -> list[bytes | None]:
    config = {"bootstrap.servers": kafka.bootstrap_servers}
    messages = read_to_end(config, topic, cancelled=threading.Event().is_set)
    return [message.value() for message in messages]


def test_all_partitions_are_read_and_empty_ones_end(kafka: EmbeddedKafka, topic: str) -> None:
    assert read(kafka, topic) == []
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
    for number in range(100):
        producer.produce(topic, partition=number % 2, value=str(number))
    producer.flush()
    assert sorted(map(int, filter(None, read(kafka, topic)))) == list(range(100))


def test_aborted_messages_are_not_read_and_do_not_hide_the_end(
    kafka: EmbeddedKafka, topic: str
) -> None:
    producer = Producer(
        {"bootstrap.servers": kafka.bootstrap_servers, "transactional.id": f"{topic}-writer"}
    )
    producer.init_transactions()
    for value, end in (("kept", producer.commit_transaction), ("lost", producer.abort_transaction)):
        producer.begin_transaction()
        producer.produce(topic, partition=0, value=value)
        producer.flush()
        end()
    assert read(kafka, topic) == [b"kept"]


@contextmanager
def chatter(kafka: EmbeddedKafka, topic: str) -> Iterator[None]:
    """A message every 50 ms, so that the broker never reports the end."""
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
    stop = threading.Event()

    def talk() -> None:
        while not stop.wait(0.05):
            producer.produce(topic, partition=0, value="x")
            producer.poll(0)

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        producer.flush()


class WithoutLeaders(Consumer):
    """Its topics have no leaders at first."""

    asked = 0

    def get_watermark_offsets(self, *arguments: Any, **options: Any) -> Any:
        self.asked += 1
        if self.asked <= 2:
            raise KafkaException(KafkaError(KafkaError.LEADER_NOT_AVAILABLE))
        return super().get_watermark_offsets(*arguments, **options)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", [Consumer, WithoutLeaders])
def test_a_topic_that_is_written_to_all_the_time_has_an_end(
    kafka: EmbeddedKafka, topic: str, monkeypatch: pytest.MonkeyPatch, kind: type[Consumer]
) -> None:
    monkeypatch.setattr(log_reader, "Consumer", kind)
    with chatter(kafka, topic):
        read(kafka, topic)


def test_a_topic_that_does_not_exist_is_an_error(kafka: EmbeddedKafka) -> None:
    with pytest.raises(KafkaException, match="UNKNOWN_TOPIC_OR_PART"):
        read(kafka, "no-such-topic")
