"""Bringing ClickHouse's tables to what this release needs."""

from collections.abc import Sequence
from typing import Any

import structlog
from clickhouse_connect.driver.client import Client

from schemas.clickhouse.migrations import (
    SINGLE_SERVER,
    VIEW_SETTINGS,
    Layout,
    Migration,
    load_migrations,
    quote_name,
    view_settings,
)
from streams.store.ddl import run_ddl
from streams.store.errors import StoreError, store_errors
from streams.store.retention import apply_retention
from streams.store.views import make_views

log = structlog.get_logger(__name__)

_RECORDS = """
CREATE TABLE IF NOT EXISTS schema_migrations{on_cluster}
(
    version UInt32 COMMENT 'Number of the migration.',
    name String COMMENT 'Name of the migration.',
    checksum String COMMENT 'Hash of the text of the migration when it was applied.',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'When it was applied.'
)
ENGINE = {replicated}ReplacingMergeTree(applied_at)
ORDER BY version
COMMENT 'Migrations of this database that were applied.'
"""


class SchemaMismatch(StoreError):
    """The database is of another release than this one."""


def create_database(client: Client, database: str, layout: Layout = SINGLE_SERVER) -> None:
    """Create the database if it is missing; the client may be connected to any other."""
    statement = f"CREATE DATABASE IF NOT EXISTS {quote_name(database)}{layout.on_cluster}"
    with store_errors(f"creating the database {database}", client.uri):
        run_ddl(client, statement)


def migrate(
    client: Client,
    layout: Layout = SINGLE_SERVER,
    migrations: Sequence[Migration] | None = None,
) -> list[str]:
    """Apply the migrations that are missing, in order; give the names of those applied.

    Every statement may run twice without harm, and a migration is recorded after its last
    statement. So one that was interrupted is finished by the next start, and two starts at once do
    no more than the same work twice.

    Parameters
    ----------
    client
        Connected to the database.
    layout
        Single server or cluster, and how long rows are kept.
    migrations
        Those of this release by default.

    Raises
    ------
    SchemaMismatch
        The database is of a newer release, or an applied migration is not what it was.
    StoreUnavailable, StoreError
        See :mod:`streams.store.errors`.
    """
    known = load_migrations() if migrations is None else migrations
    layout = for_server(client, layout)
    with store_errors("migrating", client.uri):
        run_ddl(
            client,
            _RECORDS.format(
                on_cluster=layout.on_cluster, replicated="Replicated" if layout.replicated else ""
            ),
        )
    applied = _applied(client)
    check_schema(applied, known, client.database or "")
    done = []
    for migration in known:
        if migration.version in applied:
            continue
        with store_errors(
            f"applying migration {migration.version:04}_{migration.name}", client.uri
        ):
            for statement in migration.statements(layout):
                run_ddl(client, statement)
            client.insert(
                "schema_migrations",
                [(migration.version, migration.name, migration.checksum)],
                column_names=("version", "name", "checksum"),
            )
        done.append(f"{migration.version:04}_{migration.name}")
    make_views(client, layout)
    if changed := apply_retention(client, layout):
        log.info("clickhouse_retention_changed", database=client.database, tables=changed)
    if done:
        log.info("clickhouse_migrated", database=client.database, migrations=done)
    return done


def check_schema(
    applied: dict[int, tuple[str, str]], known: Sequence[Migration], database: str
) -> None:
    """Raise :class:`SchemaMismatch` unless ``applied`` is a beginning of ``known``.

    ``applied`` gives name and checksum by version.
    """
    newest = max((migration.version for migration in known), default=0)
    newer = sorted(version for version in applied if version > newest)
    if newer:
        version = newer[-1]
        raise SchemaMismatch(
            f"database {database} has migration {version:04}_{applied[version][0]}, this release "
            f"knows up to {newest:04}: start the newer release, or give this one another database"
        )
    for migration in known:
        name, checksum = applied.get(migration.version, (migration.name, migration.checksum))
        if checksum != migration.checksum:
            raise SchemaMismatch(
                f"migration {migration.version:04}_{migration.name} was changed after it was "
                f"applied to database {database} as {name}: put the file back as it was and write "
                "a new migration for the change"
            )


def _applied(client: Client) -> dict[int, tuple[str, str]]:
    with store_errors("reading schema_migrations", client.uri):
        rows: Sequence[Sequence[Any]] = client.query(
            "SELECT version, name, checksum FROM schema_migrations FINAL"
        ).result_rows
    return {int(version): (str(name), str(checksum)) for version, name, checksum in rows}


def for_server(client: Client, layout: Layout) -> Layout:
    """The layout with the view settings that this server knows."""
    with store_errors("reading system.settings", client.uri):
        names = {
            row[0]
            for row in client.query(
                "SELECT name FROM system.settings WHERE name IN {names:Array(String)}",
                parameters={"names": list(VIEW_SETTINGS)},
            ).result_rows
        }
    return Layout(
        cluster=layout.cluster,
        replicated=layout.replicated,
        retention=layout.retention,
        view_settings=view_settings(names),
    )
