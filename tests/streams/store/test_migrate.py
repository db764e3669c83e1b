from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from schemas.clickhouse.migrations import Layout, Migration, Retention, load_migrations
from schemas.signals import Signal
from streams.store.errors import StoreError
from streams.store.migrate import SchemaMismatch, create_database, migrate
from streams.store.signals import ensure_signal_columns

NAMES = [f"{m.version:04}_{m.name}" for m in load_migrations()]


def _statements(client: Client) -> dict[str, str]:
    rows = client.query(
        "SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase()"
    ).result_rows
    return dict(rows)


def test_an_empty_database_gets_all_tables_and_a_second_start_changes_nothing(
    empty_database: Callable[[], Client],
) -> None:
    client = empty_database()
    assert migrate(client) == NAMES
    before = _statements(client)
    assert migrate(client) == []
    assert _statements(client) == before
    assert client.query("SELECT count() FROM schema_migrations").result_rows == [(len(NAMES),)]


def test_an_interrupted_migration_is_finished_by_the_next_start(
    empty_database: Callable[[], Client],
) -> None:
    first, last = load_migrations()[0], load_migrations()[1:]
    broken = Migration(
        version=2, name="broken", text="CREATE TABLE half (x UInt8) ENGINE = Log;\nOH;\n"
    )
    client = empty_database()
    with pytest.raises(StoreError, match="applying migration 0002_broken"):
        migrate(client, migrations=[first, broken])
    mended = Migration(
        version=2, name="broken", text="CREATE TABLE IF NOT EXISTS half (x UInt8) ENGINE = Log;\n"
    )
    assert migrate(client, migrations=[first, mended]) == ["0002_broken"]
    assert "half" in _statements(client)
    assert last


def test_starters_at_once_make_one_schema(empty_database: Callable[[], Client]) -> None:
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(migrate, [empty_database() for _ in range(3)]))
    assert set().union(*results) == set(NAMES)
    client = empty_database()
    assert migrate(client) == []
    rows = client.query("SELECT version FROM schema_migrations FINAL ORDER BY version").result_rows
    assert rows == [(n,) for n in range(1, len(NAMES) + 1)]


def test_a_newer_database_is_refused(database: Client) -> None:
    newer = Migration(version=len(NAMES) + 1, name="future", text="SELECT 1;\n")
    migrate(database, migrations=[*load_migrations(), newer])
    before = _statements(database)
    with pytest.raises(
        SchemaMismatch, match=r"has migration \d{4}_future, this release knows up to"
    ):
        migrate(database)
    assert _statements(database) == before


def test_a_changed_migration_is_refused(database: Client) -> None:
    first, *others = load_migrations()
    changed = Migration(version=1, name=first.name, text=first.text + "\nSELECT 1;\n")
    with pytest.raises(SchemaMismatch, match="0001_events was changed after it was applied"):
        migrate(database, migrations=[changed, *others])


def test_retention_is_changed_on_existing_tables(database: Client) -> None:
    vector = Signal(name="prompt.embedding", kind="vector", description="Embedding.")
    ensure_signal_columns(database, [vector])
    layout = Layout(retention=Retention(events_days=7, texts_days=2, windows_60s_days=11))
    assert migrate(database, layout) == []
    statements = _statements(database)
    assert "TTL toDateTime(time) + toIntervalDay(7)" in statements["raw_events"]
    assert "toIntervalDay(30)" not in statements["raw_events"]
    assert statements["raw_events"].count("toIntervalDay(2)") == 9
    assert "resolution_seconds = 60, 11" in statements["raw_windows"]
    assert migrate(database, layout) == []
    assert _statements(database) == statements


def test_old_rows_and_texts_are_forgotten(database: Client) -> None:
    for days in (1, 40, 100):
        database.command(
            "INSERT INTO raw_events (event_id, time, service_name, prompt, scored_at) "
            f"SELECT 'e{days}', now64(6) - INTERVAL {days} DAY, 's', 'text', now64(3)"
        )
    database.command("OPTIMIZE TABLE raw_events FINAL")
    rows = database.query("SELECT event_id, prompt FROM events ORDER BY event_id").result_rows
    assert rows == [("e1", "text"), ("e40", None)]


def test_windows_are_forgotten_by_resolution(database: Client) -> None:
    database.command(
        "INSERT INTO raw_windows (resolution_seconds, start, version) SELECT r, now() - "
        "INTERVAL d DAY, 1 FROM (SELECT arrayJoin([10, 60, 3600, 86400]) AS r) AS a "
        "CROSS JOIN (SELECT arrayJoin([1, 30, 300, 1000]) AS d) AS b"
    )
    database.command("OPTIMIZE TABLE raw_windows FINAL")
    rows = database.query(
        "SELECT resolution_seconds, count() FROM windows GROUP BY 1 ORDER BY 1"
    ).result_rows
    assert rows == [(10, 1), (60, 2), (3600, 3), (86400, 4)]


def test_every_column_of_tables_and_views_has_a_comment(database: Client) -> None:
    ensure_signal_columns(
        database, [Signal(name="prompt.words", kind="amount", description="Words.", unit="{word}")]
    )
    silent = database.query(
        "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND comment = ''"
    ).result_rows
    assert silent == []


def test_database_names_are_quoted(clickhouse: object, database: Client) -> None:
    name = "odd`name; DROP"
    create_database(database, name)
    try:
        assert database.query(
            "SELECT 1 FROM system.databases WHERE name = {n:String}", {"n": name}
        ).result_rows
    finally:
        database.command("DROP DATABASE `odd\\`name; DROP`")
    with pytest.raises(DatabaseError):
        database.command("USE missing_database_of_tests")
