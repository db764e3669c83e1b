"""A panel's answer made ready for the template: text for cells, links, levels."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from dashboards.page.context import Rows
from dashboards.page.numbers import interval, moment, quantity
from dashboards.page.panel_charts import heatmap, state_timeline, timeseries
from dashboards.page.panel_view import Cell, PanelView, aware, column_title, label
from dashboards.panels.panel import Column, Level, Panel

MOST_TABLE_ROWS = 200


def answered(panel: Panel, rows: Rows, link: Mapping[str, str]) -> PanelView:
    """The panel with its answer.

    Parameters
    ----------
    panel
        The panel.
    rows
        What its query gave.
    link
        Where a drill leads, by its name: an address with ``{}`` for the (quoted) value.
    """
    found = rows.dicts()
    values = [column.name for column in panel.columns if column.role == "value"]
    known = any(row[name] is not None for row in found for name in values)
    if not found or (values and not known and panel.picture != "table"):
        return PanelView(panel, "empty", message=panel.empty)
    match panel.picture:
        case "stat":
            return _stat(panel, found[0], link)
        case "timeseries":
            return timeseries(panel, found)
        case "heatmap":
            return heatmap(panel, found)
        case "state_timeline":
            return state_timeline(panel, found)
        case "table" | "bar":
            return _table(panel, found, link, bars=panel.picture == "bar")


def level_of(panel: Panel, value: Any) -> Level | None:
    """The level of a value; ``None`` without thresholds.

    >>> panel = Panel(id="x", title="", question="", sql="", picture="table", columns=())
    >>> level_of(panel, 3.0) is None
    True
    """
    if not panel.thresholds or not isinstance(value, int | float):
        return None
    level = panel.base
    for threshold in panel.thresholds:
        if value >= threshold.at:
            level = threshold.level
    return level


def _cell(panel: Panel, column: Column, row: Mapping[str, Any], link: Mapping[str, str]) -> Cell:
    value = row[column.name]
    unit = column.unit or _unit_of(panel, row) or panel.unit
    href = _href(column, row, link)
    if isinstance(value, datetime):
        return Cell(moment(aware(value)), aware(value).isoformat(), href=href, whole=True)
    if column.role in {"value", "low", "high"} and not isinstance(value, str):
        first = next((c.name for c in panel.columns if c.role == "value"), None)
        return Cell(
            quantity(value, unit),
            _exact(value),
            note=interval(*_bounds(panel, column, row), unit),
            level=level_of(panel, value) if column.name == first else None,
            href=href,
            numeric=True,
        )
    level = next((state.level for state in column.states if state.name == value), None)
    numeric = isinstance(value, int | float)
    return Cell(label(value), str(value), level=level, href=href, numeric=numeric)


def _unit_of(panel: Panel, row: Mapping[str, Any]) -> str:
    """The unit that the row tells; empty where it tells none."""
    return next((str(row[name]) for name in panel.columns_of("unit") if row[name]), "")


def _exact(value: Any) -> str:
    """A number as it came, for programs."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, int) else repr(float(value))


def _href(column: Column, row: Mapping[str, Any], link: Mapping[str, str]) -> str:
    if not column.drill or column.drill not in link or row[column.name] in (None, ""):
        return ""
    value = row[column.name]
    if column.drill == "alert":
        # An alert's page is of one episode where the row says when it began.
        value = row.get("fingerprint", value)
    address = link[column.drill].replace("{}", quote(str(value), safe=""))
    started = row.get("started") if column.drill == "alert" else None
    return f"{address}?started={started}" if started else address


def _bounds(panel: Panel, column: Column, row: Mapping[str, Any]) -> tuple[Any, Any]:
    """The interval that stands behind a value in the panel's columns."""
    if column.role != "value":
        return None, None
    low = high = None
    after = panel.columns[panel.columns.index(column) + 1 :]
    for follower in after:
        if follower.role == "low":
            low = row[follower.name]
        elif follower.role == "high":
            high = row[follower.name]
        elif follower.role == "value":
            break
    return low, high


def _shown(panel: Panel) -> list[Column]:
    return [column for column in panel.columns if column.role not in {"low", "high", "unit", "id"}]


def _stat(panel: Panel, row: Mapping[str, Any], link: Mapping[str, str]) -> PanelView:
    columns = [column for column in _shown(panel) if column.role in {"value", "label"}]
    cells = [_cell(panel, column, row, link) for column in columns]
    return PanelView(panel, "ok", cells=cells, titles=[column_title(column) for column in columns])


def _table(
    panel: Panel, rows: list[dict[str, Any]], link: Mapping[str, str], *, bars: bool = False
) -> PanelView:
    columns = _shown(panel)
    kept = rows[:MOST_TABLE_ROWS]
    longest = 0.0
    if bars:
        name = next(column.name for column in columns if column.role == "value")
        longest = max((abs(float(row[name] or 0)) for row in kept), default=0.0)
    table = []
    for row in kept:
        cells = [_cell(panel, column, row, link) for column in columns]
        _link_row(panel, row, link, cells)
        if longest:
            cells = [
                Cell(c.text, c.raw, c.note, c.level, c.href, True, abs(float(c.raw or 0)) / longest)
                if column.role == "value" and column.name == name
                else c
                for column, c in zip(columns, cells, strict=True)
            ]
        table.append(cells)
    return PanelView(
        panel,
        "ok",
        titles=[column_title(column) for column in columns],
        table=table,
        cut_rows=len(rows) - len(kept),
    )


def _link_row(
    panel: Panel, row: Mapping[str, Any], link: Mapping[str, str], cells: list[Cell]
) -> None:
    """What an ``id`` leads to hangs on the first cell that leads nowhere else."""
    hrefs = [_href(c, row, link) for c in panel.columns if c.role == "id"]
    href = next(filter(None, hrefs), "")
    if href and cells and not cells[0].href:
        cells[0] = replace(cells[0], href=href)
