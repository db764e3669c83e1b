import itertools
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.batch import EventBatch
from detectors.redaction import redact_column
from schemas.events import Context, GuardrailOutcome, InferenceEvent, Message, ToolCall
from schemas.signals import Signal
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.store.connection import connect
from streams.store.errors import StoreError, StoreUnavailable
from streams.store.events import EventWriter, Origins, unredacted
from streams.store.migrate import SchemaMismatch, create_database, migrate
from streams.store.signals import ensure_signal_columns

NOW = datetime.now(UTC).replace(microsecond=0)
SIGNALS = (
    Signal(name="response.refusal", kind="flag", description="Refused.", better="lower"),
    Signal(name="response.toxicity", kind="score", description="How toxic.", better="lower"),
    Signal(name="prompt.words", kind="amount", description="Words.", unit="{word}"),
    Signal(name="prompt.language", kind="category", description="Language."),
    Signal(name="prompt.embedding", kind="vector", description="Embedding."),
    Signal(name="cache_hit", kind="flag", description="From a cache."),
    Signal(name="finish_reason", kind="category", description="Why it stopped."),
)
VERSIONS = {"language": "2", "toxicity": "1"}


def _event(event_id: str = "e1", **fields: Any) -> InferenceEvent:
    return InferenceEvent(**({"event_id": event_id, "time": NOW, "service_name": "shop"} | fields))


def _signals(events: Sequence[InferenceEvent]) -> pl.DataFrame:
    n = len(events)
    return pl.DataFrame(
        {
            "response.refusal": pl.Series([True] * n, dtype=pl.Boolean),
            "response.toxicity": pl.Series([0.7] * n, dtype=pl.Float64),
            "prompt.words": pl.Series([None] * n, dtype=pl.Float64),
            "prompt.language": pl.Series(["de"] * n, dtype=pl.String),
            "prompt.embedding": pl.Series([[0.5, -1.0]] * n, dtype=pl.Array(pl.Float32, 2)),
            "cache_hit": pl.Series([e.cache_hit for e in events], dtype=pl.Boolean),
        }
    )


def _insert(
    client: Client,
    events: Sequence[InferenceEvent],
    scored_at: datetime = NOW,
    **options: Any,
) -> None:
    writer = EventWriter(
        client, SIGNALS, **({"detector_versions": VERSIONS, "redact": unredacted} | options)
    )
    origins = Origins("inference", [3] * len(events), list(range(len(events))))
    rows = writer.rows(EventBatch(events), _signals(events), origins, scored_at)
    assert rows.num_rows == len(events)
    writer.insert(rows)


@pytest.fixture
def store(database: Client) -> Client:
    ensure_signal_columns(database, SIGNALS)
    return database


def _row(client: Client, event_id: str) -> dict[str, Any]:
    rows = client.query("SELECT * FROM events WHERE event_id = {id:String}", {"id": event_id})
    (row,) = rows.named_results()
    return dict(row)


