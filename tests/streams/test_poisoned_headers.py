"""A header whose name is no UTF-8 ends nobody: Kafka takes any bytes, its clients fail on them."""

import asyncio
import os
import subprocess
import sys
import uuid

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from streams.embedded.kafka import EmbeddedKafka
from streams.watch.changes import RecentChanges
from tests.streams.watch.test_changes import told

# aiokafka's compiled part checks names; the other one asks them for their bytes.
_SENDER = """
import asyncio, sys
from aiokafka import AIOKafkaProducer
class Name(str):
    def encode(self, *_): return b"\\xff\\xfe"
async def send():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1])
    await producer.start()
    await producer.send_and_wait(sys.argv[2], b"{}", headers=[(Name("x"), b"1")])
    await producer.stop()
asyncio.run(send())
"""

_READER = """
import sys
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from streams.dead_letters.letter import Letter
from streams.score.intake import Received
from streams.sink.message import Message
def first():
    consumer = Consumer({"bootstrap.servers": sys.argv[1], "group.id": "reader"})
    consumer.assign([TopicPartition(sys.argv[2], 0, OFFSET_BEGINNING)])
    (message,) = consumer.consume(1, 20)
    consumer.close()
    return message
received = Received.of(first())
print(received.value.decode(), received.headers)
print(Message.of(first()).headers, Letter.of(first()).headers)
"""


@pytest.fixture
def poisoned(kafka: EmbeddedKafka) -> str:
    """A topic whose first message has such a header, and whose second is a change."""
    topic = f"poisoned-{uuid.uuid4().hex}"
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(20)
    subprocess.run(
        [sys.executable, "-c", _SENDER, kafka.bootstrap_servers, topic],
        env={**os.environ, "AIOKAFKA_NO_EXTENSIONS": "1"},
        check=True,
        timeout=60,
    )
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
    producer.produce(topic, told(change_id="behind it"))
    assert producer.flush(10) == 0
    return topic


def test_score_sink_and_replay_read_it_without_its_headers(
    kafka: EmbeddedKafka, poisoned: str
) -> None:
    # In a process of its own: the client's broken object may end the process that holds it.
    done = subprocess.run(
        [sys.executable, "-c", _READER, kafka.bootstrap_servers, poisoned],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.split() == ["{}", "()", "()", "()"], done.stderr


def test_changes_behind_it_are_known(kafka: EmbeddedKafka, poisoned: str) -> None:
    changes = RecentChanges(poisoned, {"bootstrap.servers": kafka.bootstrap_servers})

    async def run() -> None:
        following = asyncio.create_task(changes.follow())
        async with asyncio.timeout(30):
            while not changes():
                await asyncio.sleep(0.1)
        following.cancel()

    asyncio.run(run())
    assert [change.change_id for change in changes()] == ["behind it"]
