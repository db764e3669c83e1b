"""A page over a filled database."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import pytest
from clickhouse_connect.driver.client import Client

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.page.store import PageStore
from streams.settings import ClickHouseSettings
from streams.store.connection import connect
from streams.store.setup import connect_by
from tests.analysts.conftest import traffic
from tests.analysts.replayed import DATABASE, Replayed
from tests.dashboards.site import filled_database, serving

__all__ = ["traffic"]

if TYPE_CHECKING:
    from tests.dashboards.filled import Filled


@pytest.fixture(scope="session")
def filled(clickhouse: EmbeddedClickHouse) -> "Filled":
    """What is in the database of ``site``."""
    return filled_database(clickhouse.url)[1]


@pytest.fixture(scope="session")
def analyst(clickhouse: EmbeddedClickHouse, filled: "Filled") -> Iterator[Client]:
    """A client of the database of ``site``, as analysts have it."""
    client = connect(clickhouse.url, database=filled_database(clickhouse.url)[0])
    yield client
    client.close()


@pytest.fixture
def store(clickhouse: EmbeddedClickHouse, filled: "Filled") -> Iterator[PageStore]:
    """The database of ``site`` as the page reads it."""
    database = filled_database(clickhouse.url)[0]
    settings = ClickHouseSettings(url=clickhouse.url, database=database)
    found = PageStore(partial(connect_by, settings))
    yield found
    found.close()


@pytest.fixture(scope="session")
def site(
    clickhouse: EmbeddedClickHouse, filled: "Filled", tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of a page over the filled database."""
    folder = tmp_path_factory.mktemp("monitors")
    with serving(clickhouse.url, filled_database(clickhouse.url)[0], folder) as url:
        yield url


@pytest.fixture(scope="session")
def replayed_site(traffic: Replayed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a page over the replayed traffic of nine days."""
    folder = tmp_path_factory.mktemp("monitors")
    with serving(traffic.url, DATABASE, folder) as url:
        yield url
