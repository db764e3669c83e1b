"""The embedded Kafka: life-cycle, data across restarts and kills, transactions, limits."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from streams.embedded.kafka import EmbeddedKafka
from streams.embedded.kafka_jars import cache_dir, class_path
from streams.embedded.server import EmbeddedServerError
from tests.shared_servers import serving


def create_topic(server: EmbeddedKafka, partitions: int = 1) -> str:
    topic = f"topic-{uuid.uuid4().hex}"
    admin = AdminClient({"bootstrap.servers": server.bootstrap_servers})
    admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(20)
    return topic


def produce(server: EmbeddedKafka, topic: str, *values: bytes) -> None:
    producer = Producer({"bootstrap.servers": server.bootstrap_servers, "acks": "all"})
    for value in values:
        producer.produce(topic, value)
    assert producer.flush(20) == 0


def consume(
    server: EmbeddedKafka, topic: str, count: int, isolation: str = "read_committed"
) -> list[bytes]:
    """Values of the first ``count`` records; fewer when the partition ends before."""
    consumer = Consumer(
        {
            "bootstrap.servers": server.bootstrap_servers,
            "group.id": f"group-{uuid.uuid4().hex}",
            "auto.offset.reset": "earliest",
            "isolation.level": isolation,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 10,
        }
    )
    values: list[bytes] = []
    try:
        consumer.subscribe([topic])
        deadline = time.monotonic() + 120
        while len(values) < count and time.monotonic() < deadline:
            message = consumer.poll(0.5)
            if message is None:
                continue
            error = message.error()
            if error is None:
                values.append(message.value() or b"")
            elif error.code() == KafkaError._PARTITION_EOF:
                break
            else:
                raise KafkaException(error)
    finally:
        consumer.close()
    return values


@pytest.fixture
def own_kafka(tmp_path: Path) -> EmbeddedKafka:
    """A server of the test's own, not started; the test stops it."""
    return EmbeddedKafka(tmp_path / "kafka data, with a comma")


def test_records_go_in_and_come_out(kafka: EmbeddedKafka) -> None:
    topic = create_topic(kafka)
    produce(kafka, topic, b"one", b"two")
    assert consume(kafka, topic, 2) == [b"one", b"two"]


def test_listens_on_loopback_only(kafka: EmbeddedKafka) -> None:
    java = serving(kafka)
    listening = {c.laddr.ip for c in java.net_connections("inet") if c.status == "LISTEN"}
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1"}
    assert listening


def test_unknown_topic_is_not_created(kafka: EmbeddedKafka) -> None:
    topic = f"never-{uuid.uuid4().hex}"
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap_servers, "group.id": topic})
    assert consumer.list_topics(topic, 10).topics[topic].error is not None
    assert topic not in consumer.list_topics(timeout=10).topics
    consumer.close()


def test_committed_transaction_is_read_and_aborted_one_is_not(kafka: EmbeddedKafka) -> None:
    topic = create_topic(kafka)
    producer = Producer(
        {"bootstrap.servers": kafka.bootstrap_servers, "transactional.id": uuid.uuid4().hex}
    )
    producer.init_transactions(20)
    producer.begin_transaction()
    producer.produce(topic, b"kept 1")
    producer.commit_transaction(20)
    producer.begin_transaction()
    producer.produce(topic, b"thrown away")
    producer.flush(20)
    producer.abort_transaction(20)
    producer.begin_transaction()
    producer.produce(topic, b"kept 2")
    producer.commit_transaction(20)

    assert consume(kafka, topic, 9) == [b"kept 1", b"kept 2"]
    everything = consume(kafka, topic, 9, isolation="read_uncommitted")
    assert everything == [b"kept 1", b"thrown away", b"kept 2"]


def test_offsets_are_committed_in_a_transaction(kafka: EmbeddedKafka) -> None:
    topic = create_topic(kafka)
    produce(kafka, topic, b"a", b"b")
    group = uuid.uuid4().hex
    settings = {
        "bootstrap.servers": kafka.bootstrap_servers,
        "group.id": group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
    consumer = Consumer(settings)
    consumer.subscribe([topic])
    assert len(consumer.consume(2, 20)) == 2
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers, "transactional.id": group})
    producer.init_transactions(20)
    producer.begin_transaction()
    position = consumer.position(consumer.assignment())
    producer.send_offsets_to_transaction(position, consumer.consumer_group_metadata(), 20)
    producer.commit_transaction(20)
    (committed,) = consumer.committed(consumer.assignment(), 20)
    consumer.close()
    assert committed.offset == 2


