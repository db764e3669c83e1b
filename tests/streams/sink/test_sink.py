"""The sink against a real Kafka and a real ClickHouse."""

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from confluent_kafka import Consumer

from detectors.redaction import redact
from schemas.alerts import Alert, encode_alert, fingerprint
from schemas.deliveries import Delivery, encode_delivery
from schemas.topics import ALERTS, CHANGES, DEAD_LETTERS, DELIVERIES, FEEDBACK, WINDOWS
from schemas.windows import Window, encode_window
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import client_config, topic_name

NOW = datetime.now(UTC).replace(microsecond=0)


def _feedback(n: int, **fields: Any) -> bytes:
    told = {
        "feedback_id": f"f{n}",
        "event_id": f"e{n}",
        "time": NOW.isoformat(),
        "kind": "thumb",
        "value": n % 2,
    }
    return json.dumps(told | fields).encode()


def _change(n: int, **fields: Any) -> bytes:
    told = {"change_id": f"c{n}", "time": NOW.isoformat(), "kind": "release", "after": f"v{n}"}
    return json.dumps(told | fields).encode()


def _alert(state: Any = "firing", minutes: int = 0, **fields: Any) -> Alert:
    values: dict[str, Any] = {
        "fingerprint": fingerprint("latency", {"service_name": "shop"}),
        "monitor": "latency",
        "kind": "burn_rate",
        "severity": "page",
        "segment": {"service_name": "shop"},
        "state": state,
        "started_at": NOW,
        "changed_at": NOW + timedelta(minutes=minutes),
        "summary": f"latency is {state}",
    }
    return Alert(**(values | fields))


def _window(n: int, version: int = 1, events: int = 1) -> bytes:
    start = int(NOW.timestamp()) // 60 * 60 - 60 * n
    return encode_window(
        Window(
            resolution_seconds=60,
            start=start,
            segment={"service_name": "shop"},
            version=version,
            events=events,
            signals={},
        )
    )


def _count(place: Any, table: str) -> int:
    return int(place.query(f"SELECT count() FROM {table}")[0][0])


def test_every_topic_reaches_its_view(place: Any, wait_until: Callable[..., Any]) -> None:
    alert = _alert(fired_at=NOW, value=0.2, expected=0.1, events=10, labels={"team": "a"})
    delivery = Delivery(
        fingerprint=alert.fingerprint,
        receiver="slack",
        transition_id=alert.transition_id,
        state="firing",
        severity="page",
        time=NOW,
        outcome="delivered",
        attempts=2,
    )
    with place.sink() as running:
        place.send(WINDOWS, _window(1), _window(1, version=2, events=5))
        place.send(ALERTS, encode_alert(alert), encode_alert(alert), key="k")
        place.send(DELIVERIES, encode_delivery(delivery), None, key="k")
        place.send(CHANGES, _change(1, segment={"service_name": "shop"}))
        told_twice = [_feedback(1, comment=comment) for comment in ("good", "better")]
        place.send(FEEDBACK, *told_twice, key="e1")
        wait_until(lambda: _count(place, "feedback") and _count(place, "changes"))
        wait_until(lambda: _count(place, "deliveries"))
        for topic in ("windows", "alerts", "deliveries", "feedback"):
            name = f"{place.database}.{topic}"
            wait_until(lambda name=name: running.metric("messages_total", topic=name) == 2)
    assert place.query("SELECT version, events, kind FROM windows") == [(2, 5, "events")]
    assert place.query(
        "SELECT transition_id, state, segment, value, labels, fired_at, resolved_at FROM alerts"
    ) == [
        (
            alert.transition_id,
            "firing",
            {"service_name": "shop"},
            0.2,
            {"team": "a"},
            NOW,
            None,
        )
    ]
    assert place.query("SELECT receiver, outcome, attempts FROM deliveries") == [
        ("slack", "delivered", 2)
    ]
    assert place.query("SELECT after, segment, time FROM changes") == [
        ("v1", {"service_name": "shop"}, NOW)
    ]
    assert place.query("SELECT event_id, value, comment, time FROM feedback") == [
        ("e1", 1.0, "better", NOW)
    ]


def test_an_episode_is_one_row_as_it_is_now(place: Any, wait_until: Callable[..., Any]) -> None:
    steps = [
        _alert("pending"),
        _alert("firing", 1, fired_at=NOW + timedelta(minutes=1), value=1.0),
        _alert(
            "resolved",
            9,
            fired_at=NOW + timedelta(minutes=1),
            resolved_at=NOW + timedelta(minutes=9),
            value=0.5,
        ),
    ]
    with place.sink():
        for alert in (*steps, *steps[:2]):
            place.send(ALERTS, encode_alert(alert), key="k")
        wait_until(lambda: _count(place, "alerts") == 3)
    assert place.query(
        "SELECT state, fired_at, resolved_at, duration_seconds, value, transitions "
        "FROM alert_episodes"
    ) == [
        ("resolved", NOW + timedelta(minutes=1), NOW + timedelta(minutes=9), 540, 0.5, 3),
    ]


