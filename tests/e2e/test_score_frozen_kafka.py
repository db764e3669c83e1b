"""Kafka that does not answer for seconds: score waits, and counts every event once."""

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from tests.events import encoded
from tests.streams.conftest import wait_until
from tests.streams.score.conftest import make_place

__all__ = ["make_place"]

FREEZES = (5, 5, 14, 5)
"""Seconds. A transaction may last ten: after longer ones Kafka has given the producer up."""
EVENTS = 500


def test_a_frozen_broker_costs_and_doubles_nothing(
    clickhouse: EmbeddedClickHouse, tmp_path: Path, make_place: Callable[..., Any]
) -> None:
    before = set(psutil.Process().children(recursive=True))
    with EmbeddedKafka(tmp_path / "kafka") as kafka:
        started = set(psutil.Process().children(recursive=True)) - before
        broker = next(process.pid for process in started if "java" in process.name())
        place = make_place(kafka, clickhouse, 2, batch_events=20, commit_seconds=0.05)
        with place.worker():
            for number, seconds in enumerate(FREEZES):
                first = number * EVENTS
                at = datetime.now(UTC)
                place.send([encoded(n, time=at) for n in range(first, first + EVENTS)])
                os.kill(broker, signal.SIGSTOP)
                time.sleep(seconds)
                os.kill(broker, signal.SIGCONT)
                expected = [(first + EVENTS,)]
                wait_until(
                    lambda expected=expected: (
                        place.query("SELECT count() FROM events") == expected and place.lag() == 0
                    ),
                    60,
                )
        assert set(place.counted().values()) == {len(FREEZES) * EVENTS}
