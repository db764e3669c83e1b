"""How long rows are kept: bringing tables to a changed setting."""

import re

from clickhouse_connect.driver.client import Client

from schemas.clickhouse.migrations import Layout, load_migrations, quote_name
from streams.store.ddl import run_ddl
from streams.store.errors import store_errors

_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+).*?^TTL ([^\n]+)$", re.DOTALL | re.MULTILINE)
_COLUMN = re.compile(r"`(\w+)` [^`]*?TTL toDateTime\(time\) \+ toIntervalDay\((\d+)\)")


def apply_retention(client: Client, layout: Layout) -> list[str]:
    """Change how long existing tables keep rows and texts; give the names of those changed.

    ClickHouse removes what is too old in the background.

    Raises
    ------
    StoreUnavailable, StoreError
        See :mod:`streams.store.errors`.
    """
    with store_errors("changing retention", client.uri):
        rows = client.query(
            "SELECT name, create_table_query, engine_full FROM system.tables "
            "WHERE database = currentDatabase() AND startsWith(name, 'raw_')"
        ).result_rows
        changed = []
        for table, query, engine in rows:
            changes = _column_changes(query, layout) + _table_changes(table, engine, layout)
            if changes:
                alter = f"ALTER TABLE {quote_name(table)}{layout.on_cluster} "
                run_ddl(client, alter + ", ".join(changes))
                changed.append(str(table))
    return sorted(changed)


def _table_changes(table: str, engine: str, layout: Layout) -> list[str]:
    wanted = _wanted(layout).get(table)
    return [] if wanted is None or f"TTL {wanted}" in engine else [f"MODIFY TTL {wanted}"]


def _column_changes(query: str, layout: Layout) -> list[str]:
    days = layout.retention.texts_days
    # No comment holds a backquote: a column's declaration ends before the next one's name.
    return [
        f"MODIFY COLUMN {quote_name(name)} TTL toDateTime(time) + toIntervalDay({days})"
        for name, found in _COLUMN.findall(query.partition(") ENGINE = ")[0])
        if int(found) != days
    ]


def _wanted(layout: Layout) -> dict[str, str]:
    """The expression of every table that forgets rows, as ClickHouse writes it."""
    found: dict[str, str] = {}
    for migration in load_migrations():
        for statement in migration.statements(layout):
            if match := _TABLE.match(statement):
                found[match[1]] = match[2]
    return found
