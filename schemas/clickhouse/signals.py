"""Columns that signals have in ``raw_events``.

The rule: a signal has the column :attr:`schemas.signals.Signal.column`. A signal with the name of
an event field *is* that field: the field's column already holds it and nothing is stored twice.
Any other clash with a column of the table is refused.
"""

import re
from collections.abc import Iterable
from functools import cache

from msgspec import Struct

from schemas.clickhouse.migrations import Layout, load_migrations, quote_name, quote_text
from schemas.events import InferenceEvent
from schemas.signals import Signal, SignalKind

_COLUMN = re.compile(r"^    ([a-z]\w*) (.+?) COMMENT '", re.MULTILINE)

_TYPES: dict[SignalKind, str] = {
    "flag": "Nullable(Bool)",
    "score": "Nullable(Float64)",
    "amount": "Nullable(Float64)",
    "category": "LowCardinality(Nullable(String))",
    "vector": "Array(Float32)",
}
_FIELD_TYPES: dict[SignalKind, tuple[str, ...]] = {
    "flag": ("Nullable(Bool)",),
    "score": ("Nullable(Float64)",),
    "amount": ("Nullable(Float64)", "Nullable(UInt64)"),
    "category": ("LowCardinality(String)",),
    "vector": (),
}


class SignalColumn(Struct, frozen=True, kw_only=True):
    """Where a signal is stored. ``is_field``: in the event field's own column."""

    signal: Signal
    name: str
    type: str
    is_field: bool

    @property
    def comment(self) -> str:
        """The column's comment: description, unit and kind."""
        unit = "" if self.signal.unit == "1" else f", in {self.signal.unit}"
        return f"{self.signal.description} Signal {self.signal.name} ({self.signal.kind}{unit})."

    def definition(self, layout: Layout) -> str:
        """The column's declaration, as ``ADD COLUMN`` takes it."""
        codec = "" if self.type.startswith("LowCardinality") else " CODEC(ZSTD(1))"
        # A vector tells a good deal about the text it was made of, and leaves with it.
        ttl = (
            layout.render(" TTL toDateTime(time) + toIntervalDay(${texts_days})")
            if self.signal.kind == "vector"
            else ""
        )
        return f"{quote_name(self.name)} {self.type} COMMENT {quote_text(self.comment)}{codec}{ttl}"


@cache
def event_columns() -> dict[str, str]:
    """Columns of ``raw_events`` that are no signals, with their types."""
    text = next(m.text for m in load_migrations() if m.name == "events")
    return dict(_COLUMN.findall(text))


def signal_columns(signals: Iterable[Signal]) -> list[SignalColumn]:
    """Where each signal that is stored is, in order.

    Raises ``ValueError`` for two signals with one column, and for a signal whose column is taken
    by something else.
    """
    taken = event_columns()
    found: dict[str, SignalColumn] = {}
    for signal in signals:
        if not signal.stored:
            continue
        name = signal.column
        if name in found:
            raise ValueError(
                f"signals {found[name].signal.name} and {signal.name} share the column {name}: "
                "rename one of them"
            )
        is_field = signal.name in taken and signal.name in InferenceEvent.__struct_fields__
        if name in taken and not (is_field and taken[name] in _FIELD_TYPES[signal.kind]):
            raise ValueError(
                f"signal {signal.name} ({signal.kind}) clashes with the column {name} "
                f"({taken[name]}) of raw_events: rename the signal"
            )
        column_type = taken[name] if is_field else _TYPES[signal.kind]
        found[name] = SignalColumn(signal=signal, name=name, type=column_type, is_field=is_field)
    return list(found.values())
