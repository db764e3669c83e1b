"""A store that takes events."""

import pytest
from clickhouse_connect.driver.client import Client

from streams.store.signals import ensure_signal_columns
from tests.streams.store.stored import SIGNALS


@pytest.fixture
def store(database: Client) -> Client:
    """A database with the columns of the signals."""
    ensure_signal_columns(database, SIGNALS)
    return database
