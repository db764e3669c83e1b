"""Checks of ClickHouse: reachable, tables of this release, a column for every signal."""

import time
from collections.abc import Iterator, Sequence

from clickhouse_connect.driver.client import Client

from schemas.clickhouse.migrations import load_migrations
from schemas.clickhouse.signals import signal_columns
from schemas.signals import Signal
from streams.doctor.check import Check, failed, ok
from streams.doctor.clock import judge_skew
from streams.settings import ClickHouseSettings
from streams.store.errors import StoreError, StoreUnavailable, store_errors
from streams.store.migrate import SchemaMismatch, check_schema
from streams.store.setup import connect_by

_PART = "ClickHouse"
_MIGRATE = "run `tidewatch migrate`"


def check_clickhouse(settings: ClickHouseSettings, signals: Sequence[Signal]) -> Iterator[Check]:
    """All checks of ClickHouse; they end where the next could not be made."""
    try:
        yield from _server(settings)
        client = connect_by(settings)
        yield from _schema(client, settings.database)
        yield from _columns(client, signals)
    except StoreUnavailable as error:
        remedy = "start it (`tidewatch up` brings one), or set clickhouse.url"
        yield failed(_PART, settings.url, str(error), remedy)
    except SchemaMismatch as error:
        yield failed(_PART, "schema", str(error), "use the release that the tables are of")
    except StoreError as error:
        yield failed(_PART, f"database {settings.database}", str(error), _MIGRATE)


def _server(settings: ClickHouseSettings) -> Iterator[Check]:
    client = connect_by(settings, "default")
    before = time.time()
    with store_errors("asking for its time", settings.url):
        version, now = client.query(
            "SELECT version(), toFloat64(now64(3)), toFloat64(now64(3))"
        ).result_rows[0][:2]
    yield ok(_PART, settings.url, f"version {version}")
    yield judge_skew(_PART, float(now), before, time.time())


def _schema(client: Client, database: str) -> Iterator[Check]:
    with store_errors("reading schema_migrations", client.uri):
        rows = client.query(
            "SELECT version, name, checksum FROM schema_migrations FINAL"
        ).result_rows
    applied = {int(version): (str(name), str(checksum)) for version, name, checksum in rows}
    known = load_migrations()
    check_schema(applied, known, database)
    missing = [f"{m.version:04}_{m.name}" for m in known if m.version not in applied]
    if missing:
        yield failed(_PART, "schema", f"not applied: {', '.join(missing)}", _MIGRATE)
    else:
        yield ok(_PART, "schema", f"up to date ({len(applied)} migrations)")


def _columns(client: Client, signals: Sequence[Signal]) -> Iterator[Check]:
    with store_errors("reading the columns of raw_events", client.uri):
        rows = client.query(
            "SELECT name, type FROM system.columns "
            "WHERE database = currentDatabase() AND table = 'raw_events'"
        ).result_rows
    existing = {str(name): str(type_) for name, type_ in rows}
    wanted = signal_columns(signals)
    missing = [column.name for column in wanted if column.name not in existing]
    other = [
        f"{column.name} is {existing[column.name]} instead of {column.type}"
        for column in wanted
        if existing.get(column.name, column.type) != column.type
    ]
    if other:
        remedy = "give the signal another name"
        yield failed(_PART, "signal columns", "; ".join(other), remedy)
    if missing:
        remedy = f"{_MIGRATE}, or start score: it adds them"
        yield failed(_PART, "signal columns", f"missing: {', '.join(missing)}", remedy)
    if not other and not missing:
        yield ok(_PART, "signal columns", f"all {len(wanted)} are there")
