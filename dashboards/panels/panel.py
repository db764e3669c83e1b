"""A panel: one question about the traffic, and how its answer is shown."""

from dataclasses import dataclass
from typing import Literal

from dashboards.panels.query import parameters_of, replace_markers

Picture = Literal["timeseries", "stat", "table", "bar", "heatmap", "state_timeline"]
"""How a panel is drawn.

``timeseries``: lines over ``time``, one a ``series`` and ``value``. ``stat``: one row, its values
large. ``table``: every column of every row. ``bar``: a bar a row, named by ``series``. ``heatmap``:
``time`` by ``series`` (text: the bucket's lower bound, or a name), coloured by ``value``.
``state_timeline``: stretches from ``time`` to ``end``, a lane a ``series``, coloured by ``state``.
"""

Role = Literal["time", "end", "series", "value", "low", "high", "unit", "state", "label", "id"]
"""What a column is to the picture. ``low`` and ``high`` are the 95 % interval of the value before
them; ``unit`` is the unit of the row's values that have none of their own; ``label`` is text that
is only shown; ``id`` is not shown and serves links."""

Level = Literal["good", "warning", "critical"]

Drill = Literal["", "segment", "application", "events", "event", "alert"]
"""Where a cell leads: the page of its segment, of its application, events, one event, an alert."""

_MEASURED = ("value", "low", "high")

Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """From ``at`` upwards a value has this level; below the first, the level of ``Panel.base``."""

    at: float
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state of a state timeline or a text of a column, and how bad it is."""

    name: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a panel's result.

    ``unit`` is UCUM as signals have it (``s``, ``USD``, ``{share}``: of 0 to 1, in percent, ``1``);
    empty: the row's (role ``unit``), else the panel's. ``title`` is what people read; empty: the
    name. ``states`` are texts that are good or bad; ``long``: texts of several lines.
    """

    name: str
    role: Role = "value"
    title: str = ""
    unit: str = ""
    drill: Drill = ""
    states: tuple[State, ...] = ()
    long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A question, the query that answers it, and how the answer is drawn.

    Parameters
    ----------
    id
        Identity: lower case, digits and hyphens; unique among all panels; never changed.
    title
        A few words.
    question
        The question it answers, as people ask it.
    sql
        ClickHouse SQL over the analyst's views. ``{from:DateTime}``, ``{to:DateTime}`` and
        ``{step:UInt32}`` (seconds between points) are parameters; ``[[application: expression]]``
        restricts the expression to what is chosen of that variable (true when all are), and
        ``[[chosen: application]]`` is whether anything is chosen: see
        :mod:`dashboards.panels.query`.
    picture
        How it is drawn.
    columns
        Every column of the result, in its order.
    unit
        Unit of the values in UCUM; ``%`` is a share of 0 to 1.
    better
        Which way is better.
    base, thresholds
        Levels: that below the first threshold, and the thresholds by ascending ``at``.
    states
        Of a state timeline: the states there are, but the one of having no row.
    empty
        What to tell when there are no rows: why, and what to do.
    width, height
        Of a grid of 24 columns, and in rows of about 30 pixels.
    minimum, maximum
        Ends of the axis, where they are known.
    """

    id: str
    title: str
    question: str
    sql: str
    picture: Picture
    columns: tuple[Column, ...]
    unit: str = "1"
    better: Better = "neither"
    base: Level = "good"
    thresholds: tuple[Threshold, ...] = ()
    states: tuple[State, ...] = ()
    empty: str = "Nothing in this stretch of time for what is chosen above."
    width: int = 12
    height: int = 8
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        levels = [threshold.at for threshold in self.thresholds]
        if levels != sorted(levels):
            raise ValueError(f"panel {self.id}: thresholds must ascend")
        needed: dict[Picture, set[Role]] = {
            "timeseries": {"time", "value"},
            "stat": {"value"},
            "table": set(),
            "bar": {"series", "value"},
            "heatmap": {"time", "series", "value"},
            "state_timeline": {"time", "end", "series", "state"},
        }
        missing = needed[self.picture] - {column.role for column in self.columns}
        if missing:
            raise ValueError(f"panel {self.id}: {self.picture} needs columns for {sorted(missing)}")

    @property
    def variables(self) -> frozenset[str]:
        """Names of the variables the query depends on; of ``from``, ``to`` and ``step`` too."""
        found: set[str] = set()

        def note(name: str, argument: str) -> str:
            found.add(argument if name == "chosen" else name)
            return argument

        text = replace_markers(self.sql, note)
        return frozenset(found | {name for name, _ in parameters_of(text)})

    @property
    def columns_with_row_unit(self) -> tuple[str, ...]:
        """Names of the columns whose unit is told by the row."""
        if not self.columns_of("unit"):
            return ()
        return tuple(c.name for c in self.columns if c.role in _MEASURED and not c.unit)

    def columns_of(self, role: Role) -> tuple[str, ...]:
        """Names of the columns with a role."""
        return tuple(column.name for column in self.columns if column.role == role)
