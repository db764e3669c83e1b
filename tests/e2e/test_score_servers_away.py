"""Servers that are away when a process starts, or hang: it waits, says why, and can be stopped."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from tests.e2e.processes import Process, wait_for
from tests.events import encoded
from tests.streams.conftest import wait_until
from tests.streams.score.conftest import make_place

__all__ = ["make_place"]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Callable[..., Process]]:
    """Starts a process with its health on ``port``."""
    started: list[Process] = []

    def run(name: str, **settings: str) -> Process:
        (tmp_path / "monitors").mkdir(exist_ok=True)
        environment = {
            "TIDEWATCH_DATA_DIR": str(tmp_path / "data"),
            "TIDEWATCH_MONITORS": str(tmp_path / "monitors"),
            f"TIDEWATCH_HTTP__{name.upper()}_PORT": str(port),
            **{f"TIDEWATCH_{key.upper()}": value for key, value in settings.items()},
        }
        process = Process(name, [name], environment, tmp_path / f"{name}.log")
        process.start()
        started.append(process)
        return process

    yield run
    for process in started:
        process.stop()


def health(port: int, what: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = httpx.get(f"http://127.0.0.1:{port}/health/{what}").json()
    except httpx.TransportError:
        return {"ok": None, "problem": ""}
    return found


def assert_it_waits_and_stops(process: Process, port: int, reason: str) -> None:
    wait_for(
        lambda: reason in health(port, "ready")["problem"],
        f"{process.name} does not say that {reason}\n{process.tail()}",
        timeout=60,
    )
    assert health(port, "live")["ok"]
    began = time.monotonic()
    process.stop()
    assert time.monotonic() - began < 15, "it had to be killed"
    assert process.code == 0


@pytest.mark.parametrize("name", ["score", "sink", "notify"])
def test_without_kafka(start: Callable[..., Process], port: int, name: str) -> None:
    process = start(name, kafka__bootstrap_servers="127.0.0.1:9")
    assert_it_waits_and_stops(process, port, "127.0.0.1:9 does not answer")


@pytest.mark.parametrize(
    ("database", "reason"), [("default", "run `tidewatch migrate`"), (None, "does not answer")]
)
def test_score_without_clickhouse_or_tables(
    kafka: EmbeddedKafka,
    clickhouse: EmbeddedClickHouse,
    start: Callable[..., Process],
    port: int,
    database: str | None,
    reason: str,
) -> None:
    process = start(
        "score",
        kafka__bootstrap_servers=kafka.bootstrap_servers,
        kafka__topic_prefix="away-",
        clickhouse__url=clickhouse.url if database else "http://127.0.0.1:9",
        clickhouse__database=database or "tidewatch",
    )
    assert_it_waits_and_stops(process, port, reason)


def test_score_stops_while_an_insert_hangs(
    kafka: EmbeddedKafka, tmp_path: Path, make_place: Callable[..., Any]
) -> None:
    before = set(psutil.Process().children(recursive=True))
    with EmbeddedClickHouse(tmp_path / "clickhouse") as clickhouse:
        started = set(psutil.Process().children(recursive=True)) - before
        server = next(p for p in started if "streams.embedded.clickhouse_http" in p.cmdline()[:4])
        place = make_place(kafka, clickhouse)
        at = datetime.now(UTC)
        with place.process() as process:
            place.send([encoded(n, time=at) for n in range(100)])
            wait_until(lambda: place.lag() == 0)
            server.send_signal(signal.SIGSTOP)
            place.send([encoded(n, time=at) for n in range(100, 200)])
            time.sleep(2)
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(15) == 0
            server.send_signal(signal.SIGCONT)
        with place.process():
            wait_until(lambda: place.lag() == 0)
        assert place.query("SELECT count(), uniqExact(event_id) FROM events") == [(200, 200)]
        assert set(place.counted().values()) == {200}
