"""The tables and views of a database for people, as Markdown."""

from collections.abc import Iterable, Sequence
from typing import Any

from clickhouse_connect.driver.client import Client

from streams.store.errors import store_errors


def describe_tables(client: Client) -> str:
    """Every view and table with its columns, types and comments; views first.

    Raises
    ------
    StoreUnavailable, StoreError
        See :mod:`streams.store.errors`.
    """
    with store_errors("describing tables", client.uri):
        tables = client.query(
            "SELECT name, engine, comment, sorting_key FROM system.tables "
            "WHERE database = currentDatabase() ORDER BY engine != 'View', name"
        ).result_rows
        columns = client.query(
            "SELECT table, name, type, comment FROM system.columns "
            "WHERE database = currentDatabase() ORDER BY table, position"
        ).result_rows
    sections = [_section(row, (c[1:] for c in columns if c[0] == row[0])) for row in tables]
    return "\n".join(sections)


def _section(table: Sequence[Any], columns: Iterable[Sequence[Any]]) -> str:
    name, engine, comment, sorting_key = table
    kind = "view" if engine == "View" else f"table, one row a ({sorting_key})"
    lines = [
        f"## {name}",
        "",
        f"{comment} ({kind})",
        "",
        "| column | type | meaning |",
        "|---|---|---|",
    ]
    lines += [f"| `{column}` | `{type_}` | {meaning} |" for column, type_, meaning in columns]
    return "\n".join(lines) + "\n"
