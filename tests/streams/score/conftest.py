"""Topics and a database of one's own, and score workers on them."""

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from confluent_kafka import (
    Consumer,
    KafkaError,
    Message,
    Producer,
    TopicPartition,
)

from schemas.monitors.resolved import MonitorSet
from schemas.panes import Pane, decode_pane_batch
from schemas.topics import DEAD_LETTERS, INFERENCE, PANES, Topic
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import client_config, ensure_topics, topic_name
from streams.score.service import run_score
from streams.settings import Settings
from streams.store.connection import connect
from streams.store.setup import prepare_store
from tests.committed import committed_offsets

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Place:
    """Topics with a prefix of their own, a database, and the settings that lead there."""

    settings: Settings
    folder: Path

    def send(
        self, values: Sequence[bytes], keys: Sequence[str] | None = None, **options: Any
    ) -> None:
        """To the inference topic; copies of an event share a key, hence a partition."""
        config = {"message.max.bytes": 32 * 1024**2, "linger.ms": 20}
        producer = Producer(client_config(self.settings.kafka, **config))
        name = topic_name(self.settings.kafka, INFERENCE)
        for number, value in enumerate(values):
            key = keys[number] if keys else str(number)
            producer.produce(name, value, key=key, **options)
            producer.poll(0)
        assert producer.flush(60) == 0

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        clickhouse = self.settings.clickhouse
        client: Client = connect(clickhouse.url, database=clickhouse.database, timeout_seconds=20)
        try:
            return [tuple(row) for row in client.query(sql).result_rows]
        finally:
            client.close()

    def read(self, topic: Topic) -> list[Message]:
        """Everything committed on a topic."""
        name = topic_name(self.settings.kafka, topic)
        consumer = Consumer(
            client_config(
                self.settings.kafka,
                **{
                    "group.id": "none",
                    "enable.auto.commit": False,
                    "enable.partition.eof": True,
                    # How long the broker waits for more before it says that there is none.
                    "fetch.wait.max.ms": 10,
                    "isolation.level": "read_committed",
                    "auto.offset.reset": "earliest",
                },
            )
        )
        try:
            waiting = set(consumer.list_topics(name, 20).topics[name].partitions)
            consumer.assign([TopicPartition(name, p, 0) for p in waiting])
            found = []
            while waiting:
                message = consumer.poll(20)
                assert message is not None, f"{name} cannot be read"
                error = message.error()
                if error is None:
                    found.append(message)
                else:
                    assert error.code() == KafkaError._PARTITION_EOF, error
                    waiting.discard(message.partition())
            return found
        finally:
            consumer.close()

    def panes(self) -> list[Pane]:
        batches = [decode_pane_batch(message.value()) for message in self.read(PANES)]
        return [pane for batch in batches for pane in batch.panes]

    def counted(self) -> dict[tuple[str, ...], int]:
        """Events in panes, by segmentation."""
        total: dict[tuple[str, ...], int] = {}
        for pane in self.panes():
            key = tuple(sorted(pane.segment))
            total[key] = total.get(key, 0) + pane.events
        return total

    def letters(self) -> list[tuple[dict[str, bytes], Message]]:
        return [(dict(m.headers() or []), m) for m in self.read(DEAD_LETTERS)]

    def lag(self) -> int:
        """Messages not yet committed by the group."""
        name = topic_name(self.settings.kafka, INFERENCE)
        committed = committed_offsets(self.settings.kafka, self.settings.score.group, name)
        consumer = Consumer(client_config(self.settings.kafka, **{"group.id": "none"}))
        try:
            return sum(
                consumer.get_watermark_offsets(TopicPartition(name, p), 20)[1] - committed.get(p, 0)
                for p in consumer.list_topics(name, 20).topics[name].partitions
            )
        finally:
            consumer.close()

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A score worker in a thread."""
        stop, failed = threading.Event(), list[BaseException]()

        def run() -> None:
            try:
                run_score(self.settings, MonitorSet(), stop)
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(60)
            assert not thread.is_alive(), "score did not stop"
        assert failed == []

    @contextmanager
    def process(self) -> Iterator[subprocess.Popen[bytes]]:
        """A score worker as a process; killed at the end."""
        (self.folder / "monitors").mkdir(exist_ok=True)
        kafka, clickhouse, score = (
            self.settings.kafka,
            self.settings.clickhouse,
            self.settings.score,
        )
        settings = {
            "KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "KAFKA__TOPIC_PREFIX": kafka.topic_prefix,
            "KAFKA__PARTITIONS": kafka.partitions,
            "CLICKHOUSE__URL": clickhouse.url,
            "CLICKHOUSE__DATABASE": clickhouse.database,
            "SCORE__WORKER": score.worker,
            "SCORE__GROUP": score.group,
            "SCORE__BATCH_EVENTS": score.batch_events,
            "SCORE__COMMIT_SECONDS": score.commit_seconds,
            "SCORE__SEGMENT_LIMIT": score.segment_limit,
            "HTTP__SCORE_PORT": 0,
            "DATA_DIR": self.folder / "data",
            "MONITORS": self.folder / "monitors",
        }
        environment = {f"TIDEWATCH_{name}": str(value) for name, value in settings.items()}
        with (self.folder / "score.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "streams.cli.main", "score"],
                env=dict(os.environ) | environment,
                cwd=ROOT,
                stderr=log,
                stdout=log,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @property
    def log(self) -> str:
        """What processes wrote."""
        return (self.folder / "score.log").read_text()


@pytest.fixture
def make_place(tmp_path: Path) -> Callable[..., Place]:
    def make(
        kafka: EmbeddedKafka,
        clickhouse: EmbeddedClickHouse,
        partitions: int = 2,
        delivery: str = "exactly_once",
        **score: Any,
    ) -> Place:
        name = f"test_{uuid.uuid4().hex[:12]}"
        settings = Settings(
            data_dir=tmp_path / "data",
            kafka={
                "bootstrap_servers": kafka.bootstrap_servers,
                "topic_prefix": f"{name}.",
                "partitions": partitions,
                "delivery": delivery,
            },
            clickhouse={"url": clickhouse.url, "database": name, "timeout_seconds": 20},
            score={"group": name, "worker": name, "commit_seconds": 0.2} | score,
            http={"score_port": 0},
        )
        ensure_topics(settings.kafka)
        prepare_store(settings.clickhouse)
        return Place(settings, tmp_path)

    return make