def test_message_of_20_megabytes_passes(kafka: EmbeddedKafka) -> None:
    topic = create_topic(kafka)
    value = os.urandom(20_000_000)
    producer = Producer(
        {"bootstrap.servers": kafka.bootstrap_servers, "message.max.bytes": 24_000_000}
    )
    producer.produce(topic, value)
    assert producer.flush(30) == 0
    assert consume(kafka, topic, 1) == [value]


def test_port_and_data_survive_a_restart(own_kafka: EmbeddedKafka) -> None:
    with own_kafka:
        port = own_kafka.port
        topic = create_topic(own_kafka)
        produce(own_kafka, topic, b"stays")
    assert not own_kafka.running
    with own_kafka:
        assert own_kafka.port == port
        assert consume(own_kafka, topic, 1) == [b"stays"]


def test_data_survive_a_kill(own_kafka: EmbeddedKafka) -> None:
    own_kafka.start()
    topic = create_topic(own_kafka)
    produce(own_kafka, topic, b"stays")
    own_kafka.kill()
    with own_kafka:
        assert consume(own_kafka, topic, 1) == [b"stays"]


def test_other_ports_when_the_last_ones_are_taken(own_kafka: EmbeddedKafka) -> None:
    with own_kafka:
        topic = create_topic(own_kafka)
        produce(own_kafka, topic, b"stays")
        ports = dict(own_kafka._ports)
    with socket.socket() as first, socket.socket() as second:
        for taken, port in ((first, ports["server"]), (second, ports["controller"])):
            taken.bind(("127.0.0.1", port))
            taken.listen()
        with own_kafka:
            assert set(own_kafka._ports.values()).isdisjoint(ports.values())
            assert consume(own_kafka, topic, 1) == [b"stays"]


def test_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedServerError, match=rf"127\.0\.0\.1:{port}, the port is taken"):
            EmbeddedKafka(tmp_path, port).start()


def test_second_server_on_the_same_data_is_refused(kafka: EmbeddedKafka) -> None:
    with pytest.raises(EmbeddedServerError, match=r"in use by .* process \d+"):
        EmbeddedKafka(kafka.data_dir).start()
    topic = create_topic(kafka)
    produce(kafka, topic, b"one")
    assert consume(kafka, topic, 1) == [b"one"]


def test_server_that_ends_at_once_points_to_its_log(tmp_path: Path) -> None:
    server = EmbeddedKafka(tmp_path)
    with server:
        pass
    meta = tmp_path / "topics" / "meta.properties"
    meta.write_text("version=1\nnode.id=99\ncluster.id=other\n")
    with pytest.raises(EmbeddedServerError, match=r"ended with status .*kafka\.log"):
        server.start()
    assert not server.running


def test_broker_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\n"
        "from streams.embedded.kafka import EmbeddedKafka\n"
        "server = EmbeddedKafka(Path(sys.argv[1]))\nserver.start()\n"
        "print(server._process.pid, flush=True)\ntime.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = next(int(line) for line in parent.stdout if line.strip().isdigit())
    (java,) = psutil.Process(pid).children()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    # Waits for the orphan to end, then takes its data over.
    with EmbeddedKafka(tmp_path) as server:
        assert server.running
        assert not java.is_running()
    parent.stdout.close()


def test_ctrl_c_in_the_terminal_does_not_reach_the_broker(kafka: EmbeddedKafka) -> None:
    assert os.getsid(serving(kafka).pid) != os.getsid(0)


@pytest.fixture
def own_jars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the jars that a test may break; returns the smallest one."""
    class_path()
    shutil.copytree(cache_dir(), tmp_path / "tidewatch" / "maven")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return min(class_path(), key=lambda path: path.stat().st_size)


def test_broken_jar_is_fetched_again(own_jars: Path) -> None:
    content = own_jars.read_bytes()
    own_jars.write_bytes(content[: len(content) // 2])
    assert own_jars in class_path()
    assert own_jars.read_bytes() == content


def test_jar_that_cannot_be_fetched_says_what_to_do(
    own_jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_jars.unlink()
    settings = tmp_path / "jgo.conf"
    settings.write_text("[repositories]\ncentral = http://127.0.0.1:9\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(settings))
    with pytest.raises(EmbeddedServerError, match=r"cannot download .*jgo\.conf"):
        EmbeddedKafka(tmp_path / "kafka").start()
