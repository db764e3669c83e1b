"""Score workers on a real Kafka and a real ClickHouse: every event once, whatever happens."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from schemas.panes import decode_pane_batch
from schemas.segments import OTHER
from schemas.topics import INFERENCE, PANES
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import topic_name
from tests.events import encoded

MakePlace = Callable[..., Any]
Wait = Callable[..., Any]


def now() -> datetime:
    return datetime.now(UTC)


def events(first: int, last: int) -> tuple[list[bytes], list[str]]:
    """Events of this moment by number, with their keys."""
    numbers = range(first, last)
    at = now() - timedelta(seconds=5)
    return [encoded(n, time=at) for n in numbers], [f"event-{n}" for n in numbers]


def assert_exact(place: Any, expected: int) -> None:
    """Each event once for analysts and once in the panes of every segmentation."""
    assert place.query("SELECT count(), uniqExact(event_id) FROM events") == [(expected, expected)]
    counted = place.counted()
    assert set(counted) == set(place.settings.score.segmentations)
    assert set(counted.values()) == {expected}


BAD = {
    "not_json": b"{not json",
    "invalid": b'{"event_id": "x"}',
    "unknown_schema_version": b'{"schema_version": 9}',
    "time_out_of_range": json.dumps(
        {"event_id": "x", "time": "2200-01-01T00:00:00Z", "service_name": "shop"}
    ).encode(),
    "empty": b"",
    "too_large": b'{"prompt": "' + b"x" * 20_000_000 + b'"}',
}


@pytest.mark.parametrize(
    "layout",
    [(1, "exactly_once"), (6, "exactly_once"), (2, "at_least_once")],
    ids=lambda layout: f"{layout[0]}-partitions-{layout[1]}",
)
def test_good_events_count_once_and_bad_ones_are_kept_with_the_reason(
    kafka: EmbeddedKafka,
    clickhouse: EmbeddedClickHouse,
    make_place: MakePlace,
    wait_until: Wait,
    layout: tuple[int, str],
) -> None:
    place = make_place(kafka, clickhouse, *layout)
    place.send(*events(0, 200))
    with place.worker():
        wait_until(lambda: place.lag() == 0)
        place.send(list(BAD.values()), list(BAD), headers=[("origin", b"test")])
        place.send(*events(100, 250))
        wait_until(lambda: place.lag() == 0)
        assert_exact(place, 250)
        letters = place.letters()
        assert Counter(h["tidewatch-reason"].decode() for h, _ in letters) == Counter(list(BAD))
        for headers, letter in letters:
            reason = headers["tidewatch-reason"].decode()
            assert (letter.value() or b"") == BAD[reason]
            assert letter.key() == reason.encode()
            assert headers["origin"] == b"test"
            assert headers["tidewatch-topic"].decode() == topic_name(
                place.settings.kafka, INFERENCE
            )
            assert headers["tidewatch-detail"]
    # A new worker remembers what the old one counted.
    place.send(*events(0, 260))
    with place.worker():
        wait_until(lambda: place.lag() == 0)
    assert_exact(place, 260)
    assert len(place.letters()) == len(BAD)


def test_progress_is_told_without_events_too(
    kafka: EmbeddedKafka, clickhouse: EmbeddedClickHouse, make_place: MakePlace, wait_until: Wait
) -> None:
    place = make_place(kafka, clickhouse)
    begun = now().timestamp()
    inference = topic_name(place.settings.kafka, INFERENCE)

    def complete() -> dict[str, float]:
        told = {}
        for message in place.read(PANES):
            told |= decode_pane_batch(message.value()).complete_until
        return told

    with place.worker():
        wait_until(lambda: len(complete()) == 2)
        wait_until(lambda: min(complete().values()) > begun)
    assert set(complete()) == {f"{inference}/0", f"{inference}/1"}
    lateness = place.settings.score.lateness_seconds
    assert max(complete().values()) <= now().timestamp() - lateness


def test_segments_without_number_are_folded_and_memory_is_bounded(
    kafka: EmbeddedKafka, clickhouse: EmbeddedClickHouse, make_place: MakePlace, wait_until: Wait
) -> None:
    place = make_place(kafka, clickhouse, segment_limit=200, batch_events=10_000)
    at = (now() - timedelta(seconds=5)).isoformat()
    place.send(
        [
            json.dumps(
                {
                    "event_id": f"e{number}",
                    "time": at,
                    "service_name": "shop",
                    "service_version": f"v{number}",
                }
            ).encode()
            for number in range(100_000)
        ]
    )
    with place.process() as process:
        largest = 0

        def done() -> bool:
            nonlocal largest
            largest = max(largest, psutil.Process(process.pid).memory_info().rss)
            return place.lag() == 0

        wait_until(done, seconds=120)
    assert_exact(place, 100_000)
    by_version: Counter[str] = Counter()
    for pane in place.panes():
        if "service_version" in pane.segment:
            by_version[pane.segment["service_version"]] += pane.events
    assert by_version[OTHER] > 90_000
    assert len(by_version) < 10_000
    assert largest < 1.5e9


def test_a_killed_worker_loses_and_doubles_nothing(
    kafka: EmbeddedKafka, clickhouse: EmbeddedClickHouse, make_place: MakePlace, wait_until: Wait
) -> None:
    place = make_place(kafka, clickhouse, batch_events=50, commit_seconds=0.1)
    left = []
    for first in range(0, 3_000, 1_000):
        place.send(*events(first, first + 1_000))
        place.send(*events(first + 200, first + 500))
        before = place.lag()
        with place.process() as process:
            wait_until(lambda before=before: place.lag() < before)
            process.kill()
            process.wait()
        left.append(place.lag())
    assert any(left), "no worker was killed in the middle of its work"
    with place.process():
        wait_until(lambda: place.lag() == 0)
    assert_exact(place, 3_000)


@pytest.fixture
def own_clickhouse(tmp_path: Path) -> Iterator[EmbeddedClickHouse]:
    with EmbeddedClickHouse(tmp_path / "clickhouse") as server:
        yield server


def test_while_clickhouse_is_away_events_wait(
    kafka: EmbeddedKafka,
    own_clickhouse: EmbeddedClickHouse,
    make_place: MakePlace,
    wait_until: Wait,
) -> None:
    place = make_place(kafka, own_clickhouse, batch_events=100)
    place.send(*events(0, 300))
    with place.worker():
        wait_until(lambda: place.lag() == 0)
        own_clickhouse.kill()
        place.send(*events(200, 900))
        time.sleep(3)
        waiting = place.lag()
        own_clickhouse.start()
        wait_until(lambda: place.lag() == 0)
    assert waiting == 700
    assert_exact(place, 900)


def test_a_worker_can_stop_while_clickhouse_is_away(
    kafka: EmbeddedKafka,
    own_clickhouse: EmbeddedClickHouse,
    make_place: MakePlace,
    wait_until: Wait,
) -> None:
    place = make_place(kafka, own_clickhouse)
    with place.worker():
        place.send(*events(0, 50))
        wait_until(lambda: place.lag() == 0)
        own_clickhouse.kill()
        place.send(*events(50, 100))
        time.sleep(2)
    own_clickhouse.start()
    with place.worker():
        wait_until(lambda: place.lag() == 0)
    assert_exact(place, 100)


class GuardedKafka(EmbeddedKafka):
    """A broker that asks access control lists; what they do not mention is allowed."""

    def _properties(self) -> dict[str, object]:
        authorizer = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
        return super()._properties() | {
            "authorizer.class.name": authorizer,
            "allow.everyone.if.no.acl.found": "true",
        }


def test_a_topic_that_may_not_be_read_ends_the_worker_with_its_name(
    tmp_path: Path, clickhouse: EmbeddedClickHouse, make_place: MakePlace
) -> None:
    with GuardedKafka(tmp_path / "kafka") as guarded:
        place = make_place(guarded, clickhouse)
        name = topic_name(place.settings.kafka, INFERENCE)
        denied = AclBinding(
            ResourceType.TOPIC,
            name,
            ResourcePatternType.LITERAL,
            "User:ANONYMOUS",
            "*",
            AclOperation.READ,
            AclPermissionType.DENY,
        )
        admin = AdminClient({"bootstrap.servers": guarded.bootstrap_servers})
        admin.create_acls([denied])[denied].result(20)
        with place.process() as process:
            assert process.wait(60) == 4
    told = place.log.splitlines()[-1]
    assert f"topic {name} cannot be read in group {place.settings.score.group}" in told
    assert "give this user the right to read" in told
