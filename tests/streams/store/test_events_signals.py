"""Signals in columns of their own and in rows."""

import pytest
from clickhouse_connect.driver.client import Client

from schemas.signals import Signal
from streams.store.migrate import SchemaMismatch
from streams.store.signals import ensure_signal_columns
from tests.streams.store.stored import SIGNALS, inference, insert, row_of


def test_signals_long_has_a_row_an_event_and_known_signal(store: Client) -> None:
    insert(store, [inference(finish_reason="stop", labels={"tenant": "acme"}), inference("e2")])
    rows = store.query(
        "SELECT event_id, signal, kind, number, category, labels['tenant'] FROM signals_long "
        "ORDER BY event_id, signal"
    ).result_rows
    assert rows == [
        ("e1", "finish_reason", "category", None, "stop", "acme"),
        ("e1", "prompt.language", "category", None, "de", "acme"),
        ("e1", "response.refusal", "flag", 1.0, None, "acme"),
        ("e1", "response.toxicity", "score", 0.7, None, "acme"),
        ("e2", "prompt.language", "category", None, "de", ""),
        ("e2", "response.refusal", "flag", 1.0, None, ""),
        ("e2", "response.toxicity", "score", 0.7, None, ""),
    ]


def test_signal_columns_are_added_once_and_explained(database: Client) -> None:
    added = ensure_signal_columns(database, SIGNALS)
    assert added == [
        "response_refusal",
        "response_toxicity",
        "prompt_words",
        "prompt_language",
        "prompt_embedding",
    ]
    assert ensure_signal_columns(database, SIGNALS) == []
    comments = dict(
        database.query(
            "SELECT name, comment FROM system.columns "
            "WHERE database = currentDatabase() AND table = 'events'"
        ).result_rows
    )
    assert comments["prompt_words"] == "Words. Signal prompt.words (amount, in {word})."
    declared = database.query("SELECT name, column_name FROM signals ORDER BY name").result_rows
    assert declared == sorted((s.name, s.column) for s in SIGNALS)


def test_a_signal_of_windows_alone_is_declared_without_a_column(store: Client) -> None:
    """Monitors name it, and windows have it: who reads these asks what it means."""
    thumb = Signal(name="feedback.thumb", kind="flag", description="Liked.", stored=False)
    ensure_signal_columns(store, [thumb])
    insert(store, [inference()])
    rows = store.query("SELECT kind, column_name FROM signals WHERE name = 'feedback.thumb'")
    assert rows.result_rows == [("flag", "")]
    assert "feedback_thumb" not in row_of(store, "e1")
    long = store.query("SELECT DISTINCT signal FROM signals_long").result_rows
    assert ("feedback.thumb",) not in long


def test_signals_of_other_releases_stay_visible(store: Client) -> None:
    ensure_signal_columns(store, [Signal(name="brand.new", kind="flag", description="New.")])
    insert(store, [inference()])
    signals = store.query("SELECT signal FROM signals_long WHERE event_id = 'e1'").result_rows
    assert ("response.toxicity",) in signals
    assert row_of(store, "e1")["brand_new"] is None
    names = store.query("SELECT name FROM signals").result_rows
    assert ("brand.new",) in names
    assert ("prompt.words",) in names


def test_a_signal_that_changes_its_kind_is_refused(store: Client) -> None:
    with pytest.raises(SchemaMismatch, match=r"response\.toxicity is a category .* another name"):
        ensure_signal_columns(
            store, [Signal(name="response.toxicity", kind="category", description="Which.")]
        )
