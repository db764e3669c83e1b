"""The sink process put together."""

import threading

from clickhouse_connect.driver.client import Client

from detectors.redaction import redact
from streams.kafka import client_config, ensure_topics
from streams.service import new_registry, serving_health
from streams.settings import Settings
from streams.sink.metrics import SinkMetrics
from streams.sink.sink import Sink
from streams.store.connection import connect


def run_sink(settings: Settings, stop: threading.Event) -> None:
    """Store what is on Kafka until ``stop`` is set.

    Raises ``KafkaUnavailable`` when Kafka cannot be used.
    """
    clickhouse = settings.clickhouse

    def connect_store() -> Client:
        return connect(
            clickhouse.url,
            database=clickhouse.database,
            user=clickhouse.user,
            password=clickhouse.password.get_secret_value(),
            timeout_seconds=clickhouse.timeout_seconds,
        )

    registry = new_registry()
    ensure_topics(settings.kafka)
    sink = Sink(
        client_config(settings.kafka),
        topic_prefix=settings.kafka.topic_prefix,
        group=settings.sink.group,
        connect_store=connect_store,
        batch_messages=settings.sink.batch_messages,
        flush_seconds=settings.sink.flush_seconds,
        metrics=SinkMetrics(registry),
        redact=redact if settings.score.redact else None,
        store_texts=settings.score.store_texts,
    )
    with serving_health(settings.http, settings.http.sink_port, registry, lambda: sink.problem):
        sink.run(stop)
