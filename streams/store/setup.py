"""A client by the settings, and a database that is ready for it."""

from clickhouse_connect.driver.client import Client

from schemas.clickhouse.migrations import Layout, Retention
from streams.settings import ClickHouseSettings
from streams.store.connection import connect
from streams.store.migrate import create_database, migrate


def connect_by(settings: ClickHouseSettings, database: str | None = None) -> Client:
    """A client as the settings say; see :func:`streams.store.connection.connect`."""
    return connect(
        settings.url,
        database=settings.database if database is None else database,
        user=settings.user,
        password=settings.password.get_secret_value(),
        timeout_seconds=settings.timeout_seconds,
        ca_location=settings.ca_location,
    )


def layout_by(settings: ClickHouseSettings) -> Layout:
    """Single server or cluster, and how long rows are kept, as the settings say."""
    days = {name: getattr(settings, name) for name in Retention.__struct_fields__}
    return Layout(
        cluster=settings.cluster, replicated=settings.replicated, retention=Retention(**days)
    )


def prepare_store(settings: ClickHouseSettings) -> list[str]:
    """Create the database and bring it up to date; give the migrations applied."""
    layout = layout_by(settings)
    create_database(connect_by(settings, "default"), settings.database, layout)
    return migrate(connect_by(settings), layout)
