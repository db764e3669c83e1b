"""A panel's answer made ready for the template: text for cells, numbers for charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Literal
from urllib.parse import quote

from dashboards.page.context import Rows
from dashboards.page.numbers import interval, moment, plain, quantity
from dashboards.panels.panel import Column, Level, Panel
from schemas.segments import parse_segment_key, segment_label

MOST_SERIES = 12
MOST_TABLE_ROWS = 200

State = Literal["ok", "empty", "loading", "error"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: ``text`` for people, ``raw`` as it came, ``note`` its interval."""

    text: str
    raw: str = ""
    note: str = ""
    level: Level | None = None
    href: str = ""
    numeric: bool = False
    share: float | None = None


@dataclass(frozen=True, slots=True)
class PanelView:
    """A panel with its answer, or what stands in its place."""

    panel: Panel
    state: State
    message: str = ""
    remedy: str = ""
    cells: Sequence[Cell] = ()
    titles: Sequence[str] = ()
    table: Sequence[Sequence[Cell]] = ()
    cut_rows: int = 0
    chart: Mapping[str, Any] = field(default_factory=dict)
    summary: str = ""


def loading(panel: Panel) -> PanelView:
    """The panel while its query runs."""
    return PanelView(panel, "loading")


def failed(panel: Panel, message: str, remedy: str) -> PanelView:
    """The panel when its query failed."""
    return PanelView(panel, "error", message=message, remedy=remedy)


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
            return _timeseries(panel, found)
        case "heatmap":
            return _heatmap(panel, found)
        case "bar":
            return _table(panel, found, link, bars=True)
        case "table" | "state_timeline":
            return _table(panel, found, link)


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
    unit = column.unit or panel.unit
    href = _href(column, row, link)
    if isinstance(value, datetime):
        return Cell(moment(_aware(value)), _aware(value).isoformat(), href=href)
    if column.role in {"value", "low", "high"} and not isinstance(value, str):
        first = next((c.name for c in panel.columns if c.role == "value"), None)
        return Cell(
            quantity(value, unit),
            "" if value is None else repr(float(value)),
            note=interval(*_bounds(panel, column, row), unit),
            level=level_of(panel, value) if column.name == first else None,
            href=href,
            numeric=True,
        )
    return Cell(label(value), str(value), href=href, numeric=isinstance(value, int | float))


def label(value: Any) -> str:
    """A name, list or segment for people.

    >>> label('{"service_name":"shop"}'), label(["a", "b"]), label("")
    ('service_name=shop', 'a, b', '–')
    """
    if isinstance(value, dict):
        return segment_label(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, str) and value.startswith("{"):
        try:
            return segment_label(parse_segment_key(value))
        except ValueError:
            return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return plain(float(value))
    return str(value) if value not in {None, ""} else "–"


def _href(column: Column, row: Mapping[str, Any], link: Mapping[str, str]) -> str:
    if not column.drill or column.drill not in link or row[column.name] in (None, ""):
        return ""
    value = row[column.name]
    if column.drill == "alert":
        # An alert's page is of one episode where the row says when it began.
        value = row.get("fingerprint", value)
    return link[column.drill].replace("{}", quote(str(value), safe=""))


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
    return [column for column in panel.columns if column.role not in {"low", "high", "id"}]


def _stat(panel: Panel, row: Mapping[str, Any], link: Mapping[str, str]) -> PanelView:
    columns = [column for column in _shown(panel) if column.role in {"value", "label"}]
    cells = [_cell(panel, column, row, link) for column in columns]
    return PanelView(panel, "ok", cells=cells, titles=[_title(column) for column in columns])


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
        titles=[_title(column) for column in columns],
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


def _title(column: Column) -> str:
    return column.title or column.name.replace("_", " ")


def _timeseries(panel: Panel, rows: list[dict[str, Any]]) -> PanelView:
    time = next(column.name for column in panel.columns if column.role == "time")
    names = [column for column in panel.columns if column.role == "value"]
    series_of = [column.name for column in panel.columns if column.role == "series"]
    times = sorted({_seconds(row[time]) for row in rows})
    place = {moment: index for index, moment in enumerate(times)}
    lines: dict[str, list[float | None]] = {}
    for row in rows:
        prefix = ", ".join(label(row[name]) for name in series_of)
        for column in names:
            own = _title(column) if len(names) > 1 or not prefix else ""
            name = " · ".join(part for part in (prefix, own) if part)
            value = row[column.name]
            line = lines.setdefault(name, [None] * len(times))
            line[place[_seconds(row[time])]] = _number(value)
    lines = {name: line for name, line in lines.items() if any(v is not None for v in line)}
    kept = dict(sorted(lines.items(), key=lambda item: -_weight(item[1]))[:MOST_SERIES])
    order = sorted(kept)
    unit = names[0].unit or panel.unit
    table = [
        [Cell(name), *(_number_cell(value, unit) for value in _extent(kept[name]))]
        for name in order
    ]
    words = "; ".join(
        f"{name}: last {quantity(last, unit)}, {quantity(low, unit)} to {quantity(high, unit)}"
        for name in order[:6]
        for last, low, high in [_extent(kept[name])]
    )
    chart = {
        "kind": "lines",
        "unit": unit,
        "times": times,
        "series": [{"name": name, "values": kept[name]} for name in order],
        "minimum": panel.minimum,
        "maximum": panel.maximum,
        "thresholds": [{"at": t.at, "level": t.level} for t in panel.thresholds],
    }
    return PanelView(
        panel,
        "ok",
        chart=chart,
        summary=words,
        titles=["series", "last", "least", "most"],
        table=table,
        cut_rows=len(lines) - len(kept),
    )


def _heatmap(panel: Panel, rows: list[dict[str, Any]]) -> PanelView:
    time, lane, value = (
        next(column.name for column in panel.columns if column.role == role)
        for role in ("time", "series", "value")
    )
    times = sorted({_seconds(row[time]) for row in rows})
    numeric = all(isinstance(row[lane], int | float) for row in rows)
    lanes = sorted({row[lane] for row in rows}, key=None if numeric else str)
    found = {(_seconds(row[time]), row[lane]): _number(row[value]) for row in rows}
    cells = [
        [times.index(moment), lanes.index(name), number]
        for (moment, name), number in found.items()
        if number is not None
    ]
    chart = {
        "kind": "heatmap",
        "unit": panel.unit,
        "times": times,
        "lanes": [plain(float(name)) if numeric else label(name) for name in lanes],
        "cells": cells,
    }
    totals: dict[Any, float] = {}
    for (_, name), number in found.items():
        totals[name] = max(totals.get(name, 0.0), number or 0.0)
    table = [
        [Cell(label(name)), _number_cell(totals[name], panel.unit)]
        for name in sorted(lanes, key=lambda name: -totals[name])
    ]
    words = f"{len(lanes)} lanes over {len(times)} points in time"
    return PanelView(panel, "ok", chart=chart, summary=words, titles=["lane", "most"], table=table)


def _number_cell(value: float | None, unit: str) -> Cell:
    return Cell(quantity(value, unit), "" if value is None else repr(value), numeric=True)


def _extent(line: Sequence[float | None]) -> tuple[float | None, float | None, float | None]:
    """Last, least and largest known value."""
    known = [value for value in line if value is not None]
    return (known[-1], min(known), max(known)) if known else (None, None, None)


def _weight(line: Sequence[float | None]) -> float:
    return sum(abs(value) for value in line if value is not None)


def _number(value: Any) -> float | None:
    return None if value is None or not isfinite(float(value)) else float(value)


def _seconds(time: datetime) -> int:
    return int(_aware(time).timestamp())


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
