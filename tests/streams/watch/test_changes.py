"""Changes are followed whatever happens meanwhile."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from confluent_kafka import Producer

from schemas.changes import Change
from schemas.topics import CHANGES
from streams.kafka import client_config
from streams.watch.changes import MOST, RecentChanges


def test_a_client_that_fails_in_any_way_is_tried_again(make_place: Callable[..., Any]) -> None:
    place = make_place()
    change = Change(change_id="one", time=datetime(2026, 7, 1, tzinfo=UTC), kind="release")
    producer = Producer(client_config(place.kafka))
    for value in (b"no change", msgspec.json.encode(change)):
        producer.produce(place.name(CHANGES), value)
    assert producer.flush(20) == 0
    client = client_config(place.kafka) | {"security.protocol": "no such protocol"}
    changes = RecentChanges(place.name(CHANGES), client)

    async def run() -> None:
        following = asyncio.create_task(changes.follow())
        await asyncio.sleep(0.2)
        assert not following.done()
        client["security.protocol"] = "PLAINTEXT"
        async with asyncio.timeout(30):
            while not changes():
                await asyncio.sleep(0.1)
        following.cancel()

    asyncio.run(run())
    assert changes() == [change]


def told(**fields: Any) -> bytes:
    change = {"change_id": "c", "time": datetime.now(UTC), "kind": "release"}
    return msgspec.json.encode(change | fields)


def test_nobody_can_hide_the_changes_of_others() -> None:
    changes = RecentChanges("changes", {})
    changes._take(told(change_id="one"))
    # It would make all others older than what is kept.
    changes._take(told(change_id="ahead", time=datetime.now(UTC) + timedelta(days=1)))
    # It would end the reading, and the reading would begin again, and again.
    changes._take(b'{"more":' + b"[" * 100_000)
    changes._take(b'{"change_id": "\xff"}')
    assert [change.change_id for change in changes()] == ["one"]


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_a_change_of_the_first_or_last_year_ends_nobody(time: str) -> None:
    """Before the first year there is no time, and watch ended for it."""
    changes = RecentChanges("changes", {})
    changes._take(told(time=time))
    assert changes() == []


def test_nobody_can_make_an_alert_too_large_to_send() -> None:
    changes = RecentChanges("changes", {})
    changes._take(told(description="x" * 1_000_000, link="https://example.org/" + "x" * 100_000))
    changes._take(told(change_id="wide", segment={f"labels.{n}": "x" for n in range(10_000)}))
    (change,) = changes()
    assert len(msgspec.json.encode(change)) < 1_000


def test_what_references_begin_anew_with_is_kept_whatever_comes_later() -> None:
    changes, now = RecentChanges("changes", {}), datetime.now(UTC)
    for number, days in enumerate((80, 1, 3)):
        changes._take(told(change_id=str(number), time=now - timedelta(days=days)))
    assert [change.change_id for change in changes()] == ["0", "2", "1"]
    assert changes() is changes()
    changes._take(told(change_id="3", time=now))
    assert [change.change_id for change in changes()] == ["0", "2", "1", "3"]


def test_what_is_kept_is_bounded() -> None:
    changes = RecentChanges("changes", {})
    for number in range(MOST + 10):
        changes._take(told(change_id=str(number)))
    assert len(changes()) == MOST
    assert changes()[-1].change_id == str(MOST + 9)
