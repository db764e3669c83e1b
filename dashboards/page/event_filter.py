"""Filters of the list of events, and the query they make."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import DecodeError, Struct, ValidationError, convert

from dashboards.panels.query import Selection
from schemas.clickhouse.condition_sql import condition_sql
from schemas.clickhouse.migrations import quote_name
from schemas.monitors.parse_condition import ConditionError, parse_condition
from schemas.monitors.quantity import parse_quantity
from schemas.segments import FIELD_DIMENSIONS, OTHER, Segment, parse_segment_key, segment_key
from schemas.signals import Signal

OPERATORS = {"ge": "≥", "le": "≤", "eq": "=", "ne": "≠"}
FIELDS = {
    "event": "Event id",
    "trace": "Trace id",
    "conversation": "Conversation id",
    "user": "User",
}
"""Look-ups by identity."""

_COLUMNS = {
    "event": "event_id",
    "trace": "trace_id",
    "conversation": "conversation_id",
    "user": "user_id",
}
_INDEXED = ("trace", "conversation")
_SQL_OPERATORS = {"ge": ">=", "le": "<=", "eq": "=", "ne": "!="}
_LONGEST = 500
_BEGIN = 160


def begin_of(column: str) -> str:
    """SQL of the begin of a text, whole characters, with an ellipsis where some were cut."""
    cut = f"concat(substringUTF8({column}, 1, {_BEGIN - 1}), '…')"
    return f"if(lengthUTF8({column}) > {_BEGIN}, {cut}, {column})"


_SHOWN = (
    "event_id, time, service_name, request_model, service_version, status, latency_seconds, "
    f"{begin_of('prompt')} AS prompt_begin, {begin_of('response')} AS response_begin"
)


class FilterError(ValueError):
    """Filters that cannot be understood; the message says which."""


class Query(NamedTuple):
    """SQL and the values of its parameters."""

    sql: str
    parameters: dict[str, Any]


class EventFilter(Struct, frozen=True, kw_only=True):
    """What events to list, beside the stretch of time and the values of variables.

    Parameters
    ----------
    segment
        Values by dimension, as segments have them.
    status
        ``ok`` or ``error``.
    text
        Part of the prompt or response, in any case.
    ids
        Values by name of :data:`FIELDS`.
    signal, column, kind, operator, value
        Condition on a signal, which is shown.
    condition, fulfilling
        Condition in the language of monitors, and the same as SQL.
    before
        Only events before this time (microseconds since 1970) and id.
    """

    segment: Segment = {}
    status: str = ""
    text: str = ""
    ids: dict[str, str] = {}
    signal: str = ""
    column: str = ""
    kind: str = ""
    unit: str = "1"
    operator: str = "ge"
    value: str = ""
    condition: str = ""
    fulfilling: str = ""
    before: tuple[int, str] | None = None

    @classmethod
    def parse(
        cls, pairs: Sequence[tuple[str, str]], signals: Sequence[Mapping[str, Any]]
    ) -> "EventFilter":
        """The filters of an address. ``signals`` are those with a column.

        Raises :class:`FilterError`.
        """
        given = {name: value.strip() for name, value in pairs if value.strip()}
        if too_long := next((n for n, v in given.items() if len(v) > _LONGEST), ""):
            raise FilterError(f"{too_long}: longer than {_LONGEST} characters")
        signal = given.get("signal", "")
        known = {str(s["name"]): s for s in signals if s["kind"] != "vector"}
        if signal and signal not in known:
            raise FilterError(f"signal: there is none called {signal[:60]!r}")
        kind = str(known[signal]["kind"]) if signal else ""
        value = given.get("value", "") if signal else ""
        if value and kind in {"score", "amount"}:
            _number(value, str(known[signal]["unit"]))
        operator = given.get("operator", "ge")
        if operator not in OPERATORS:
            raise FilterError(f"operator: must be one of {', '.join(OPERATORS)}")
        status = given.get("status", "")
        if status not in {"", "ok", "error"}:
            raise FilterError("status: must be ok or error")
        return cls(
            segment=_segment(given.get("segment", "")),
            status=status,
            text=given.get("text", ""),
            ids={name: given[name] for name in FIELDS if name in given},
            signal=signal,
            column=str(known[signal]["column_name"]) if signal else "",
            kind=kind,
            unit=str(known[signal]["unit"]) if signal else "1",
            operator=operator,
            value=value,
            condition=given.get("condition", ""),
            fulfilling=_fulfilling(given.get("condition", ""), known.values()),
            before=_before(given.get("before", "")),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The filters for an address, without ``before``."""
        found = [("segment", segment_key(self.segment))] if self.segment else []
        found += [("status", self.status), ("condition", self.condition), ("text", self.text)]
        found += self.ids.items()
        if self.signal:
            found += [("signal", self.signal), ("operator", self.operator), ("value", self.value)]
        return [(name, value) for name, value in found if value]

    def query(self, selection: Selection, *, limit: int) -> Query:
        """The newest events that fulfil all."""
        where, parameters = self._where(selection)
        if self.before:
            # Two steps: the first can use the sorting by time, the second parts ties.
            time = "fromUnixTimestamp64Micro({before_time:Int64})"
            where += [f"time <= {time}", f"(time < {time} OR event_id < {{before_id:String}})"]
            parameters |= {"before_time": self.before[0], "before_id": self.before[1]}
        shown = _SHOWN + (f", {quote_name(self.column)} AS signal_value" if self.signal else "")
        return Query(
            f"SELECT {shown}\nFROM events\nWHERE "
            + "\n    AND ".join(where)
            + f"\nORDER BY time DESC, event_id DESC\nLIMIT {int(limit)}",
            parameters,
        )

    def count(self, selection: Selection) -> Query:
        """How many fulfil all."""
        where, parameters = self._where(selection)
        return Query("SELECT count() FROM events WHERE " + " AND ".join(where), parameters)  # noqa: S608

    def _where(self, selection: Selection) -> tuple[list[str], dict[str, Any]]:
        where = ["time >= {from:DateTime64(3)}", "time < {to:DateTime64(3)}"]
        parameters: dict[str, Any] = {"from": selection.begin, "to": selection.end}
        for variable, column in (
            ("application", "service_name"),
            ("model", "request_model"),
            ("release", "service_version"),
        ):
            if chosen := selection.chosen.get(variable):
                where.append(f"{column} IN {{{variable}:Array(String)}}")
                parameters[variable] = list(chosen)
        for number, (name, value) in enumerate(sorted(self.segment.items())):
            if value == OTHER:
                continue
            place = f"segment_{number}"
            if name in FIELD_DIMENSIONS:
                where.append(f"{quote_name(name)} = {{{place}:String}}")
            else:
                where.append(f"labels[{{{place}_name:String}}] = {{{place}:String}}")
                parameters[f"{place}_name"] = name.removeprefix("labels.")
            parameters[place] = value
        if self.status:
            where.append("status = {status:String}")
            parameters["status"] = self.status
        if self.fulfilling:
            where.append(self.fulfilling)
        if self.text:
            where.append(
                "(positionCaseInsensitiveUTF8(ifNull(prompt, ''), {text:String}) > 0 "
                "OR positionCaseInsensitiveUTF8(ifNull(response, ''), {text:String}) > 0)"
            )
            parameters["text"] = self.text
        for name, value in self.ids.items():
            condition = f"{_COLUMNS[name]} = {{{name}:String}}"
            where.append(condition)
            if name in _INDEXED:
                # Copies may differ in it, so its index is the table's alone, not the view's.
                where.append(
                    f"event_id IN (SELECT event_id FROM raw_events WHERE {condition} "  # noqa: S608
                    "AND time >= {from:DateTime64(3)} AND time < {to:DateTime64(3)})"
                )
            parameters[name] = value
        self._add_signal(where, parameters)
        return where, parameters

    def _add_signal(self, where: list[str], parameters: dict[str, Any]) -> None:
        if not self.signal:
            return
        column, operator = quote_name(self.column), _SQL_OPERATORS[self.operator]
        if not self.value:
            empty = f" AND toString({column}) != ''" if self.kind == "category" else ""
            where.append(f"{column} IS NOT NULL{empty}")
        elif self.kind == "category":
            where.append(f"toString({column}) {operator} {{value:String}}")
            parameters["value"] = self.value
        elif self.kind == "flag":
            true = self.value.lower() in {"1", "true", "yes"}
            where.append(f"{column} {'!=' if self.operator == 'ne' else '='} {{value:Bool}}")
            parameters["value"] = true
        else:
            where.append(f"{column} {operator} {{value:Float64}}")
            parameters["value"] = _number(self.value, self.unit)


def _number(text: str, unit: str) -> float:
    try:
        return parse_quantity(text[:40], unit)
    except ValueError as error:
        raise FilterError(f"value: {error}") from None


def _fulfilling(text: str, signals: Iterable[Mapping[str, Any]]) -> str:
    if not text:
        return ""
    try:
        return condition_sql(parse_condition(text, signals=convert([*signals], list[Signal])))
    except ConditionError as error:
        raise FilterError(f"condition: {error}") from None
    except ValidationError as error:
        raise FilterError(f"condition: the store's signals are not known: {error}") from None


def _segment(text: str) -> Segment:
    if not text:
        return {}
    try:
        found = parse_segment_key(text)
    except DecodeError:
        raise FilterError('segment: must be JSON such as {"service_name":"shop"}') from None
    for name in found:
        if name not in FIELD_DIMENSIONS and not name.startswith("labels."):
            raise FilterError(f"segment: events cannot be split by {name[:60]!r}")
    return found


def _before(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    number, dash, event_id = text.partition("-")
    if not (number.isdecimal() and len(number) < 18 and dash):
        raise FilterError("before: must be microseconds since 1970, a dash and an event id")
    return int(number), event_id
