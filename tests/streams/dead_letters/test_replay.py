"""Dead letters from breaking to arriving, on real Kafka and ClickHouse."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from confluent_kafka import Producer

from schemas.dead_letters import DeadLetter
from schemas.monitors.resolved import MonitorSet
from schemas.topics import DEAD_LETTERS, INFERENCE
from streams.dead_letters.fitting import HEADER_CUT
from streams.dead_letters.letter import Letter, read_letters
from streams.dead_letters.replay import replay_letters
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import client_config, ensure_topics, topic_name
from streams.notify.log_reader import read_to_end
from streams.score.service import run_score
from streams.settings import KafkaSettings, Settings, load_settings
from streams.store.setup import connect_by, prepare_store

WaitUntil = Callable[..., object]


@pytest.fixture
def kafka_settings(kafka: EmbeddedKafka) -> KafkaSettings:
    settings = KafkaSettings(
        bootstrap_servers=kafka.bootstrap_servers,
        topic_prefix=f"dlq-{uuid.uuid4().hex[:8]}.",
        partitions=2,
    )
    ensure_topics(settings)
    return settings


def put(
    settings: KafkaSettings,
    reason: str,
    number: int,
    headers: list[tuple[str, bytes]] | None = None,
    **other: object,
) -> None:
    """A dead letter as score makes it."""
    letter = DeadLetter(
        topic=topic_name(settings, INFERENCE),
        partition=number % 2,
        offset=number,
        time=datetime.now(UTC),
        reason=reason,  # type: ignore[arg-type]
        detail="for a test",
        key=f"key-{number}".encode(),
        value=f"value {number}".encode(),
        headers=(("traceparent", b"00-1"), ("empty", None)),
    )
    producer = Producer(client_config(settings))
    producer.produce(
        topic_name(settings, DEAD_LETTERS),
        letter.value,
        letter.key,
        headers=[*letter.all_headers(), *(headers or [])],  # type: ignore[arg-type]
        **other,
    )
    assert producer.flush(10) == 0


def test_a_letter_that_is_not_whole_is_not_replayed(kafka_settings: KafkaSettings) -> None:
    put(kafka_settings, "too_large", 1, headers=[(HEADER_CUT, b"40000000")])
    put(kafka_settings, "too_large", 2)

    result = replay_letters(kafka_settings)

    assert (result.sent, result.cut) == ({"too_large": 1}, {"too_large": 1})
    assert [row[0] for row in arrived(kafka_settings)] == [b"key-2"]
    assert [letter.cut for letter in read_letters(kafka_settings)].count(True) == 1


def arrived(settings: KafkaSettings) -> list[tuple[object, ...]]:
    """What lies on the inference topic."""
    topic = topic_name(settings, INFERENCE)
    messages = read_to_end(client_config(settings), topic, cancelled=lambda: False)
    return sorted((m.key(), m.value(), m.partition(), tuple(m.headers() or ())) for m in messages)


def test_a_letter_goes_back_as_it_came(kafka_settings: KafkaSettings) -> None:
    put(kafka_settings, "too_large", 1)

    result = replay_letters(kafka_settings)

    assert result.sent == {"too_large": 1}
    headers = (("traceparent", b"00-1"), ("empty", None))
    assert arrived(kafka_settings) == [(b"key-1", b"value 1", 1, headers)]


def test_a_second_replay_repeats_nothing(kafka_settings: KafkaSettings) -> None:
    for number in range(3):
        put(kafka_settings, "invalid", number)
    replay_letters(kafka_settings)
    put(kafka_settings, "invalid", 3)

    result = replay_letters(kafka_settings)

    assert result.sent == {"invalid": 1}
    assert result.already == {"invalid": 3}
    assert [row[0] for row in arrived(kafka_settings)] == [b"key-0", b"key-1", b"key-2", b"key-3"]


def test_a_replay_of_one_reason_hides_no_other(kafka_settings: KafkaSettings) -> None:
    for number, reason in enumerate(["invalid", "too_large", "invalid", "too_large"]):
        put(kafka_settings, reason, number)

    assert replay_letters(kafka_settings, reason="too_large").sent == {"too_large": 2}

    rest = replay_letters(kafka_settings)
    assert rest.sent == {"invalid": 2}
    assert rest.already == {"too_large": 2}


def test_limits_add_up(kafka_settings: KafkaSettings) -> None:
    for number in range(5):
        put(kafka_settings, "invalid", number)

    sent = [replay_letters(kafka_settings, limit=2).sent.get("invalid", 0) for _ in range(4)]

    assert sent == [2, 2, 1, 0]
    assert len(set(arrived(kafka_settings))) == 5


def test_a_dry_run_sends_and_remembers_nothing(kafka_settings: KafkaSettings) -> None:
    put(kafka_settings, "empty", 1)

    assert replay_letters(kafka_settings, dry_run=True).sent == {"empty": 1}

    assert arrived(kafka_settings) == []
    assert replay_letters(kafka_settings).sent == {"empty": 1}


def test_what_does_not_say_where_it_came_from_stays(kafka_settings: KafkaSettings) -> None:
    producer = Producer(client_config(kafka_settings))
    producer.produce(topic_name(kafka_settings, DEAD_LETTERS), b"somebody else's")
    producer.flush(10)

    result = replay_letters(kafka_settings)

    assert result.sent == {}
    assert result.homeless == {"unknown": 1}
    letter = next(read_letters(kafka_settings))
    assert (letter.reason, letter.topic, letter.partition) == ("unknown", "", -1)
    assert letter.time.tzinfo is not None


@contextmanager
def scoring(settings: Settings) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=run_score, args=(settings, MonitorSet(), stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_broken_mended_replayed(
    kafka_settings: KafkaSettings, clickhouse: EmbeddedClickHouse, wait_until: WaitUntil
) -> None:
    name = kafka_settings.topic_prefix.rstrip(".")
    small = load_settings(
        kafka=kafka_settings.model_dump() | {"sasl_password": ""},
        clickhouse={"url": clickhouse.url, "database": name.replace("-", "_")},
        score={"max_event_bytes": 2000, "worker": name, "group": name},
        http={"score_port": 0},
    )
    prepare_store(small.clickhouse)
    now = datetime.now(UTC).isoformat()
    event = {"event_id": "large", "time": now, "service_name": "shop", "response": "x" * 3000}
    producer = Producer(client_config(kafka_settings))
    producer.produce(topic_name(kafka_settings, INFERENCE), json.dumps(event), "large")
    producer.flush(10)

    with scoring(small):
        letters: list[Letter] = []

        def refused() -> bool:
            letters[:] = read_letters(kafka_settings)
            return bool(letters)

        wait_until(refused)
    assert letters[0].reason == "too_large"
    assert letters[0].key == b"large"

    enough = small.model_copy(
        update={"score": small.score.model_copy(update={"max_event_bytes": 5000})}
    )
    assert replay_letters(kafka_settings).sent == {"too_large": 1}
    assert replay_letters(kafka_settings).sent == {}
    client = connect_by(small.clickhouse)
    with scoring(enough):
        wait_until(
            lambda: client.query("SELECT event_id FROM events").result_rows == [("large",)], 60
        )
    assert len(list(read_letters(kafka_settings))) == 1
