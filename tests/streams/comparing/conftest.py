"""A database of one's own on the embedded ClickHouse."""

import uuid
from collections.abc import Callable, Iterator

import pytest
from clickhouse_connect.driver.client import Client

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.store.connection import connect
from streams.store.migrate import create_database, migrate


@pytest.fixture
def empty_database(clickhouse: EmbeddedClickHouse) -> Iterator[Callable[[], Client]]:
    """Gives clients of a new database without tables."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    server = connect(clickhouse.url)
    create_database(server, name)
    clients: list[Client] = []

    def client() -> Client:
        clients.append(connect(clickhouse.url, database=name))
        return clients[-1]

    yield client
    for each in clients:
        each.close()
    server.command(f"DROP DATABASE {name}")
    server.close()


@pytest.fixture
def database(empty_database: Callable[[], Client]) -> Client:
    """A client of a new database with all tables."""
    client = empty_database()
    migrate(client)
    return client
