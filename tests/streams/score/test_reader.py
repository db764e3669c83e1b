"""Who reads which partitions."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka
from streams.score.metrics import ScoreMetrics
from streams.score.reader import Reader
from streams.settings import Settings
from tests.streams.conftest import wait_until
from tests.streams.score.conftest import make_place

__all__ = ["make_place"]

PARTITIONS = 4


def _read(settings: Settings, owned: Path, crashes: bool) -> None:
    """Read for ever, and write down what is owned; ``crashes`` when told to give a thing up."""
    mine: set[int] = set()

    def told(partitions: set[int]) -> None:
        mine.symmetric_difference_update(partitions)
        written = owned.with_suffix(".new")
        written.write_text(" ".join(map(str, sorted(mine))))
        written.rename(owned)

    reader = Reader(
        settings,
        metrics=ScoreMetrics(CollectorRegistry()),
        stop=threading.Event(),
        on_assigned=lambda partitions: told(set(partitions)),
        on_revoked=(lambda _: os._exit(9)) if crashes else told,
    )
    while True:
        reader.take(monotonic() + 1, lambda: False)


@pytest.fixture
def reading(
    kafka: EmbeddedKafka,
    clickhouse: EmbeddedClickHouse,
    make_place: Callable[..., Any],
    tmp_path: Path,
) -> Iterator[Callable[..., BaseProcess]]:
    """Start a reader as a process: its name, and whether it crashes when something is revoked."""
    settings = make_place(kafka, clickhouse, PARTITIONS).settings
    spawned = multiprocessing.get_context("spawn")
    started: list[BaseProcess] = []

    def start(name: str, *, crashes: bool = False) -> BaseProcess:
        own = settings.model_copy(
            update={"score": settings.score.model_copy(update={"worker": name})}
        )
        process = spawned.Process(target=_read, args=(own, tmp_path / name, crashes), daemon=True)
        process.start()
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.join()


def test_a_reader_killed_while_it_is_to_hand_over_leaves_no_partition_to_nobody(
    reading: Callable[..., BaseProcess], tmp_path: Path
) -> None:
    def owned(*names: str) -> list[int]:
        files = [tmp_path / name for name in names]
        return sorted(int(p) for f in files if f.exists() for p in f.read_text().split())

    everything = list(range(PARTITIONS))
    old = reading("old", crashes=True)
    wait_until(lambda: owned("old") == everything)
    reading("new")
    old.join(60)
    assert old.exitcode == 9
    (tmp_path / "old").unlink()
    # Back before its session has timed out, as a supervisor has it.
    reading("old")
    wait_until(lambda: owned("old", "new") == everything and owned("old") != everything, 60)
