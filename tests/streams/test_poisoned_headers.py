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
headers = [(Name("x"), b"1"), ("good", b"2"), (Name("y"), b"3")]
async def send():
    producer = AIOKafkaProducer(bootstrap_servers=sys.argv[1])
    await producer.start()
    for _ in range(int(sys.argv[3])):
        sent = await producer.send(sys.argv[2], b"{}", headers=headers)
    await sent
    await producer.stop()
asyncio.run(send())
"""

_READER = """
import sys
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from streams.dead_letters.letter import Letter
from streams.score.intake import Received
from streams.sink.message import Message
for read in (Received.of, Message.of, Letter.of):
    consumer = Consumer({"bootstrap.servers": sys.argv[1], "group.id": "reader"})
    consumer.assign([TopicPartition(sys.argv[2], 0, OFFSET_BEGINNING)])
    found = [read(message) for message in consumer.consume(int(sys.argv[3]), 20)]
    consumer.close()
    print(len(found), {one.value for one in found}, {one.headers for one in found})
"""

MESSAGES = 500
"""So many that Python calls the methods that read them in its faster way."""


@pytest.fixture
def poisoned(kafka: EmbeddedKafka) -> str:
    """A topic whose first messages have such headers, and whose last is a change."""
    topic = f"poisoned-{uuid.uuid4().hex}"
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(20)
    subprocess.run(
        [sys.executable, "-c", _SENDER, kafka.bootstrap_servers, topic, str(MESSAGES)],
        env={**os.environ, "AIOKAFKA_NO_EXTENSIONS": "1"},
        check=True,
        timeout=240,
    )
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
    producer.produce(topic, told(change_id="behind it"))
    assert producer.flush(10) == 0
    return topic


def test_score_sink_and_replay_read_it_without_its_headers(
    kafka: EmbeddedKafka, poisoned: str
) -> None:
    # In a process of its own: the client's broken objects may end the process that holds them.
    done = subprocess.run(
        [sys.executable, "-c", _READER, kafka.bootstrap_servers, poisoned, str(MESSAGES)],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.stdout.splitlines() == [f"{MESSAGES} {{b'{{}}'}} {{()}}"] * 3, done.stderr


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
