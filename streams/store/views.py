"""Views that follow from the columns and signals there are."""

from clickhouse_connect.driver.client import Client

from schemas.clickhouse.migrations import Layout, quote_name, quote_text
from schemas.clickhouse.signal_views import (
    StoredSignal,
    events_view,
    signals_long_view,
    signals_wide_view,
)
from streams.store.ddl import run_ddl
from streams.store.errors import store_errors


def make_views(client: Client, layout: Layout) -> None:
    """Make views of events show all columns and signals, and comment all views.

    They follow from what is recorded in ``signals``, not from what this process declares: during
    an upgrade old and new processes start in any order, and the views show the signals of both.
    """
    with store_errors("making views", client.uri):
        rows = client.query(
            "SELECT name, kind, column_name FROM signals WHERE column_name != ''"
        ).result_rows
        stored = [StoredSignal(*row) for row in rows]
        for statement in (
            events_view(layout),
            *signals_long_view(stored, layout),
            signals_wide_view(stored, layout),
        ):
            run_ddl(client, statement)
    # Twice, for views of views.
    _comment_views(client, layout)
    _comment_views(client, layout)


def _comment_views(client: Client, layout: Layout) -> None:
    """Give the columns of a view ``x`` the comments that those of the table ``raw_x`` have.

    ``signals_long`` and ``signals_wide`` show columns of ``raw_events``, others those of a view.
    ClickHouse forgets them when a view selects all columns of a table.
    """
    with store_errors("commenting views", client.uri):
        rows = client.query(
            """
            SELECT v.table AS view, groupArray((v.name, t.comment)) AS columns
            FROM system.columns AS v
            INNER JOIN system.columns AS t
                ON t.database = v.database AND t.name = v.name
                AND t.table = multiIf(
                    v.table IN ('signals_long', 'signals_wide'), 'raw_events',
                    v.table = 'day_windows', 'windows',
                    v.table = 'alert_stories', 'alert_episodes',
                    'raw_' || v.table
                )
            WHERE v.database = currentDatabase() AND v.comment != t.comment AND t.comment != ''
            GROUP BY view
            """
        ).result_rows
        for view, columns in rows:
            comments = ", ".join(
                f"COMMENT COLUMN {quote_name(name)} {quote_text(comment)}"
                for name, comment in columns
            )
            run_ddl(client, f"ALTER TABLE {quote_name(view)}{layout.on_cluster} {comments}")
