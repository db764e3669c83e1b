"""Feedback in the segments of its events, with real Kafka and ClickHouse: each once."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from prometheus_client import CollectorRegistry

from detectors.summaries import CategoryCounts, FlagCounts, decode_summary
from schemas.monitors.resolved import MonitorSet
from schemas.topics import FEEDBACK
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.feedback.events import Events
from streams.feedback.metrics import FeedbackMetrics
from streams.feedback.worker import FeedbackWorker
from streams.kafka import KafkaUnavailable, client_config, topic_name
from streams.score.service import build_scoring
from streams.store.errors import StoreUnavailable
from streams.store.setup import connect_by
from tests.committed import committed_offsets

MakePlace = Callable[..., Any]
Wait = Callable[..., Any]
SERVICES = ("shop", "search")


def events(numbers: Sequence[int]) -> tuple[list[bytes], list[str]]:
    at = datetime.now(UTC) - timedelta(seconds=5)
    rows = [
        {
            "event_id": f"event-{n}",
            "time": at.isoformat(),
            "service_name": SERVICES[n % 2],
            "prompt": "When does my flight to Rome leave, and can I change the booking?",
            "response": "At noon.",
        }
        for n in numbers
    ]
    return [json.dumps(row).encode() for row in rows], [f"event-{n}" for n in numbers]


def thumb(number: int, value: float, *, suffix: str = "") -> dict[str, Any]:
    return {
        "feedback_id": f"thumb-{number}{suffix}",
        "event_id": f"event-{number}",
        "time": datetime.now(UTC).isoformat(),
        "kind": "thumb",
        "value": value,
    }


def send(place: Any, rows: Sequence[dict[str, Any] | bytes]) -> None:
    producer = Producer(client_config(place.settings.kafka))
    name = topic_name(place.settings.kafka, FEEDBACK)
    for row in rows:
        value, key = (row, "?") if isinstance(row, bytes) else (json.dumps(row), row["event_id"])
        producer.produce(name, value, key=key)
    assert producer.flush(60) == 0


def taken(place: Any) -> bool:
    """Whether all feedback is committed."""
    name = topic_name(place.settings.kafka, FEEDBACK)
    group = place.settings.score.feedback_group
    committed = committed_offsets(place.settings.kafka, group, name)
    consumer = Consumer(client_config(place.settings.kafka, **{"group.id": "none"}))
    try:
        partitions = consumer.list_topics(name, 20).topics[name].partitions
        ends = {
            p: consumer.get_watermark_offsets(TopicPartition(name, p), 20)[1] for p in partitions
        }
    finally:
        consumer.close()
    return all(committed.get(p, 0) == end for p, end in ends.items())


def counted(place: Any) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Thumbs by service, and bad ones by topic, of all traffic."""
    thumbs: Counter[tuple[str, str]] = Counter()
    topics: Counter[str] = Counter()
    for pane in place.panes():
        if "feedback.positive" not in pane.signals:
            continue
        assert pane.events == 0
        flag = decode_summary(pane.signals["feedback.positive"])
        assert isinstance(flag, FlagCounts)
        if list(pane.segment) == ["service_name"]:
            thumbs[pane.segment["service_name"], "up"] += flag.positive
            thumbs[pane.segment["service_name"], "down"] += flag.count - flag.positive
        if not pane.segment and "feedback.bad_topic" in pane.signals:
            bad = decode_summary(pane.signals["feedback.bad_topic"])
            assert isinstance(bad, CategoryCounts)
            topics.update(bad.counts)
    return thumbs, topics


def test_feedback_counts_once_in_the_segment_of_its_event(
    kafka: EmbeddedKafka, clickhouse: EmbeddedClickHouse, make_place: MakePlace, wait_until: Wait
) -> None:
    place = make_place(kafka, clickhouse, feedback_patience_seconds=4)
    early = [thumb(n, float(n % 3 > 0)) for n in range(60)]
    # Half of it before its event; some twice; of an event that never was; and what is none.
    send(place, [*early, *early[:10], thumb(999, 1.0), b"{no json"])
    with place.worker():
        place.send(*events(range(60)))
        wait_until(lambda: taken(place))
        assert place.lag() == 0
    # A new worker remembers what the old one counted.
    send(place, early[50:])
    with place.worker():
        place.send(*events(range(60, 80)))
        send(place, [thumb(n, 1.0) for n in range(60, 80)])
        wait_until(lambda: taken(place) and place.lag() == 0)
    thumbs, topics = counted(place)
    assert thumbs == {
        ("shop", "up"): 20 + 10,
        ("shop", "down"): 10,
        ("search", "up"): 20 + 10,
        ("search", "down"): 10,
    }
    assert topics == {"travel and hotels": 20}
    assert set(place.counted().values()) == {80}


@pytest.mark.parametrize("error", [StoreUnavailable("away"), KafkaUnavailable("away"), KeyError()])
def test_feedback_goes_on_whatever_failed(
    kafka: EmbeddedKafka,
    clickhouse: EmbeddedClickHouse,
    make_place: MakePlace,
    wait_until: Wait,
    error: Exception,
) -> None:
    place = make_place(kafka, clickhouse, feedback_patience_seconds=0.1)
    scoring = build_scoring(place.settings.score, MonitorSet())
    registry, stop, failing = CollectorRegistry(), threading.Event(), [error]

    def connect() -> Events:
        if failing:
            raise failing.pop()
        return Events(connect_by(place.settings.clickhouse), scoring.labels, topics=False)

    worker = FeedbackWorker(
        place.settings,
        scoring=scoring,
        connect=connect,
        metrics=FeedbackMetrics(registry),
        clock=time.time,
    )
    thread = threading.Thread(target=worker.run, args=[stop])
    thread.start()
    try:
        send(place, [thumb(1, 1.0)])
        wait_until(lambda: taken(place))
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    assert registry.get_sample_value("tidewatch_score_feedback_retries_total") == 1
    value = registry.get_sample_value("tidewatch_score_feedback_total", {"outcome": "unmatched"})
    assert value == 1
