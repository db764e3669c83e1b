"""A column a signal in ``raw_events``, and the views that show them."""

from collections.abc import Sequence

import structlog
from clickhouse_connect.driver.client import Client

from schemas.clickhouse.migrations import SINGLE_SERVER, Layout
from schemas.clickhouse.signals import SignalColumn, signal_columns
from schemas.signals import Signal
from streams.store.ddl import run_ddl
from streams.store.errors import store_errors
from streams.store.migrate import SchemaMismatch, for_server
from streams.store.views import make_views

log = structlog.get_logger(__name__)


def ensure_signal_columns(
    client: Client, signals: Sequence[Signal], layout: Layout = SINGLE_SERVER
) -> list[str]:
    """Add the columns that are missing and make the views show them; give the names of those added.

    Columns of signals that are no longer declared stay, with what they hold.

    Raises
    ------
    ValueError
        A signal has no column of its own: see :mod:`schemas.clickhouse.signals`.
    SchemaMismatch
        A signal's column exists with another type.
    StoreUnavailable, StoreError
        See :mod:`streams.store.errors`.
    """
    wanted = signal_columns(signals)
    with store_errors("reading the columns of raw_events", client.uri):
        columns = client.query(
            "SELECT name, type FROM system.columns "
            "WHERE database = currentDatabase() AND table = 'raw_events'"
        ).result_rows
    existing: dict[str, str] = {str(row[0]): str(row[1]) for row in columns}
    for column in wanted:
        if existing.get(column.name, column.type) != column.type:
            raise SchemaMismatch(
                f"signal {column.signal.name} is a {column.signal.kind} ({column.type}), but its "
                f"column {column.name} in raw_events is {existing[column.name]}: give the signal "
                "another name"
            )
    new = [column for column in wanted if column.name not in existing]
    with store_errors("adding signal columns to raw_events", client.uri):
        if new:
            added = ", ".join(f"ADD COLUMN IF NOT EXISTS {c.definition(layout)}" for c in new)
            run_ddl(client, f"ALTER TABLE raw_events{layout.on_cluster} {added}")
        if _declare(client, wanted, signals) or new:
            make_views(client, for_server(client, layout))
    if new:
        log.info("signal_columns_added", columns=[column.name for column in new])
    return [column.name for column in new]


def _declare(client: Client, columns: Sequence[SignalColumn], signals: Sequence[Signal]) -> bool:
    """Record the declarations that are new or changed; whether there were any.

    Also of signals without a column: they are in windows, and monitors name them.
    """
    names = ("name", "kind", "unit", "better", "source", "description", "column_name")
    rows = client.query(f"SELECT {', '.join(names)} FROM signals").result_rows  # noqa: S608
    recorded = {tuple(row) for row in rows}
    stored_in = {column.signal.name: column.name for column in columns}
    declared = [
        (s.name, s.kind, s.unit, s.better, s.source, s.description, stored_in.get(s.name, ""))
        for s in signals
    ]
    changed = [row for row in declared if row not in recorded]
    if changed:
        client.insert("raw_signals", changed, column_names=names)
    return bool(changed)
