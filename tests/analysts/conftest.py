"""The replayed traffic, for every test of what is shown of it."""

import pytest

from streams.embedded.clickhouse import EmbeddedClickHouse
from tests.analysts.replayed import Replayed, replayed


@pytest.fixture(scope="session")
def traffic(clickhouse: EmbeddedClickHouse) -> Replayed:
    """The database with the replayed traffic; read only."""
    return replayed(clickhouse.url)