def test_every_field_comes_back(store: Client) -> None:
    event = _event(
        time=NOW + timedelta(microseconds=123_456),
        use_case="search",
        use_case_kind="rag",
        deployment_environment_name="production",
        operation_name="chat",
        provider_name="p",
        request_model="m-1",
        response_model="m-1-2026",
        service_version="1.2",
        release_role="canary",
        experiment_arm="b",
        prompt_name="greet",
        prompt_version="7",
        conversation_id="c1",
        trace_id="t1",
        span_id="s1",
        user_id="u1",
        labels={"tenant": "acme", "region": ""},
        prompt=[Message(role="system", content="Be kind."), Message(role="user", content="Hällo")],
        system_prompt_hash="abc",
        response="",
        sampled_responses=["one", "two"],
        contexts=["bare", Context(text="full", id="d1", source="wiki", score=0.25)],
        tools=[ToolCall(name="look", arguments="{}", result="found", error_type="timeout")],
        reference_answer="yes",
        finish_reason="stop",
        status="error",
        error_type="rate_limit",
        latency_seconds=1.5,
        time_to_first_token_seconds=0.25,
        usage_input_tokens=2**53,
        usage_output_tokens=0,
        usage_cache_read_input_tokens=5,
        usage_reasoning_output_tokens=6,
        cost_usd=0.0123,
        cache_hit=False,
        retries=2,
        guardrails=[GuardrailOutcome(name="pii", stage="before", outcome="redacted", score=0.9)],
    )
    _insert(store, [event, _event("other")])
    row = _row(store, "e1")
    nested = {"labels", "prompt", "system_prompt", "contexts", "tools", "guardrails", "embeddings"}
    for name in set(InferenceEvent.__struct_fields__) - nested:
        assert row[name] == getattr(event, name), name
    assert row["labels"] == {"tenant": "acme", "region": ""}
    assert (row["prompt"], row["system_prompt"]) == ("Hällo", "Be kind.")
    assert row["contexts"] == ["bare", "full"]
    assert row["context_ids"] == ["", "d1"]
    assert row["context_sources"] == ["", "wiki"]
    assert row["context_scores"] == [None, 0.25]
    assert row["tool_names"] == ["look"]
    assert row["tool_error_types"] == ["timeout"]
    assert row["tool_arguments"] == ["{}"]
    assert row["tool_results"] == ["found"]
    assert row["guardrail_names"] == ["pii"]
    assert row["guardrail_stages"] == ["before"]
    assert row["guardrail_outcomes"] == ["redacted"]
    assert row["guardrail_scores"] == [0.9]
    assert row["detector_versions"] == "language=2,toxicity=1"
    assert (row["kafka_topic"], row["kafka_partition"], row["kafka_offset"]) == ("inference", 3, 0)
    assert row["scored_at"] == NOW
    assert row["response_refusal"] is True
    assert row["response_toxicity"] == 0.7
    assert row["prompt_words"] is None
    assert row["prompt_language"] == "de"
    assert row["prompt_embedding"] == [0.5, -1.0]


def test_what_is_unknown_is_null_or_empty(store: Client) -> None:
    _insert(store, [_event()])
    row = _row(store, "e1")
    unknown = ("prompt", "system_prompt", "response", "reference_answer", "latency_seconds")
    assert [row[name] for name in (*unknown, "usage_input_tokens", "cache_hit")] == [None] * 7
    assert [row[name] for name in ("labels", "contexts", "tool_names")] == [{}, [], []]


def test_texts_are_redacted_in_every_column(store: Client) -> None:
    mail = "write to ann@example.org"
    event = _event(
        prompt=mail,
        system_prompt=mail,
        response=mail,
        reference_answer=mail,
        sampled_responses=[mail],
        contexts=[mail, Context(text=mail)],
        tools=[ToolCall(name="t", arguments=mail, result=mail)],
    )
    _insert(store, [event, _event("empty")], redact=redact_column)
    assert "ann@" not in repr(_row(store, "e1"))
    assert repr(_row(store, "e1")).count("<EMAIL>") == 9
    assert _row(store, "empty")["prompt"] is None


def test_without_texts_nothing_that_was_said_is_stored(store: Client) -> None:
    secret = "nobody stores this"
    event = _event(
        prompt=secret,
        system_prompt=secret,
        response=secret,
        reference_answer=secret,
        sampled_responses=[secret],
        contexts=[Context(text=secret, id="d1")],
        tools=[ToolCall(name="t", arguments=secret, result=secret)],
    )
    _insert(store, [event], store_texts=False)
    row = _row(store, "e1")
    assert secret not in repr(row)
    assert (row["context_ids"], row["tool_names"]) == (["d1"], ["t"])
    assert row["response_toxicity"] == 0.7


def test_a_later_scoring_of_an_event_replaces_the_earlier(store: Client) -> None:
    later = NOW + timedelta(seconds=5)
    for first, second in ((NOW, later), (later, NOW)):
        event_id = uuid.uuid4().hex
        _insert(store, [_event(event_id)], first, detector_versions={"d": str(first)})
        _insert(store, [_event(event_id)], second, detector_versions={"d": str(second)})
        assert _row(store, event_id)["detector_versions"] == f"d={later}"


def test_a_copy_that_was_replaced_is_found_by_nothing_it_alone_has(store: Client) -> None:
    """Indexes find it where it lies; the newest copy lies elsewhere and says something else."""
    old = {"conversation_id": "c1", "trace_id": "t1", "user_id": "u1"}
    _insert(store, [_event(**old)], NOW)
    _insert(store, [_event(**dict.fromkeys(old, "new"))], NOW + timedelta(seconds=1))
    for name, value in old.items():
        assert not store.query(f"SELECT 1 FROM events WHERE {name} = '{value}'").result_rows
        both = f"SELECT 1 FROM events WHERE {name} = 'new' AND event_id = 'e1'"
        assert len(store.query(both).result_rows) == 1


