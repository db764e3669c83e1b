"""A small batch that unfolds to more than can be read stops nobody."""

import asyncio
import uuid

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from streams.embedded.kafka import EmbeddedKafka
from streams.unreadable import Unreadable, cannot_be_unfolded
from streams.watch.changes import RecentChanges
from tests.streams.watch.test_changes import told

UNFOLDED = 110_000_000  # beyond receive.message.max.bytes


@pytest.fixture(scope="module")
def bombed(kafka: EmbeddedKafka) -> str:
    """A topic with a change, a few kilobytes that unfold to 110 MB, and another change."""
    topic = f"bombed-{uuid.uuid4().hex}"
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(20)
    limits = {"message.max.bytes": 2 * UNFOLDED, "queue.buffering.max.kbytes": 500_000}
    for value in (told(change_id="before"), bytes(UNFOLDED), told(change_id="behind")):
        producer = Producer(
            {
                "bootstrap.servers": kafka.bootstrap_servers,
                "compression.type": "zstd",
                **limits,
            }
        )
        producer.produce(topic, value)
        assert producer.flush(60) == 0
    return topic


def test_a_consumer_gets_past_it(kafka: EmbeddedKafka, bombed: str) -> None:
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap_servers, "group.id": bombed})
    consumer.assign([TopicPartition(bombed, 0, OFFSET_BEGINNING)])
    unreadable, read, passed = Unreadable(), [], []
    for _ in range(60):
        for message in consumer.consume(10, 0.5):
            error = message.error()
            if error is None:
                read.append(message.offset())
            else:
                assert cannot_be_unfolded(error)
                passed.append(unreadable.pass_over(consumer, message))
        if 2 in read:
            break
    consumer.close()
    assert read == [0, 2]
    assert passed == [2]


def test_changes_behind_it_are_known(kafka: EmbeddedKafka, bombed: str) -> None:
    changes = RecentChanges(bombed, {"bootstrap.servers": kafka.bootstrap_servers})

    async def run() -> None:
        following = asyncio.create_task(changes.follow())
        async with asyncio.timeout(30):
            while len(changes()) < 2:
                await asyncio.sleep(0.1)
        following.cancel()

    asyncio.run(run())
    assert {change.change_id for change in changes()} == {"before", "behind"}
