"""What Kafka does not tell of a partition is not taken for nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

import streams.kafka
from schemas.topics import RECENT_IDS
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import answered, client_config, ensure_topics, may_pass, subscribe, topic_name
from streams.settings import KafkaSettings
from tests.streams.conftest import wait_until


@pytest.fixture
def consumer(kafka: EmbeddedKafka) -> Iterator[tuple[Consumer, str]]:
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers, topic_prefix="answers-")
    ensure_topics(settings, [RECENT_IDS])
    consumer = Consumer(client_config(settings, **{"group.id": "answers"}))
    yield consumer, topic_name(settings, RECENT_IDS)
    consumer.close()


def patiently(
    ask: Callable[[list[TopicPartition], float], list[TopicPartition]], *asked: TopicPartition
) -> list[TopicPartition]:
    """The answer of a broker that may not know yet who leads a topic or group just made."""

    def answer() -> list[TopicPartition] | None:
        try:
            return ask(list(asked), 20)
        except KafkaException as error:
            if not may_pass(error.args[0]):
                raise
            return None

    found: list[TopicPartition] = wait_until(answer)
    return found


def test_a_partition_that_cannot_be_asked_is_an_error(consumer: tuple[Consumer, str]) -> None:
    client, topic = consumer
    found = patiently(
        client.offsets_for_times, TopicPartition(topic, 0, 0), TopicPartition(topic, 999, 0)
    )
    assert [each.error is None for each in found] == [True, False]
    with pytest.raises(KafkaException):
        answered(found)


def test_a_partition_of_which_there_is_nothing_is_none(consumer: tuple[Consumer, str]) -> None:
    client, topic = consumer
    for ask in (client.offsets_for_times, client.committed):
        assert answered(patiently(ask, TopicPartition(topic, 0, 0)))[0].offset < 0


@pytest.mark.parametrize(
    "code",
    [
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.FENCED_LEADER_EPOCH,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.UNSTABLE_OFFSET_COMMIT,
        KafkaError._TRANSPORT,
        KafkaError._NOENT,
    ],
)
def test_what_a_broker_that_comes_back_says_may_pass(code: int) -> None:
    assert may_pass(KafkaError(code))


@pytest.mark.parametrize(
    "error",
    [
        KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED),
        KafkaError(KafkaError.GROUP_AUTHORIZATION_FAILED),
        KafkaError(KafkaError._AUTHENTICATION),
        KafkaError(KafkaError._TIMED_OUT, fatal=True),
    ],
)
def test_what_somebody_has_to_mend_does_not_pass(error: KafkaError) -> None:
    assert not may_pass(error)


def test_what_kafka_refuses_while_partitions_are_dealt_out_can_be_caught(
    consumer: tuple[Consumer, str],
) -> None:
    client, topic = consumer

    def assigned(consumer: Consumer, _partitions: list[TopicPartition]) -> None:
        consumer.offsets_for_times([TopicPartition(topic, 0, 0)], timeout=1e-5)

    subscribe(client, [topic], on_assign=assigned)

    def refused() -> KafkaException | None:
        try:
            client.consume(1, 0.5)
        except KafkaException as error:
            return error
        return None

    error: KafkaException = wait_until(refused)
    assert error.args[0].code() == KafkaError._TIMED_OUT


def test_who_subscribes_can_catch_what_is_raised() -> None:
    """A bare ``Consumer.subscribe`` with callbacks ends its thread by what they raise."""
    places = [
        str(path)
        for path in Path(streams.__file__).parent.rglob("*.py")
        if ".subscribe(" in path.read_text()
    ]
    assert places == [streams.kafka.__file__]
