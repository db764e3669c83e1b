"""Partitions that move while score cannot store: it goes on, and claims nothing it has not done."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer

from schemas.panes import decode_pane_batch
from schemas.topics import INFERENCE, PANES
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.kafka import client_config, topic_name
from tests.events import encoded
from tests.streams.conftest import wait_until
from tests.streams.score.conftest import make_place

__all__ = ["make_place"]


def test_a_rebalance_while_clickhouse_is_away_neither_stalls_nor_claims_progress(
    kafka: EmbeddedKafka, tmp_path: Path, make_place: Callable[..., Any]
) -> None:
    with EmbeddedClickHouse(tmp_path / "clickhouse") as clickhouse:
        place = make_place(kafka, clickhouse, 2, batch_events=100)
        at = datetime.now(UTC)
        inference = topic_name(place.settings.kafka, INFERENCE)

        def complete() -> dict[str, float]:
            told: dict[str, float] = {}
            for message in place.read(PANES):
                told |= decode_pane_batch(message.value()).complete_until
            return told

        with place.worker():
            place.send([encoded(n, time=at) for n in range(200)])
            wait_until(lambda: place.query("SELECT count() FROM events") == [(200,)])
            clickhouse.kill()
            away = time.time()
            place.send([encoded(n, time=at) for n in range(200, 900)])
            time.sleep(2)
            other = Consumer(
                client_config(
                    place.settings.kafka,
                    **{
                        "group.id": place.settings.score.group,
                        "enable.auto.commit": False,
                        "partition.assignment.strategy": "range",
                    },
                )
            )
            other.subscribe([inference])
            wait_until(lambda: other.poll(0.2) or other.assignment())
            time.sleep(3)
            # Nothing was stored since: the events that wait are not behind complete time.
            assert max(complete().values()) < away + 1
            other.close()
            clickhouse.start()
            wait_until(lambda: place.lag() == 0)
        assert place.query("SELECT count(), uniqExact(event_id) FROM events") == [(900, 900)]
        assert set(place.counted().values()) == {900}
