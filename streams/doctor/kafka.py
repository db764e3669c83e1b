"""Checks of Kafka: reachable, topics as they should be, groups that keep up, clocks that agree."""

import time
from collections.abc import Iterator
from typing import Any

from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    ConfigResource,
    ResourceType,
)

from schemas.topics import ALERTS, ALL_TOPICS, DEAD_LETTERS, INFERENCE, PANES, Topic
from streams.doctor.check import Check, failed, ok, skipped, warning
from streams.doctor.clock import check_broker_clock
from streams.kafka import MESSAGE_MAX_BYTES, client_config, topic_name
from streams.settings import KafkaSettings, Settings

TIMEOUT_SECONDS = 8.0
LAG_MESSAGES = 100_000
"""More messages behind than this deserves a look."""

_COORDINATOR_MOVES = {
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.NOT_COORDINATOR,
}
_PART = "Kafka"


def check_kafka(settings: Settings) -> Iterator[Check]:
    """All checks of Kafka; one only when it cannot be reached."""
    kafka = settings.kafka
    admin = AdminClient(client_config(kafka))
    try:
        found = admin.list_topics(timeout=TIMEOUT_SECONDS)
    except KafkaException as error:
        yield failed(
            _PART,
            kafka.bootstrap_servers,
            f"does not answer ({error.args[0].str()})",
            "start it (`tidewatch up` brings one), or set kafka.bootstrap_servers",
        )
        return
    brokers = len(found.brokers)
    yield ok(_PART, kafka.bootstrap_servers, f"{brokers} broker{'s' if brokers > 1 else ''}")
    partitions = {name: len(topic.partitions) for name, topic in found.topics.items()}
    yield from _topics(admin, kafka, partitions)
    yield from _lags(admin, settings, partitions)
    yield check_broker_clock(kafka)


def _topics(
    admin: AdminClient, settings: KafkaSettings, partitions: dict[str, int]
) -> Iterator[Check]:
    missing = [
        topic_name(settings, t) for t in ALL_TOPICS if topic_name(settings, t) not in partitions
    ]
    if missing:
        remedy = "run `tidewatch migrate`"
        yield failed(_PART, "topics", f"missing: {', '.join(missing)}", remedy)
    existing = [topic for topic in ALL_TOPICS if topic_name(settings, topic) in partitions]
    wrong = 0
    for topic in existing:
        for check in _configuration(admin, settings, topic, partitions):
            wrong += 1
            yield check
    if not missing and not wrong:
        yield ok(_PART, "topics", f"{len(existing)} topics as they should be")


def _configuration(
    admin: AdminClient, settings: KafkaSettings, topic: Topic, partitions: dict[str, int]
) -> Iterator[Check]:
    name = topic_name(settings, topic)
    if topic.partitions is not None and partitions[name] != topic.partitions:
        yield failed(
            _PART,
            f"topic {name}",
            f"has {partitions[name]} partitions instead of {topic.partitions}",
            "stop Tidewatch, delete the topic, run `tidewatch migrate`",
        )
    resource = ConfigResource(ResourceType.TOPIC, name)
    try:
        config = admin.describe_configs([resource])[resource].result(TIMEOUT_SECONDS)
    except KafkaException as error:
        told = f"its configuration cannot be read ({error.args[0].str()})"
        yield skipped(_PART, f"topic {name}", told)
        return
    values: dict[str, Any] = {key: entry.value for key, entry in config.items()}
    policy = {part.strip() for part in values.get("cleanup.policy", "").split(",")}
    if policy != set(topic.cleanup.split(",")):
        yield failed(
            _PART,
            f"topic {name}",
            f"cleanup.policy is {values.get('cleanup.policy')} instead of {topic.cleanup}",
            f"set it: kafka-configs --alter --topic {name} --add-config "
            f"cleanup.policy=[{topic.cleanup}]",
        )
    if topic in (INFERENCE, DEAD_LETTERS):
        size = int(values.get("max.message.bytes") or 0)
        if size < MESSAGE_MAX_BYTES:
            yield warning(
                _PART,
                f"topic {name}",
                f"max.message.bytes is {size}: larger messages are refused by Kafka",
                f"set it to {MESSAGE_MAX_BYTES} or more",
            )


def _lags(admin: AdminClient, settings: Settings, partitions: dict[str, int]) -> Iterator[Check]:
    groups = (
        (settings.score.group, INFERENCE, "add workers: tidewatch score --worker NAME"),
        (settings.watch.application, PANES, "add workers, or longer panes: score.pane_seconds"),
        (settings.sink.group, DEAD_LETTERS, "look at its log; is ClickHouse slow?"),
        (settings.notify.group, ALERTS, ""),
    )
    for group, topic, remedy in groups:
        name = topic_name(settings.kafka, topic)
        if name in partitions:
            try:
                yield _lag(
                    admin=admin,
                    settings=settings.kafka,
                    group=group,
                    topic=name,
                    partitions=partitions[name],
                    remedy=remedy,
                )
            except KafkaException as error:
                yield warning(
                    _PART,
                    f"group {group}",
                    f"cannot be described ({error.args[0].str()})",
                    "ask again in a moment",
                )


def _lag(
    *,
    admin: AdminClient,
    settings: KafkaSettings,
    group: str,
    topic: str,
    partitions: int,
    remedy: str,
) -> Check:
    name = f"group {group}"
    members = len(_describe(admin, group).members)
    if members == 0:
        return warning(
            _PART, name, "no process of it runs", "start it; until then its messages wait in Kafka"
        )
    wanted = ConsumerGroupTopicPartitions(
        group, [TopicPartition(topic, number) for number in range(partitions)]
    )
    offsets = admin.list_consumer_group_offsets([wanted])[group].result(TIMEOUT_SECONDS)
    told = f"{members} running"
    committed = {tp.partition: tp.offset for tp in offsets.topic_partitions if tp.offset >= 0}
    if not committed:
        return ok(_PART, name, told)
    lag = _behind(settings, topic, committed)
    told = f"{told}, {lag:,} messages of {topic} behind"
    return warning(_PART, name, told, remedy) if lag > LAG_MESSAGES else ok(_PART, name, told)


def _describe(admin: AdminClient, group: str) -> Any:
    """The group, waiting for a coordinator that is still being elected or is reading its past."""
    until = time.monotonic() + TIMEOUT_SECONDS
    while True:
        asked = admin.describe_consumer_groups([group], request_timeout=TIMEOUT_SECONDS)[group]
        try:
            return asked.result(TIMEOUT_SECONDS)
        except KafkaException as error:
            if error.args[0].code() not in _COORDINATOR_MOVES or time.monotonic() > until:
                raise
            time.sleep(0.2)


def _behind(settings: KafkaSettings, topic: str, committed: dict[int, int]) -> int:
    consumer = Consumer(client_config(settings, **{"group.id": "tidewatch-doctor"}))
    try:
        return sum(
            max(
                0,
                consumer.get_watermark_offsets(
                    TopicPartition(topic, number), timeout=TIMEOUT_SECONDS
                )[1]
                - offset,
            )
            for number, offset in committed.items()
        )
    finally:
        consumer.close()
