"""Objectives as the monitors declare them, for the views that need their targets."""

from collections.abc import Sequence
from typing import Any

from clickhouse_connect.driver.client import Client

from schemas.monitors.resolved import BurnRateMonitor, MonitorSet
from streams.store.errors import store_errors

_COLUMNS = (
    "name",
    "title",
    "description",
    "indicator",
    "target",
    "window_seconds",
    "segmentation",
    "segment",
    "active",
)


def declare_objectives(client: Client, monitors: MonitorSet) -> list[str]:
    """Record the objectives that are new, changed or no longer declared; give their names.

    The views ``objectives`` and ``objective_days`` show what was recorded. May run any number of
    times: what is recorded already is not written again.

    Raises
    ------
    StoreUnavailable, StoreError
        See :mod:`streams.store.errors`.
    """
    declared = {
        monitor.name: _row(monitor)
        for monitor in monitors.monitors
        if isinstance(monitor, BurnRateMonitor)
    }
    names = ", ".join(_COLUMNS)
    with store_errors("declaring objectives", client.uri):
        rows: Sequence[Sequence[Any]] = client.query(
            f"SELECT {names} FROM raw_objectives FINAL"  # noqa: S608 - constants
        ).result_rows
        recorded = {row[0]: tuple(row) for row in rows}
        changed = [row for name, row in declared.items() if recorded.get(name) != row]
        changed += [
            (*row[:-1], False) for name, row in recorded.items() if row[-1] and name not in declared
        ]
        if changed:
            client.insert("raw_objectives", changed, column_names=_COLUMNS)
    return sorted(str(row[0]) for row in changed)


def _row(monitor: BurnRateMonitor) -> tuple[Any, ...]:
    return (
        monitor.name,
        monitor.display_name or monitor.name,
        monitor.description,
        monitor.indicator.name,
        monitor.target,
        monitor.window_seconds,
        ",".join(monitor.segmentation),
        dict(monitor.segment),
        True,
    )
