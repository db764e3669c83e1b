"""A panel's query bound to a stretch of time and to what is chosen."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

_MARKER = re.compile(r"\[\[(\w+): (.*?)\]\](?!\])", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A stretch of time and what is chosen above the panels.

    Parameters
    ----------
    begin, end
        The stretch, with time zones; ``begin`` is the parameter ``from``, ``end`` is ``to``.
    points
        About how many points a line should have: decides the seconds between them.
    chosen
        Values by variable. A variable that is not named, or has no values, means all.
    """

    begin: datetime
    end: datetime
    points: int = 240
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.begin.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("begin and end must have time zones")
        if self.begin >= self.end:
            raise ValueError(f"begin ({self.begin}) must be before end ({self.end})")

    @property
    def step(self) -> int:
        """Seconds between points: a round number, at least 10."""
        seconds = (self.end - self.begin).total_seconds() / max(self.points, 1)
        return next((step for step in STEPS if step >= seconds), STEPS[-1])


STEPS = (10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400, 604800)
"""Seconds between points that :class:`Selection` chooses from."""


@dataclass(frozen=True, slots=True)
class BoundQuery:
    """SQL and its parameters, as ``Client.query(sql, parameters=parameters)`` takes them.

    Nothing that was chosen is ever part of the SQL.
    """

    sql: str
    parameters: dict[str, str | list[str]]


def bind(sql: str, selection: Selection) -> BoundQuery:
    """Bind the query of a panel or variable.

    Raises ``ValueError`` where the query needs exactly one value of a variable and none is chosen.

    >>> from datetime import UTC, datetime
    >>> day = Selection(
    ...     begin=datetime(2026, 1, 1, tzinfo=UTC),
    ...     end=datetime(2026, 1, 2, tzinfo=UTC),
    ...     chosen={"application": ["shop"]},
    ... )
    >>> bound = bind(
    ...     "SELECT 1 WHERE t > {from:DateTime} AND [[application: s]] AND [[model: m]]", day
    ... )
    >>> bound.sql
    'SELECT 1 WHERE t > {from:DateTime} AND s IN {application:Array(String)} AND 1'
    >>> bound.parameters
    {'from': '1767225600', 'application': ['shop']}
    """
    chosen = {name: list(values) for name, values in selection.chosen.items() if values}

    def restricted(name: str, argument: str) -> str:
        if name == "chosen":
            return "1" if argument in chosen else "0"
        return f"{argument} IN {{{name}:Array(String)}}" if name in chosen else "1"

    text = replace_markers(sql, restricted)
    own = {
        "from": str(int(selection.begin.timestamp())),
        "to": str(int(selection.end.timestamp())),
        "step": str(selection.step),
    }
    parameters: dict[str, str | list[str]] = {}
    for name, kind in parameters_of(text):
        if name in own:
            parameters[name] = own[name]
        elif name not in chosen:
            raise ValueError(f"choose one value of {name}")
        else:
            parameters[name] = chosen[name] if kind.startswith("Array") else chosen[name][0]
    return BoundQuery(text, parameters)


def replace_markers(sql: str, replacement: Callable[[str, str], str]) -> str:
    """Replace ``[[name: argument]]`` by what ``replacement(name, argument)`` gives."""
    return _MARKER.sub(lambda match: replacement(match[1], match[2].strip()), sql)


_PARAMETER = re.compile(r"\{(\w+):(\w+(?:\(\w+\))?)\}")


def parameters_of(sql: str) -> list[tuple[str, str]]:
    """Names and types of the parameters ``{name:Type}``, each once, in order."""
    return list(dict.fromkeys(_PARAMETER.findall(sql)))


def replace_parameters(sql: str, replacement: Callable[[str], str]) -> str:
    """Replace every parameter by what ``replacement(name)`` gives."""
    return _PARAMETER.sub(lambda match: replacement(match[1]), sql)
