from typing import Any

import pytest

from schemas.clickhouse.migrations import SINGLE_SERVER, Layout
from schemas.clickhouse.signal_views import StoredSignal, signals_long_view
from schemas.clickhouse.signals import event_columns, signal_columns
from schemas.events import InferenceEvent
from schemas.signals import Signal


def _signal(name: str, kind: Any = "amount", **fields: Any) -> Signal:
    return Signal(name=name, kind=kind, **({"description": "What it says."} | fields))


def test_a_signal_has_a_column_of_its_own() -> None:
    (column,) = signal_columns([_signal("prompt.words", unit="{word}")])
    assert (column.name, column.type, column.is_field) == (
        "prompt_words",
        "Nullable(Float64)",
        False,
    )
    assert column.definition(SINGLE_SERVER) == (
        "`prompt_words` Nullable(Float64) "
        "COMMENT 'What it says. Signal prompt.words (amount, in {word}).' CODEC(ZSTD(1))"
    )


def test_types_follow_from_kinds() -> None:
    kinds = ("flag", "score", "amount", "category", "vector")
    columns = signal_columns([_signal(f"s.{kind}", kind) for kind in kinds])
    assert [column.type for column in columns] == [
        "Nullable(Bool)",
        "Nullable(Float64)",
        "Nullable(Float64)",
        "LowCardinality(Nullable(String))",
        "Array(Float32)",
    ]


def test_vectors_leave_with_the_texts() -> None:
    (column,) = signal_columns([_signal("prompt.embedding", "vector")])
    assert column.definition(Layout()).endswith("TTL toDateTime(time) + toIntervalDay(30)")


@pytest.mark.parametrize(
    ("name", "kind", "column_type"),
    [
        ("error_type", "category", "LowCardinality(String)"),
        ("finish_reason", "category", "LowCardinality(String)"),
        ("cache_hit", "flag", "Nullable(Bool)"),
        ("retries", "amount", "Nullable(UInt64)"),
        ("cost_usd", "amount", "Nullable(Float64)"),
    ],
)
def test_a_signal_named_like_an_event_field_is_that_field(
    name: str, kind: Any, column_type: str
) -> None:
    (column,) = signal_columns([_signal(name, kind)])
    assert (column.name, column.type, column.is_field) == (name, column_type, True)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("retries", "flag"),
        ("prompt", "category"),
        ("contexts", "amount"),
        ("kafka.offset", "amount"),
        ("scored_at", "amount"),
        ("latency.seconds", "amount"),
    ],
)
def test_other_clashes_are_refused(name: str, kind: Any) -> None:
    with pytest.raises(ValueError, match=f"signal {name} .* clashes with the column"):
        signal_columns([_signal(name, kind)])


def test_two_signals_with_one_column_are_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.b and a_b share the column a_b: rename"):
        signal_columns([_signal("a.b"), _signal("a_b")])


def test_events_have_a_column_for_every_scalar_field() -> None:
    nested = {"contexts", "tools", "guardrails", "embeddings"}
    assert set(InferenceEvent.__struct_fields__) - nested <= set(event_columns())


def test_the_long_view_leaves_vectors_out_and_knows_clusters() -> None:
    stored = [StoredSignal("b.v", "vector", "b_v"), StoredSignal("a.w", "amount", "a_w")]
    view, comments = signals_long_view(stored, Layout(cluster="main"))
    assert "'a.w'" in view
    assert "b_v" not in view
    assert "signals_long ON CLUSTER `main`" in view
    assert "signals_long ON CLUSTER `main`" in comments
