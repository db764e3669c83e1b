"""Inserting into ClickHouse with a client that is made anew after each failure."""

from collections.abc import Callable

from clickhouse_connect.driver.client import Client

from streams.sink.metrics import SinkMetrics
from streams.sink.target import Rows
from streams.store.errors import StoreError
from streams.store.insert import insert_rows


class Store:
    """A client that is made anew after each failure."""

    def __init__(self, connect: Callable[[], Client], metrics: SinkMetrics) -> None:
        self._connect = connect
        self._metrics = metrics
        self._client: Client | None = None

    def insert(self, tables: dict[str, Rows]) -> None:
        """Insert rows by table, taking out of ``tables`` what is done."""
        try:
            for table, rows in list(tables.items()):
                self._client = self._client or self._connect()
                with self._metrics.insert_seconds.labels(table).time():
                    insert_rows(self._client, table, rows)
                del tables[table]
                self._metrics.inserts.labels(table).inc()
                self._metrics.rows.labels(table).inc(len(rows))
        except StoreError:
            self._metrics.store_available.set(0)
            self.close()
            raise
        self._metrics.store_available.set(1)

    def close(self) -> None:
        """Let the connection go."""
        if self._client is not None:
            self._client.close()
            self._client = None
