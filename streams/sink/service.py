"""The sink process put together."""

import threading

import polars as pl

from streams.kafka import await_kafka, client_config
from streams.service import Status, Stopped, new_registry, serving_health
from streams.settings import Settings
from streams.sink.metrics import SinkMetrics
from streams.sink.sink import Sink
from streams.store.setup import connect_by


def run_sink(settings: Settings, stop: threading.Event) -> None:
    """Store what is on Kafka until ``stop`` is set; while Kafka is away, wait.

    Raises ``KafkaUnavailable`` when Kafka refuses.
    """
    registry, status = new_registry(), Status()
    port = settings.http.sink_port
    with serving_health(settings.http, port, registry, status.ready, status.alive):
        try:
            await_kafka(settings.kafka, stop, status)
        except Stopped:
            return
        sink = Sink(
            client_config(settings.kafka),
            topic_prefix=settings.kafka.topic_prefix,
            group=settings.sink.group,
            connect_store=lambda: connect_by(settings.clickhouse),
            batch_messages=settings.sink.batch_messages,
            flush_seconds=settings.sink.flush_seconds,
            metrics=SinkMetrics(registry),
            redact=_redact if settings.score.redact else None,
            store_texts=settings.score.store_texts,
        )
        status.follow(lambda: sink.problem)
        sink.run(stop)


def _redact(texts: pl.Series) -> pl.Series:
    # When the first comes: compiled code takes seconds and memory that most sinks never need.
    from detectors.redaction import redact  # noqa: PLC0415

    return redact(texts)
