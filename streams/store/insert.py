"""Inserting Arrow tables."""

# pyarrow declares its names in a compiled module that mypy cannot see into.
# mypy: disable-error-code="attr-defined,name-defined"

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from streams.store.errors import store_errors


def insert_rows(client: Client, table: str, rows: pa.Table) -> None:
    """Insert rows; when this returns they are in the table. Columns go by their names.

    Raises
    ------
    StoreUnavailable
        ClickHouse cannot take them now; insert the same again later.
    StoreError
        ClickHouse refuses them for good.
    """
    with store_errors(f"inserting {rows.num_rows} rows into {table}", client.uri):
        client.insert_arrow(table, rows)
