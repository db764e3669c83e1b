"""Views that follow from the signals there are."""

from collections.abc import Iterable

from msgspec import Struct

from schemas.clickhouse.migrations import Layout, load_migrations, quote_name, quote_text

_CARRIED = (
    "event_id",
    "time",
    "service_name",
    "use_case",
    "deployment_environment_name",
    "request_model",
    "release_role",
    "service_version",
    "prompt_name",
    "prompt_version",
    "labels",
)
"""What a row of ``signals_long`` says about its event."""

_OWN = {
    "signal": "Name of the signal: see the view signals.",
    "kind": "Kind of the signal: flag, score, amount or category.",
    "number": "Value of flags (1 true, 0 false), scores and amounts; null for categories.",
    "category": "Value of categories; null for numbers.",
}

_COMMENT = (
    "Signals of events in long form: a row an event and signal that is known. Vectors are left out."
)


class StoredSignal(Struct, frozen=True, order=True):
    """A signal that has a column in ``events``."""

    name: str
    kind: str
    column_name: str


_WIDE_COMMENT = (
    "Signals of events in wide form: a row an event, a column a signal, no texts. A signal that is "
    "an event field has that field's name."
)


def events_view(layout: Layout) -> str:
    """The statement that makes the view ``events`` show all columns there are now."""
    migration = next(m for m in load_migrations() if m.name == "events")
    return next(s for s in migration.statements(layout) if "VIEW events" in s)


def signals_long_view(stored: Iterable[StoredSignal], layout: Layout) -> list[str]:
    """The statements that make the view ``signals_long``: a row an event and signal it has.

    ``stored`` gives every signal that has a column. Vectors are left out.
    """
    values = ",\n        ".join(
        f"({quote_text(signal.name)}, {quote_text(signal.kind)}, {_value(signal)})"
        for signal in sorted(stored)
        if signal.kind != "vector"
    )
    events = ", ".join(_CARRIED)
    own = ", ".join(f"value.{index} AS {name}" for index, name in enumerate(_OWN, start=1))
    select = (
        f"CREATE OR REPLACE VIEW signals_long{layout.on_cluster} AS\n"
        f"SELECT {events}, {own}\nFROM events\nARRAY JOIN CAST([\n        {values}\n"
        "    ] AS Array(Tuple(String, String, Nullable(Float64), Nullable(String)))) AS value\n"
        "WHERE value.3 IS NOT NULL OR value.4 IS NOT NULL\n"
        f"COMMENT {quote_text(_COMMENT)}"
    )
    comments = ", ".join(f"COMMENT COLUMN {n} {quote_text(text)}" for n, text in _OWN.items())
    return [select, f"ALTER TABLE signals_long{layout.on_cluster} {comments}"]


def signals_wide_view(stored: Iterable[StoredSignal], layout: Layout) -> str:
    """The statement that makes the view ``signals_wide``: an event a row, a signal a column."""
    signals = [quote_name(signal.column_name) for signal in sorted(stored)]
    columns = ", ".join((*_CARRIED, *signals))
    return (
        f"CREATE OR REPLACE VIEW signals_wide{layout.on_cluster} AS\n"
        f"SELECT {columns}\nFROM events\nCOMMENT {quote_text(_WIDE_COMMENT)}"
    )


def _value(signal: StoredSignal) -> str:
    column = quote_name(signal.column_name)
    if signal.kind == "category":
        # A category that is an event field is empty, not null, where it is unknown.
        return f"NULL, nullIf(toString({column}), '')"
    return f"toFloat64({column}), NULL"
