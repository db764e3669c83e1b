"""Kafka as the benchmarks use it: events in, commits and alerts out."""

import time
from collections.abc import Callable, Iterable
from typing import Final

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from benchmarks.processes import BenchmarkFailed
from schemas.topics import ALL_TOPICS, INFERENCE, RECENT_IDS, Topic
from streams.kafka import client_config, partition_count, topic_name
from streams.replay.kafka_target import KafkaTarget
from streams.replay.outgoing import Outgoing
from streams.settings import KafkaSettings

_COMMIT_GAP_MS: Final = 10
_POLL_SECONDS: Final = 0.25


def outgoing(event_id: str, value: bytes, time: float) -> Outgoing:
    """An event on its way to the inference topic, keyed by its id."""
    return Outgoing(topic=INFERENCE, key=event_id.encode(), value=value, time=time)


def send_all(settings: KafkaSettings, messages: Iterable[Outgoing]) -> None:
    """Send messages and wait for their acknowledgement."""
    target = KafkaTarget(settings)
    for message in messages:
        target.send(message)
    lost = target.close()
    if lost:
        raise BenchmarkFailed(f"messages were lost on the way to Kafka: {lost}")


def reader(settings: KafkaSettings) -> Consumer:
    """A consumer that belongs to no group and sees committed messages as soon as they are there."""
    return Consumer(
        client_config(
            settings,
            **{
                "group.id": "benchmark",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
            },
        )
    )


def read_all(settings: KafkaSettings, topic: Topic) -> list[Message]:
    """Every committed message of a topic."""
    consumer = reader(settings)
    name = topic_name(settings, topic)
    partitions = partition_count(settings, topic)
    consumer.assign([TopicPartition(name, partition, 0) for partition in range(partitions)])
    waiting = set(range(partitions))
    found: list[Message] = []
    try:
        while waiting:
            message = consumer.poll(10)
            if message is None:
                raise BenchmarkFailed(f"topic {name} cannot be read to its end")
            error = message.error()
            if error is None:
                found.append(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                waiting.discard(message.partition() or 0)
            else:
                raise BenchmarkFailed(f"topic {name}: {error.str()}")
    finally:
        consumer.close()
    return found


def commits(settings: KafkaSettings) -> list[tuple[float, int]]:
    """Every commit of score: when (epoch seconds), and how many events were new in it.

    Told by the ids that each commit publishes, so nothing needs to be asked while score runs.
    """
    found: list[tuple[float, int]] = []
    stamps = sorted(
        (message.timestamp()[1], len(message.value() or b"") // 8)
        for message in read_all(settings, RECENT_IDS)
    )
    last = 0
    for stamp, ids in stamps:
        if found and stamp - last < _COMMIT_GAP_MS:
            found[-1] = (found[-1][0], found[-1][1] + ids)
        else:
            found.append((stamp / 1000, ids))
        last = stamp
    return found


def delete_topics(settings: KafkaSettings) -> None:
    """Delete all topics under the prefix: what was measured needs its disk no longer."""
    admin = AdminClient(client_config(settings))
    for future in admin.delete_topics([topic_name(settings, t) for t in ALL_TOPICS]).values():
        future.result(30)


def wait_for(done: Callable[[], bool], seconds: float, what: Callable[[], str]) -> None:
    """Wait until ``done``. Raises :class:`BenchmarkFailed` saying ``what`` did not happen."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise BenchmarkFailed(f"not within {seconds:.0f} s: {what()}")
        time.sleep(_POLL_SECONDS)
