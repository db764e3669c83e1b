"""Real servers for every test that talks to Kafka or ClickHouse, started once a session."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.kafka import EmbeddedKafka

# The first call of a compiled loop takes seconds, and no test is about speed.
settings.register_profile("tidewatch", deadline=None)
settings.load_profile("tidewatch")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that need servers begin: they wait much, others compute meanwhile."""
    items.sort(key=lambda item: "kafka" not in getattr(item, "fixturenames", ()))


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
