"""Changes are followed whatever happens meanwhile."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from confluent_kafka import Producer

from schemas.changes import Change
from schemas.topics import CHANGES
from streams.kafka import client_config
from streams.watch.changes import RecentChanges
from streams.watch.security import aiokafka_client


def test_a_client_that_fails_in_any_way_is_tried_again(make_place: Callable[..., Any]) -> None:
    place = make_place()
    change = Change(change_id="one", time=datetime(2026, 7, 1, tzinfo=UTC), kind="release")
    producer = Producer(client_config(place.kafka))
    for value in (b"no change", msgspec.json.encode(change)):
        producer.produce(place.name(CHANGES), value)
    assert producer.flush(20) == 0
    client = aiokafka_client(place.kafka) | {"security_protocol": "no such protocol"}
    changes = RecentChanges(place.name(CHANGES), client)

    async def run() -> None:
        following = asyncio.create_task(changes.follow())
        await asyncio.sleep(0.2)
        assert not following.done()
        client["security_protocol"] = "PLAINTEXT"
        async with asyncio.timeout(30):
            while not changes():
                await asyncio.sleep(0.1)
        following.cancel()

    asyncio.run(run())
    assert changes() == [change]
