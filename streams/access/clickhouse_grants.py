"""What each process needs of ClickHouse, as SQL."""

from collections.abc import Iterator

from msgspec import Struct

from schemas.clickhouse.migrations import quote_name
from streams.settings import ClickHouseSettings
from streams.sink.sink import TARGETS


class _Needs(Struct, frozen=True, kw_only=True):
    reads: tuple[str, ...] = ()
    inserts: tuple[str, ...] = ()


_NEEDS = {
    # It looks whether columns and objectives are there; `tidewatch migrate` makes them.
    # And it looks for the events that feedback is about.
    "score": _Needs(
        reads=("raw_objectives", "raw_signals", "signals", "raw_events"), inserts=("raw_events",)
    ),
    "sink": _Needs(inserts=tuple(target.table for target in TARGETS)),
}
READERS = ("page", "reader")
"""The page, and people and programs that ask: analysts, Grafana, reports."""
ROLES = (*_NEEDS, *READERS, "operator")
_SYSTEM = ("columns", "tables", "settings")


def role_name(role: str) -> str:
    """The name of a role in ClickHouse.

    >>> role_name("score")
    'tidewatch_score'
    """
    return f"tidewatch_{role}"


def grants(settings: ClickHouseSettings) -> Iterator[str]:
    """Statements that make a role for every process, each with what it needs and no more.

    Users are made by whoever keeps the passwords, for instance
    ``CREATE USER score IDENTIFIED WITH sha256_hash BY '…' DEFAULT ROLE tidewatch_score``.
    """
    database = quote_name(settings.database)
    cluster = f" ON CLUSTER {quote_name(settings.cluster)}" if settings.cluster else ""
    for role in ROLES:
        name = role_name(role)
        yield f"CREATE ROLE IF NOT EXISTS {name}{cluster}"
        for table in _SYSTEM:
            yield f"GRANT{cluster} SELECT ON system.{table} TO {name}"
        if role == "operator":
            yield (
                f"GRANT{cluster} SHOW, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, "
                f"CREATE VIEW, DROP TABLE, DROP VIEW ON {database}.* TO {name}"
            )
            yield f"GRANT{cluster} CREATE FUNCTION, DROP FUNCTION ON *.* TO {name}"
            continue
        if role in READERS:
            yield f"GRANT{cluster} SHOW, SELECT ON {database}.* TO {name}"
            continue
        needs = _NEEDS[role]
        for table in needs.reads:
            yield f"GRANT{cluster} SELECT ON {database}.{quote_name(table)} TO {name}"
        for table in needs.inserts:
            yield f"GRANT{cluster} INSERT ON {database}.{quote_name(table)} TO {name}"
