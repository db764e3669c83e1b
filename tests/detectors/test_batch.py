from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest

from detectors.batch import TEXT_COLUMNS, EventBatch
from schemas.events import Context, InferenceEvent, Message, ToolCall
from schemas.segments import FIELD_DIMENSIONS

TIME = datetime(2025, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def event(**fields: object) -> InferenceEvent:
    return InferenceEvent(**{"event_id": "e", "time": TIME, "service_name": "shop", **fields})  # type: ignore[arg-type]


def test_a_row_an_event_in_order() -> None:
    frame = EventBatch([event(event_id="1"), event(event_id="2")]).frame
    assert frame["event_id"].to_list() == ["1", "2"]
    assert set(FIELD_DIMENSIONS) | set(TEXT_COLUMNS) < set(frame.columns)


def test_an_empty_batch_has_the_same_columns() -> None:
    assert EventBatch([]).frame.schema == EventBatch([event()]).frame.schema


def test_types_of_columns() -> None:
    schema = EventBatch([event(latency_seconds=1)]).frame.schema
    assert schema["time"] == pl.Datetime("us", "UTC")
    assert schema["latency_seconds"] == pl.Float64
    assert schema["usage_input_tokens"] == pl.Int64
    assert schema["cache_hit"] == pl.Boolean
    assert schema["status"] == pl.String


@pytest.mark.parametrize(
    "time",
    [
        TIME,
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2242, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(2025, 3, 1, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    ],
)
def test_time_is_exact_to_the_microsecond(time: datetime) -> None:
    assert EventBatch([event(time=time)]).frame["time"].item() == time


def test_what_is_absent_is_null_and_unknown_names_are_empty() -> None:
    row = EventBatch([event()]).frame.row(0, named=True)
    assert row["latency_seconds"] is None
    assert row["request_model"] == ""
    assert all(row[name] is None for name in TEXT_COLUMNS)


def test_prompt_leaves_the_application_s_turns_out() -> None:
    turns = [
        Message(role="system", content="Be kind."),
        Message(role="developer", content="Be short."),
        Message(role="user", content="Hello"),
        Message(role="assistant", content="Hi"),
        Message(role="user", content="Help"),
    ]
    row = EventBatch([event(prompt=turns)]).frame.row(0, named=True)
    assert row["prompt"] == "Hello\n\nHi\n\nHelp"
    assert row["system_prompt"] == "Be kind.\n\nBe short."


def test_a_given_system_prompt_is_kept() -> None:
    turns = [Message(role="system", content="turn")]
    row = EventBatch([event(prompt=turns, system_prompt="given")]).frame.row(0, named=True)
    assert row["system_prompt"] == "given"
    assert row["prompt"] is None


def test_contexts_and_tool_results_are_joined() -> None:
    tools = [ToolCall(name="a", result="one"), ToolCall(name="b"), ToolCall(name="c", result="two")]
    batch = EventBatch([event(contexts=["x", Context(text="y")], tools=tools)])
    row = batch.frame.row(0, named=True)
    assert row["context"] == "x\n\ny"
    assert row["tool_result"] == "one\n\ntwo"


def test_some_columns_are_those_of_the_frame() -> None:
    batch = EventBatch([event(latency_seconds=1, response="Hi"), event()])
    names = ["response", "time", "latency_seconds", "service_name"]
    assert batch.select(names).equals(batch.frame.select(names))
    assert EventBatch([]).select(names).schema == batch.select(names).schema


def test_a_field_holds_a_value_an_event() -> None:
    batch = EventBatch([event(response="Hi", labels={"tenant": "a"}), event()])
    assert batch.field("response") == ["Hi", None]
    assert batch.field("labels") == [{"tenant": "a"}, {}]
    assert EventBatch([]).field("response") == []


def test_label_column() -> None:
    batch = EventBatch([event(labels={"tenant": "a"}), event()])
    assert batch.label_column("tenant").to_list() == ["a", None]
    assert batch.label_column("tenant").name == "labels.tenant"


def test_texts_are_read_once() -> None:
    batch = EventBatch([event(response="Hello")])
    assert batch.text("response") is batch.text("response")
    assert batch.text("response").words is batch.text("response").words
