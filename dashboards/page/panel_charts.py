"""Panels over time made ready for the page: numbers for charts, and the same as a table."""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from dashboards.page.numbers import moment, quantity
from dashboards.page.panel_view import Cell, PanelView, Stretch, aware, column_title, label
from dashboards.panels.panel import Panel
from schemas.quantity_words import plain

MOST_SERIES = 12
MOST_LANES = 40


def timeseries(panel: Panel, rows: list[dict[str, Any]]) -> PanelView:
    """Lines; the largest series where there are many."""
    time = next(column.name for column in panel.columns if column.role == "time")
    names = [column for column in panel.columns if column.role == "value"]
    series_of = [column.name for column in panel.columns if column.role == "series"]
    times = sorted({_seconds(row[time]) for row in rows})
    place = {moment: index for index, moment in enumerate(times)}
    lines: dict[str, list[float | None]] = {}
    for row in rows:
        prefix = ", ".join(label(row[name]) for name in series_of)
        for column in names:
            own = column_title(column) if len(names) > 1 or not prefix else ""
            name = " · ".join(part for part in (prefix, own) if part)
            value = row[column.name]
            line = lines.setdefault(name, [None] * len(times))
            line[place[_seconds(row[time])]] = _number(value)
    lines = {name: line for name, line in lines.items() if any(v is not None for v in line)}
    kept = dict(sorted(lines.items(), key=lambda item: -_weight(item[1]))[:MOST_SERIES])
    order = sorted(kept)
    told = next((str(row[name]) for row in rows for name in panel.columns_of("unit")), "")
    unit = names[0].unit or told or panel.unit
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


def heatmap(panel: Panel, rows: list[dict[str, Any]]) -> PanelView:
    """Lanes by time, coloured by value."""
    time, lane, value = (
        next(column.name for column in panel.columns if column.role == role)
        for role in ("time", "series", "value")
    )
    times = sorted({_seconds(row[time]) for row in rows})
    numeric = all(_is_number(row[lane]) for row in rows)
    lanes = sorted({row[lane] for row in rows}, key=float if numeric else str)
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
        "lanes": [_lane(name, numeric=numeric) for name in lanes],
        "cells": cells,
    }
    totals: dict[Any, float] = {}
    for (_, name), number in found.items():
        totals[name] = max(totals.get(name, 0.0), number or 0.0)
    table = [
        [Cell(_lane(name, numeric=numeric)), _number_cell(totals[name], panel.unit)]
        for name in sorted(lanes, key=lambda name: -totals[name])
    ]
    words = f"{len(lanes)} lanes over {len(times)} points in time"
    return PanelView(panel, "ok", chart=chart, summary=words, titles=["lane", "most"], table=table)


def _is_number(name: Any) -> bool:
    try:
        float(name)
    except (TypeError, ValueError):
        return False
    return True


def _lane(name: Any, *, numeric: bool) -> str:
    return plain(float(name)) if numeric else label(name)


def state_timeline(panel: Panel, rows: list[dict[str, Any]]) -> PanelView:
    """A lane a series, with a stretch for every row."""
    time, end, series, state = (
        panel.columns_of(role)[0] for role in ("time", "end", "series", "state")
    )
    first = min(aware(row[time]) for row in rows)
    last = max(aware(row[end]) for row in rows)
    seconds = max((last - first).total_seconds(), 1.0)
    levels = {each.name: each.level for each in panel.states}
    lanes: dict[str, list[Stretch]] = {}
    table = []
    for row in rows:
        begin, until = aware(row[time]), aware(row[end])
        name, text = label(row[series]), f"{moment(begin)} to {moment(until)}: {row[state]}"
        lanes.setdefault(name, []).append(
            Stretch(
                100 * (begin - first).total_seconds() / seconds,
                max(100 * (until - begin).total_seconds() / seconds, 0.4),
                levels.get(row[state], "warning"),
                text,
            )
        )
        table.append([Cell(name), Cell(str(row[state])), Cell(moment(begin)), Cell(moment(until))])
    return PanelView(
        panel,
        "ok",
        lanes=list(lanes.items())[:MOST_LANES],
        span=(moment(first), moment(last)),
        titles=["lane", "state", "from", "to"],
        table=table,
        cut_rows=max(len(lanes) - MOST_LANES, 0),
    )


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
    return int(aware(time).timestamp())
