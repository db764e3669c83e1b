import socket
import time
from collections import Counter, defaultdict

import msgspec
from confluent_kafka import Consumer, TopicPartition

from schemas.changes import Change
from schemas.feedback import Feedback
from schemas.topics import CHANGES, FEEDBACK, INFERENCE, Topic
from schemas.wire import native
from schemas.wire.errors import WireError
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import ensure_topics, topic_name
from streams.replay.fault_spec import parse_fault
from streams.replay.kafka_target import KafkaTarget
from streams.replay.messages import Disturbances
from streams.replay.send import Plan, send
from streams.settings import KafkaSettings

from .conftest import MakeTraffic


def read_all(settings: KafkaSettings, topic: Topic) -> list[tuple[int, bytes, bytes]]:
    """Partition, key and value of everything on a topic."""
    consumer = Consumer({"bootstrap.servers": settings.bootstrap_servers, "group.id": "reader"})
    name = topic_name(settings, topic)
    partitions = consumer.list_topics(name, timeout=20).topics[name].partitions
    consumer.assign([TopicPartition(name, number, 0) for number in partitions])
    ends = {
        number: consumer.get_watermark_offsets(TopicPartition(name, number), timeout=20)[1]
        for number in partitions
    }
    found = []
    deadline = time.monotonic() + 120
    while len(found) < sum(ends.values()):
        assert time.monotonic() < deadline, f"{len(found)} of {sum(ends.values())} messages read"
        for message in consumer.consume(1000, timeout=0.2):
            assert message.error() is None
            found.append((message.partition(), message.key(), message.value()))
    consumer.close()
    return found


def test_everything_arrives_once_and_copies_share_a_partition(
    kafka: EmbeddedKafka, traffic: MakeTraffic
) -> None:
    settings = KafkaSettings(
        bootstrap_servers=kafka.bootstrap_servers, topic_prefix="replay-", partitions=4
    )
    ensure_topics(settings, [INFERENCE, FEEDBACK, CHANGES])
    plan = Plan(
        live=False,
        max_events=3000,
        faults=(parse_fault("bad_canary@1s+5s"),),
        disturbances=Disturbances(duplicates=0.1, rubbish=0.05),
    )
    totals = send(traffic(), KafkaTarget(settings), plan)
    assert totals.lost == {}
    partitions = defaultdict(set)
    ids: Counter[str] = Counter()
    bad = 0
    for partition, key, value in read_all(settings, INFERENCE):
        if key.startswith(b"bad-"):
            bad += 1
            continue
        event = native.decode_event(value)
        ids[event.event_id] += 1
        partitions[event.trace_id].add(partition)
    assert len(ids) == totals.events == 3000
    assert sum(ids.values()) - 3000 == totals.copies > 0
    assert bad == totals.bad > 0
    assert {len(found) for found in partitions.values()} == {1}
    said = [msgspec.json.decode(v, type=Feedback) for _, _, v in read_all(settings, FEEDBACK)]
    assert len({f.feedback_id for f in said}) == totals.feedback > 0
    changes = [msgspec.json.decode(v, type=Change) for _, _, v in read_all(settings, CHANGES)]
    assert len(changes) == totals.changes > 0


def test_rubbish_on_kafka_is_refused_for_its_reason(
    kafka: EmbeddedKafka, traffic: MakeTraffic
) -> None:
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers, topic_prefix="rubbish-")
    ensure_topics(settings, [INFERENCE])
    plan = Plan(live=False, max_events=60, feedback=None, disturbances=Disturbances(rubbish=1.0))
    totals = send(traffic(), KafkaTarget(settings), plan)
    assert totals.lost == {}
    reasons = Counter()
    for _, key, value in read_all(settings, INFERENCE):
        if key.startswith(b"bad-") and len(value or b"") <= 1024**2:
            try:
                native.decode_event(value or b"")
                reasons["time_out_of_range"] += 1
            except WireError as error:
                reasons[error.reason] += 1
    assert set(reasons) == {
        "not_json",
        "invalid",
        "unknown_schema_version",
        "time_out_of_range",
        "empty",
    }


def test_losses_are_reported(traffic: MakeTraffic) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody answers
        settings = KafkaSettings(bootstrap_servers=f"127.0.0.1:{taken.getsockname()[1]}")
        target = KafkaTarget(settings, delivery_timeout=1.0)
        totals = send(traffic(), target, Plan(max_events=50, feedback=None))
    assert totals.events == 50
    assert sum(totals.lost.values()) == 50
