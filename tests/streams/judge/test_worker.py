"""The judge as it runs: real Kafka, a real endpoint, a real sink and ClickHouse."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import structlog
from confluent_kafka import Consumer
from prometheus_client import CollectorRegistry

from detectors.sampling import SamplingDesign, estimate_mean
from schemas.events import InferenceEvent
from schemas.topics import FEEDBACK, INFERENCE
from schemas.wire.native import encode_event
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.judge.budget import Budget
from streams.judge.candidates import Candidates
from streams.judge.judge import JudgeError
from streams.judge.metrics import JudgeMetrics
from streams.judge.service import build_judge, build_worker, light_detectors
from streams.judge.settings import JudgeSettings
from streams.kafka import client_config, ensure_topics, topic_name
from streams.settings import Settings, load_settings
from streams.sink.metrics import SinkMetrics
from streams.sink.sink import Sink
from streams.store.connection import connect
from streams.store.setup import prepare_store
from tests.streams.conftest import wait_until
from tests.streams.judge.conftest import Answers, completion

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def event(n: int, response: str = "It is so.") -> InferenceEvent:
    return InferenceEvent(
        event_id=f"e{n}", time=NOW, service_name="shop", prompt="ann@example.org asks",
        response=response,
    )  # fmt: skip


@pytest.fixture
def site(kafka: EmbeddedKafka, clickhouse: EmbeddedClickHouse, answers: Answers) -> Settings:
    name = f"t{uuid.uuid4().hex[:8]}"
    settings = load_settings(
        kafka={
            "bootstrap_servers": kafka.bootstrap_servers,
            "topic_prefix": f"{name}-",
            "partitions": 2,
        },
        clickhouse={"url": clickhouse.url, "database": name},
        judge={
            "kind": "endpoint",
            "endpoint_url": answers.url,
            "allow_networks": "127.0.0.1",
            "endpoint_model": "tiny",
            "signal": "response.repetition",
            "group": f"{name}-judge",
            "least_probability": 0.2,
            "most_probability": 1.0,
            "calls_per_hour": 10_000_000,
            "cycle_seconds": 0.5,
            "attempts": 1,
        },
    )
    ensure_topics(settings.kafka)
    return settings


@contextmanager
def judging(settings: Settings) -> Iterator[CollectorRegistry]:
    registry = CollectorRegistry()
    worker = build_worker(settings, build_judge(settings.judge), JudgeMetrics(registry))
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,), daemon=True)
    thread.start()
    wait_until(lambda: not worker.problem)
    try:
        yield registry
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def send(settings: Settings, values: list[bytes]) -> None:
    from confluent_kafka import Producer

    producer = Producer(client_config(settings.kafka))
    for value in values:
        producer.produce(topic_name(settings.kafka, INFERENCE), value)
    assert producer.flush(20) == 0


def told(settings: Settings, count: int) -> dict[str, dict[str, Any]]:
    """The feedback, by event, once there is so much of it."""
    consumer = Consumer(
        client_config(settings.kafka)
        | {"group.id": uuid.uuid4().hex, "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic_name(settings.kafka, FEEDBACK)])
    found: dict[str, dict[str, Any]] = {}

    def enough() -> bool:
        for message in consumer.consume(500, 0.2):
            if not message.error():
                value = json.loads(message.value() or b"")
                found[value["event_id"]] = value
        return len(found) >= count

    try:
        wait_until(enough)
    finally:
        consumer.close()
    return found


def test_a_sample_is_judged_and_the_view_estimates_the_rate(
    site: Settings, answers: Answers
) -> None:
    answers.answer = lambda body: (
        200,
        completion(json.dumps({"score": float("wrong" in body["messages"][1]["content"])})),
        {},
    )
    prepare_store(site.clickhouse)
    client = connect(site.clickhouse.url, database=site.clickhouse.database)
    events = [event(n, "It is wrong." if n % 4 == 0 else "It is so.") for n in range(200)]
    with judging(site) as registry:
        # Judged are only events from after the judge began.
        time.sleep(1)
        send(site, [b"no event", *map(encode_event, events), *map(encode_event, events[:50])])
        wait_until(lambda: registry.get_sample_value("tidewatch_judge_events_total") == 250)
        feedback = told(site, 20)
        wait_until(
            lambda: (
                registry.get_sample_value("tidewatch_judge_verdicts_total", {"outcome": "scored"})
                and registry.get_sample_value("tidewatch_judge_seconds_count")
                == len(told(site, 20))
            )
        )
        feedback = told(site, 20)
    assert 20 <= len(feedback) <= 70  # a fifth
    assert {f["source"] for f in feedback.values()} == {"judge"}
    assert {f["inclusion_probability"] for f in feedback.values()} == {0.2}
    assert all("ann@example.org" not in json.dumps(asked) for asked in answers.requests)

    rows = [(e.event_id, e.time, e.service_name, e.response) for e in events]
    names = ("event_id", "time", "service_name", "response")
    client.insert("raw_events", rows, column_names=names)
    sink = Sink(
        client_config(site.kafka),
        topic_prefix=site.kafka.topic_prefix,
        group=uuid.uuid4().hex,
        connect_store=lambda: connect(site.clickhouse.url, database=site.clickhouse.database),
        batch_messages=500,
        flush_seconds=0.2,
        metrics=SinkMetrics(CollectorRegistry()),
    )
    stop = threading.Event()
    thread = threading.Thread(target=sink.run, args=(stop,), daemon=True)
    thread.start()
    try:
        wait_until(
            lambda: (
                client.query("SELECT count() FROM judgements").result_rows[0][0] == len(feedback)
            )
        )
    finally:
        stop.set()
        thread.join(20)
    ((sampled, failed, rate, low, high),) = client.query(
        "SELECT sampled, failed, rate, low, high FROM judged_rates"
    ).result_rows
    values = np.array([f["value"] for f in feedback.values()])
    expected = estimate_mean(values, np.full(len(values), 0.2))
    assert expected is not None
    assert (sampled, failed) == (len(feedback), 0)
    assert (rate, low, high) == pytest.approx((expected.value, expected.low, expected.high))
    assert low < 0.25 < high


def test_failures_are_told_and_no_text_is_logged(site: Settings, answers: Answers) -> None:
    answers.answer = lambda body: (200, completion("The secret is out."), {})
    with structlog.testing.capture_logs() as logs, judging(site) as registry:
        time.sleep(1)
        send(site, [encode_event(event(n, "A secret.")) for n in range(60)])
        feedback = told(site, 3)
        wait_until(
            lambda: registry.get_sample_value(
                "tidewatch_judge_verdicts_total", {"outcome": "unparsable"}
            )
        )
    assert {f["label"] for f in feedback.values()} == {"unparsable"}
    assert {f.get("value") for f in feedback.values()} == {None}
    assert "judge_failed" in {line["event"] for line in logs}
    assert "secret" not in str(logs)


def test_no_more_calls_at_once_than_allowed(site: Settings, answers: Answers) -> None:
    answers.delay_seconds = 0.05
    every = site.model_copy(
        update={"judge": site.judge.model_copy(update={"least_probability": 1.0})}
    )
    with judging(every):
        time.sleep(1)
        send(site, [encode_event(event(n)) for n in range(20)])
        assert len(told(site, 20)) == 20
    assert 2 <= answers.most_at_once <= 4


def test_a_budget_keeps_the_first_and_says_how_probable_they_were() -> None:
    candidates = Candidates(
        SamplingDesign(least=0.5, most=0.5, unknown=0.5),
        detectors=[],
        signal="",
        salt="x",
        most=10,
    )
    for first in range(0, 1000, 50):
        candidates.add([event(n) for n in range(first, first + 50)])
    assert len(candidates) <= 22 + 50
    chosen = candidates.take(10)
    assert len(chosen) == 10
    # Ten of about a thousand: whatever came first or last.
    assert {probability for _, probability in chosen} == {chosen[0][1]}
    assert 0.004 < chosen[0][1] < 0.025
    assert len(candidates) == 0


def test_budget_fills_with_time_and_no_further() -> None:
    budget = Budget(3600, now=0.0)
    assert budget.available(0.0) == 4
    assert budget.available(10.0) == 14
    budget.spend(20)
    assert budget.available(10.0) == 0
    assert budget.available(1e6) == budget.capacity == 600


def test_the_light_signal_must_be_a_score() -> None:
    assert light_detectors("") == []
    assert [d.name for d in light_detectors("response.repetition")] == ["repetition"]
    with pytest.raises(JudgeError, match=r"judge\.signal: 'latency' is no score"):
        light_detectors("latency")


def test_the_default_signal_exists() -> None:
    assert isinstance(light_detectors(JudgeSettings().signal), list)


@pytest.mark.parametrize(
    ("judge", "message"),
    [
        ({}, "judge.kind is off"),
        ({"kind": "endpoint"}, "judge.endpoint_url and judge.endpoint_model"),
        ({"kind": "classifier"}, "judge.model_path"),
    ],
)
def test_what_is_missing_is_named(judge: dict[str, Any], message: str) -> None:
    with pytest.raises(JudgeError, match=message):
        build_judge(JudgeSettings(**judge))


def test_probabilities_in_the_wrong_order_are_refused(site: Settings) -> None:
    wrong = site.judge.model_copy(update={"least_probability": 0.5, "most_probability": 0.1})
    settings = site.model_copy(update={"judge": wrong})
    with pytest.raises(JudgeError, match=r"judge\.least_probability"):
        build_worker(settings, build_judge(wrong), JudgeMetrics(CollectorRegistry()))
