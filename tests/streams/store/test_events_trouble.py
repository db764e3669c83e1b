"""Writing events to a server that is away, or not prepared."""

import pytest
from clickhouse_connect.driver.client import Client

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.store.connection import connect
from streams.store.errors import StoreError, StoreUnavailable
from streams.store.migrate import create_database, migrate
from streams.store.signals import ensure_signal_columns
from tests.streams.store.stored import SIGNALS, inference, insert


def test_a_server_that_comes_back_takes_what_it_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with EmbeddedClickHouse(tmp_path_factory.mktemp("store")) as server:
        create_database(connect(server.url), "store")
        client = connect(server.url, database="store")
        migrate(client)
        ensure_signal_columns(client, SIGNALS)
        insert(client, [inference()])
        server.kill()
        with pytest.raises(StoreUnavailable, match="is ClickHouse running there"):
            insert(client, [inference(), inference("e2")])
        with pytest.raises(StoreUnavailable, match=r"clickhouse\.url: http://127\.0\.0\.1"):
            connect(server.url, database="store")
        server.start()
        insert(client, [inference(), inference("e2")])
        assert client.query("SELECT count() FROM events").result_rows == [(2,)]


def test_errors_name_the_remedy(clickhouse: EmbeddedClickHouse, database: Client) -> None:
    with pytest.raises(StoreError, match=r"tidewatch migrate") as missing:
        connect(clickhouse.url, database="nowhere")
    assert not isinstance(missing.value, StoreUnavailable)
    with pytest.raises(StoreError, match="run `tidewatch migrate`"):
        insert(database, [inference()])
    with pytest.raises(StoreError, match="is no http:// or https:// address"):
        connect("localhost:8123")