deliveries = st.lists(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5)), min_size=1, max_size=8),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=deliveries, merge=st.booleans())
def test_any_delivery_of_copies_shows_each_event_once(
    store: Client, batches: list[list[tuple[int, int]]], merge: bool
) -> None:
    store.command("TRUNCATE TABLE raw_events")
    expected: dict[str, int] = {}
    for batch in batches:
        # The same event always has the same time: some on another day, some in another hour.
        events = [_event(f"e{n}", time=NOW - timedelta(hours=7 * n)) for n, _ in batch]
        for n, second in batch:
            expected[f"e{n}"] = max(second, expected.get(f"e{n}", 0))
        for second, group in itertools.groupby(
            sorted(zip(batch, events, strict=True), key=lambda pair: pair[0][1]),
            key=lambda pair: pair[0][1],
        ):
            _insert(store, [event for _, event in group], NOW + timedelta(seconds=second))
    if merge:
        store.command("OPTIMIZE TABLE raw_events FINAL")
    rows = store.query("SELECT event_id, scored_at FROM events").result_rows
    assert len(rows) == len(expected)
    assert dict(rows) == {name: NOW + timedelta(seconds=s) for name, s in expected.items()}
    counted = store.query(
        "SELECT count(), countIf(response_refusal) FROM events WHERE time >= {since:DateTime64(6)}",
        {"since": NOW - timedelta(hours=30)},
    ).first_row
    recent = sum(1 for name in expected if int(name[1:]) * 7 <= 30)
    assert counted == (recent, recent)


def test_copies_that_drift_within_the_hour_are_one_row(store: Client) -> None:
    hour = NOW.replace(minute=0, second=0)
    _insert(store, [_event(time=hour + timedelta(minutes=2))])
    _insert(store, [_event(time=hour + timedelta(minutes=58))], NOW + timedelta(seconds=1))
    assert _row(store, "e1")["time"] == hour + timedelta(minutes=58)


def test_signals_long_has_a_row_an_event_and_known_signal(store: Client) -> None:
    _insert(store, [_event(finish_reason="stop", labels={"tenant": "acme"}), _event("e2")])
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


def test_signals_of_other_releases_stay_visible(store: Client) -> None:
    ensure_signal_columns(store, [Signal(name="brand.new", kind="flag", description="New.")])
    _insert(store, [_event()])
    signals = store.query("SELECT signal FROM signals_long WHERE event_id = 'e1'").result_rows
    assert ("response.toxicity",) in signals
    assert _row(store, "e1")["brand_new"] is None
    names = store.query("SELECT name FROM signals").result_rows
    assert ("brand.new",) in names
    assert ("prompt.words",) in names


def test_a_signal_that_changes_its_kind_is_refused(store: Client) -> None:
    with pytest.raises(SchemaMismatch, match=r"response\.toxicity is a category .* another name"):
        ensure_signal_columns(
            store, [Signal(name="response.toxicity", kind="category", description="Which.")]
        )


def test_a_server_that_comes_back_takes_what_it_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with EmbeddedClickHouse(tmp_path_factory.mktemp("store")) as server:
        create_database(connect(server.url), "store")
        client = connect(server.url, database="store")
        migrate(client)
        ensure_signal_columns(client, SIGNALS)
        _insert(client, [_event()])
        server.kill()
        with pytest.raises(StoreUnavailable, match="is ClickHouse running there"):
            _insert(client, [_event(), _event("e2")])
        with pytest.raises(StoreUnavailable, match=r"clickhouse\.url: http://127\.0\.0\.1"):
            connect(server.url, database="store")
        server.start()
        _insert(client, [_event(), _event("e2")])
        assert client.query("SELECT count() FROM events").result_rows == [(2,)]


def test_errors_name_the_remedy(clickhouse: EmbeddedClickHouse, database: Client) -> None:
    with pytest.raises(StoreError, match=r"tidewatch migrate") as missing:
        connect(clickhouse.url, database="nowhere")
    assert not isinstance(missing.value, StoreUnavailable)
    with pytest.raises(StoreError, match="run `tidewatch migrate`"):
        _insert(database, [_event()])
    with pytest.raises(StoreError, match="is no http:// or https:// address"):
        connect("localhost:8123")
