"""Real servers for every test that talks to Kafka or ClickHouse, started once a session."""

import gc
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka

# The first call of a compiled loop takes seconds, and no test is about speed.
settings.register_profile("tidewatch", deadline=None)
settings.load_profile("tidewatch")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """What is imported stays: looking through it for garbage took a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that need servers begin: they wait much, others compute meanwhile."""
    items.sort(key=lambda item: "kafka" not in getattr(item, "fixturenames", ()))


class ByData(LoadFileScheduling):
    """Files go to workers; those that show the same stored events all go to one.

    Scoring and storing those events takes as long as most of these tests.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "stored" if file.startswith(("tests/analysts/", "tests/dashboards/")) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByData | None:
    """In place of ``--dist loadfile``."""
    return ByData(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A running embedded Kafka; take topic names and group ids of your own."""
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka")) as server:
        yield server


@pytest.fixture(scope="session")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedClickHouse]:
    """A running embedded ClickHouse; make a database of your own."""
    with EmbeddedClickHouse(tmp_path_factory.mktemp("clickhouse")) as server:
        yield server