def test_what_cannot_be_taken_becomes_a_dead_letter(
    place: Any, wait_until: Callable[..., Any]
) -> None:
    bad = {
        b"{not json": "not_json",
        b"\xff\xfe": "not_json",
        b'{"feedback_id": "x"}': "invalid",
        _feedback(9, time="yesterday"): "invalid",
        _feedback(9, time="9999-12-31T00:00:00Z"): "time_out_of_range",
        _feedback(9, schema_version=7): "unknown_schema_version",
        b"": "empty",
    }
    with place.sink() as running:
        place.send(FEEDBACK, _feedback(1), *bad, _feedback(2), key="k", headers={"h": b"v"})
        place.send(WINDOWS, b"no window", _window(1))
        place.send(DEAD_LETTERS, b"from elsewhere")
        wait_until(lambda: _count(place, "dead_letters") == len(bad) + 2)
        wait_until(lambda: _count(place, "feedback") == 2 and _count(place, "windows") == 1)
        refused = running.metric(
            "dead_letters_total", topic=f"{place.database}.feedback", reason="not_json"
        )
        assert refused == 2
    rows = place.query(
        "SELECT offset, reason, key, value, value_bytes, headers FROM dead_letters "
        "WHERE endsWith(topic, 'feedback') ORDER BY offset"
    )
    assert [row[0] for row in rows] == list(range(1, len(bad) + 1))
    assert [row[1] for row in rows] == list(bad.values())
    assert [row[3] for row in rows] == [value.decode("utf-8", "replace") for value in bad]
    assert [row[4] for row in rows] == [len(value) for value in bad]
    assert {row[2] for row in rows} == {"k"}
    assert rows[0][5] == {"h": "v"}
    original = _first(place, FEEDBACK, 1)
    letter = _first(place, DEAD_LETTERS, 0, of_reason=b"not_json")
    assert (letter.value(), letter.key()) == (original.value(), original.key())
    assert ("h", b"v") in letter.headers()


def _first(place: Any, topic: Any, offset: int, of_reason: bytes | None = None) -> Any:
    """A message of the topic: at this offset, or the first refused for this reason."""
    consumer = Consumer(
        client_config(place.kafka) | {"group.id": "look", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic_name(place.kafka, topic)])
    try:
        while True:
            message = consumer.poll(10)
            assert message is not None
            if of_reason is None and message.offset() == offset:
                return message
            if ("tidewatch-reason", of_reason) in (message.headers() or []):
                return message
    finally:
        consumer.close()


def test_comments_and_refused_messages_are_redacted(
    place: Any, wait_until: Callable[..., Any]
) -> None:
    with place.sink(redact=redact):
        place.send(FEEDBACK, _feedback(1, comment="ask ann@example.org"), b"bob@example.org {")
        wait_until(lambda: _count(place, "feedback") == 1 and _count(place, "dead_letters") == 1)
    assert place.query("SELECT comment FROM feedback") == [("ask <EMAIL>",)]
    assert place.query("SELECT value FROM dead_letters") == [("<EMAIL> {",)]


def test_without_texts_neither_comments_nor_refused_messages_are_stored(
    place: Any, wait_until: Callable[..., Any]
) -> None:
    with place.sink(store_texts=False):
        place.send(FEEDBACK, _feedback(1, comment="so it was"), b"so it was {")
        wait_until(lambda: _count(place, "feedback") == 1 and _count(place, "dead_letters") == 1)
    assert place.query("SELECT comment FROM feedback") == [("",)]
    assert place.query("SELECT value, value_bytes FROM dead_letters") == [("", 11)]


def test_a_killed_clickhouse_loses_and_doubles_nothing(
    kafka: EmbeddedKafka,
    tmp_path_factory: pytest.TempPathFactory,
    make_place: Callable[..., Any],
    wait_until: Callable[..., Any],
) -> None:
    with EmbeddedClickHouse(tmp_path_factory.mktemp("killed")) as clickhouse:
        place = make_place(kafka, clickhouse)
        sending = threading.Event()

        def send() -> None:
            for n in range(60):
                place.send(FEEDBACK, *(_feedback(100 * n + m) for m in range(100)))
                place.send(WINDOWS, _window(n), _window(n, version=2, events=7))
                place.send(CHANGES, b"broken", _change(n))
                time.sleep(0.02)
            sending.set()

        sender = threading.Thread(target=send)
        with place.sink(batch_messages=250) as running:
            sender.start()
            wait_until(lambda: _count(place, "feedback") > 300)
            clickhouse.kill()
            wait_until(lambda: running.sink.problem)
            assert "is ClickHouse running there?" in running.sink.problem
            assert running.metric("store_available") == 0
            wait_until(sending.is_set)
            wait_until(lambda: running.metric("retries_total", what="store") >= 3)
            topic = f"{place.database}.feedback"
            wait_until(lambda: running.metric("lag_messages", topic=topic) > 0)
            clickhouse.start()
            wait_until(lambda: _count(place, "feedback") == 6000)
            wait_until(lambda: _count(place, "windows") == 60)
            wait_until(lambda: _count(place, "changes") == 60)
            wait_until(lambda: _count(place, "dead_letters") == 60)
            wait_until(lambda: not running.sink.problem)
            assert running.metric("store_available") == 1
            wait_until(lambda: running.metric("lag_messages", topic=topic) == 0)
        sender.join()
        assert place.query("SELECT count(), uniqExact(feedback_id) FROM feedback") == [(6000, 6000)]
        assert place.query("SELECT sum(events), min(version) FROM windows") == [(420, 2)]


