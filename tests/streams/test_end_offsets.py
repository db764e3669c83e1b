"""Where partitions end, also when the broker that led them was killed and leads them again."""

from pathlib import Path

from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from streams.embedded.kafka import EmbeddedKafka
from streams.end_offsets import EndOffsets
from tests.streams.conftest import wait_until

PARTITIONS = [TopicPartition("t", 0), TopicPartition("t", 1)]


def test_ends_are_told_again_after_the_leader_has_changed(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path) as kafka:
        config = {"bootstrap.servers": kafka.bootstrap_servers}
        admin = AdminClient(config)
        admin.create_topics([NewTopic("t", 2, 1)])["t"].result(30)
        ends = EndOffsets(config)
        producer = Producer(config)
        for offset in range(2):
            producer.produce("t", b"x", partition=0)
            assert producer.flush(30) == 0
            wait_until(lambda at=offset: ends.ask(PARTITIONS)() == {("t", 0): at + 1, ("t", 1): 0})
            if offset == 0:
                kafka.kill()
                kafka.start()
