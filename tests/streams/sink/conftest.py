"""A database, topics and a sink of one's own."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from confluent_kafka import Producer
from prometheus_client import CollectorRegistry

from schemas.topics import Topic
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import client_config, ensure_topics, topic_name
from streams.settings import KafkaSettings
from streams.sink.metrics import SinkMetrics
from streams.sink.sink import TARGETS, Sink
from streams.store.connection import connect
from streams.store.migrate import create_database, migrate


@dataclass
class Running:
    """A sink in a thread."""

    sink: Sink
    registry: CollectorRegistry
    stop: threading.Event
    thread: threading.Thread

    def metric(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(f"tidewatch_sink_{name}", labels) or 0.0

    def end(self) -> None:
        self.stop.set()
        self.thread.join(20)
        assert not self.thread.is_alive(), "the sink did not stop"


@dataclass
class Place:
    """Topics with a prefix of their own, and a database."""

    kafka: KafkaSettings
    url: str
    database: str
    group: str = field(default_factory=lambda: uuid.uuid4().hex)

    def connect(self) -> Client:
        return connect(self.url, database=self.database, timeout_seconds=10)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        client = self.connect()
        try:
            return [tuple(row) for row in client.query(sql).result_rows]
        finally:
            client.close()

    def send(self, topic: Topic, *values: bytes | None, **options: Any) -> None:
        producer = Producer(client_config(self.kafka))
        for value in values:
            producer.produce(topic_name(self.kafka, topic), value, **options)
        assert producer.flush(20) == 0

    @contextmanager
    def sink(self, **options: Any) -> Iterator[Running]:
        registry = CollectorRegistry()
        defaults: dict[str, Any] = {"batch_messages": 500, "flush_seconds": 0.2}
        sink = Sink(
            client_config(self.kafka),
            topic_prefix=self.kafka.topic_prefix,
            group=self.group,
            connect_store=self.connect,
            metrics=SinkMetrics(registry),
            **(defaults | options),
        )
        stop = threading.Event()
        running = Running(
            sink, registry, stop, threading.Thread(target=sink.run, args=(stop,), daemon=True)
        )
        running.thread.start()
        try:
            yield running
        finally:
            running.end()


def make_place(kafka: EmbeddedKafka, clickhouse: EmbeddedClickHouse) -> Place:
    """Topics and a database that nobody else uses."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    settings = KafkaSettings(
        bootstrap_servers=kafka.bootstrap_servers, topic_prefix=f"{name}.", partitions=2
    )
    ensure_topics(settings, [target.topic for target in TARGETS])
    create_database(connect(clickhouse.url), name)
    place = Place(settings, clickhouse.url, name)
    migrate(place.connect())
    return place


@pytest.fixture
def place(kafka: EmbeddedKafka, clickhouse: EmbeddedClickHouse) -> Place:
    return make_place(kafka, clickhouse)


@pytest.fixture(name="make_place")
def _make_place() -> Callable[[EmbeddedKafka, EmbeddedClickHouse], Place]:
    return make_place


@pytest.fixture
def database(clickhouse: EmbeddedClickHouse) -> Client:
    """A client of a new database with all tables."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    create_database(connect(clickhouse.url), name)
    client = connect(clickhouse.url, database=name)
    migrate(client)
    return client