def test_everything_again_changes_no_view(place: Any, wait_until: Callable[..., Any]) -> None:
    views = ("windows", "alerts", "changes", "feedback", "dead_letters")
    place.send(WINDOWS, _window(1, version=2), _window(1), _window(2))
    place.send(ALERTS, encode_alert(_alert("pending")), encode_alert(_alert()), key="k")
    place.send(CHANGES, _change(1), b"broken", _change(2))
    place.send(FEEDBACK, *(_feedback(n) for n in range(10)))
    with place.sink():
        wait_until(lambda: [_count(place, view) for view in views] == [2, 2, 2, 10, 1])
    before = [sorted(place.query(f"SELECT * FROM {view}"), key=repr) for view in views]
    # What a crash before the commit does, at its worst: all messages come once more.
    place.group += "-again"
    with place.sink() as running:
        for topic, count in (("windows", 3), ("alerts", 2), ("changes", 3), ("feedback", 10)):
            name = f"{place.database}.{topic}"
            wait_until(
                lambda name=name, count=count: running.metric("messages_total", topic=name) == count
            )
        wait_until(lambda: _count(place, "raw_dead_letters") >= 1)
    after = [sorted(place.query(f"SELECT * FROM {view}"), key=repr) for view in views]
    assert after[:-1] == before[:-1]
    assert len(after[-1]) == 1


def test_a_restarted_sink_goes_on_where_it_stopped(
    place: Any, wait_until: Callable[..., Any]
) -> None:
    with place.sink():
        place.send(FEEDBACK, *(_feedback(n) for n in range(50)))
        wait_until(lambda: _count(place, "feedback") == 50)
    inserted = _count(place, "raw_feedback")
    with place.sink() as running:
        place.send(FEEDBACK, *(_feedback(n) for n in range(50, 60)))
        wait_until(lambda: _count(place, "feedback") == 60)
        topic = f"{place.database}.feedback"
        wait_until(lambda: running.metric("messages_total", topic=topic) == 10)
    assert inserted == 50


def test_a_sink_that_waits_stops_at_once_and_keeps_its_messages_on_kafka(
    kafka: EmbeddedKafka,
    tmp_path_factory: pytest.TempPathFactory,
    make_place: Callable[..., Any],
    wait_until: Callable[..., Any],
) -> None:
    with EmbeddedClickHouse(tmp_path_factory.mktemp("away")) as clickhouse:
        place = make_place(kafka, clickhouse)
        clickhouse.kill()
        place.send(FEEDBACK, *(_feedback(n) for n in range(20)))
        with place.sink() as running:
            wait_until(lambda: running.metric("retries_total", what="store") >= 1)
        clickhouse.start()
        with place.sink():
            wait_until(lambda: _count(place, "feedback") == 20)


def test_sinks_share_the_partitions(place: Any, wait_until: Callable[..., Any]) -> None:
    topics = [f"{place.database}.{topic.name}" for topic in (FEEDBACK, WINDOWS, DEAD_LETTERS)]
    with place.sink() as first, place.sink() as second:
        sent = 0

        def both_work() -> bool:
            nonlocal sent
            for topic in (FEEDBACK, WINDOWS, DEAD_LETTERS):
                value = _window(sent) if topic is WINDOWS else _feedback(sent)
                for partition in range(place.kafka.partitions):
                    place.send(topic, value, partition=partition)
            sent += 1
            return all(
                sum(each.metric("messages_total", topic=topic) for topic in topics)
                for each in (first, second)
            )

        wait_until(both_work)
        first.end()
        both_work()
        wait_until(lambda: _count(place, "feedback") == sent)
        wait_until(lambda: _count(place, "windows") == sent)
        wait_until(lambda: _count(place, "dead_letters") == place.kafka.partitions * sent)
        assert not second.sink.problem


def test_missing_tables_stop_nothing_for_good(place: Any, wait_until: Callable[..., Any]) -> None:
    place.connect().command("RENAME TABLE raw_feedback TO hidden")
    with place.sink() as running:
        place.send(FEEDBACK, _feedback(1))
        wait_until(lambda: "run `tidewatch migrate`" in running.sink.problem)
        place.connect().command("RENAME TABLE hidden TO raw_feedback")
        wait_until(lambda: _count(place, "feedback") == 1)
        wait_until(lambda: not running.sink.problem)
