"""A panel as the template shows it: with its answer, or with what stands in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from dashboards.panels.panel import Column, Level, Panel
from schemas.quantity_words import plain
from schemas.segments import key_label, segment_label

State = Literal["ok", "empty", "loading", "error"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: ``text`` for people, ``raw`` as it came, ``note`` its interval.

    ``whole``: the text stays on one line.
    """

    text: str
    raw: str = ""
    note: str = ""
    level: Level | None = None
    href: str = ""
    numeric: bool = False
    share: float | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a lane: where it begins and how long it is, in percent of the time shown."""

    begin: float
    length: float
    level: Level
    text: str


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
    lanes: Sequence[tuple[str, Sequence[Stretch]]] = ()
    span: tuple[str, str] = ("", "")
    summary: str = ""


def loading(panel: Panel) -> PanelView:
    """The panel while its query runs."""
    return PanelView(panel, "loading")


def failed(panel: Panel, message: str, remedy: str) -> PanelView:
    """The panel when its query failed."""
    return PanelView(panel, "error", message=message, remedy=remedy)


def label(value: Any) -> str:
    """A name, list or segment for people; a name may have a segment behind it.

    >>> label('{"service_name":"shop"}'), label(["a", "b"]), label("")
    ('service_name=shop', 'a, b', '–')
    >>> label('availability {"service_name":"shop"}')
    'availability, service_name=shop'
    """
    if isinstance(value, dict):
        return segment_label(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, str) and value.endswith("}"):
        name, brace, rest = value.partition("{")
        try:
            segment = key_label(brace + rest)
        except ValueError:
            return value
        return f"{name.strip()}, {segment}" if name.strip() else segment
    if isinstance(value, int | float) and not isinstance(value, bool):
        return plain(float(value))
    return str(value) if value not in {None, ""} else "–"


def column_title(column: Column) -> str:
    """What people read above a column."""
    return column.title or column.name.replace("_", " ")


def aware(time: datetime) -> datetime:
    """The time in UTC where it has no zone."""
    return time if time.tzinfo else time.replace(tzinfo=UTC)
