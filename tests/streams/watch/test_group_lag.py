"""What a group has not acknowledged, asked from outside of it."""

import time
from collections.abc import Callable
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.topics import PANES
from streams.kafka import client_config
from streams.watch.group_lag import GroupLag


def test_partitions_with_old_messages_that_nobody_has_taken_are_behind(
    make_place: Callable[..., Any],
) -> None:
    place = make_place()
    topic = place.name(PANES)
    now = int(time.time())
    producer = Producer(client_config(place.kafka))
    for partition in (0, 1):
        for age in (300, 200, 100, 10):
            told = (now - age) * 1000
            producer.produce(topic, b"", partition=partition, timestamp=told)
    assert producer.flush(20) == 0
    group = Consumer(client_config(place.kafka, **{"group.id": place.application}))

    def take(partition: int, offset: int) -> None:
        group.commit(offsets=[TopicPartition(topic, partition, offset)], asynchronous=False)

    lag = GroupLag(client_config(place.kafka), place.application, topic)
    try:
        take(0, 0)
        assert lag.behind({0, 1}, now - 60) == {0, 1}
        take(0, 2)
        assert lag.behind({0, 1}, now - 60) == {0, 1}
        take(0, 3)
        # What is left is as young as may be.
        assert lag.behind({0, 1}, now - 60) == {1}
        assert lag.behind({0}, now - 60) == set()
        # The panes themselves have stopped; of partition 1 nothing is known.
        assert lag.behind({0, 1}, now - 5) == {0}
        assert lag.behind((), now) == set()
    finally:
        group.close()
