"""Wire formats, found by discovery: what goes in comes out, and what is wrong is refused."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import (
    Context,
    Embeddings,
    GuardrailOutcome,
    InferenceEvent,
    Message,
    ToolCall,
)
from schemas.wire import decoders, native, otel
from schemas.wire.errors import WireError

FORMATS = decoders()

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
amounts = st.none() | st.floats(0, 1e300)
counts = st.none() | st.integers(0, 2**53)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
times = st.datetimes(
    min_value=datetime(1971, 1, 1),
    max_value=datetime(2200, 1, 1),
    timezones=st.sampled_from([UTC]),
)
events = st.builds(
    InferenceEvent,
    event_id=names,
    time=times,
    service_name=names,
    use_case_kind=st.sampled_from(["general", "rag", "agent"]),
    labels=st.dictionaries(texts, texts, max_size=3),
    prompt=st.none() | texts | st.lists(st.builds(Message, role=names, content=texts), max_size=3),
    response=st.none() | texts,
    contexts=st.lists(texts | st.builds(Context, text=texts, score=numbers), max_size=3),
    tools=st.lists(st.builds(ToolCall, name=names, arguments=texts), max_size=2),
    embeddings=st.none()
    | st.builds(Embeddings, model=names, prompt=st.lists(st.floats(-1, 1), max_size=3)),
    guardrails=st.lists(
        st.builds(
            GuardrailOutcome,
            name=names,
            stage=st.sampled_from(["before", "after"]),
            outcome=st.sampled_from(["passed", "blocked"]),
            score=numbers,
        ),
        max_size=2,
    ),
    latency_seconds=amounts,
    usage_input_tokens=counts,
    cost_usd=amounts,
    cache_hit=st.none() | st.booleans(),
)


def as_native(event: InferenceEvent) -> bytes:
    return native.encode_event(event)


def as_span(event: InferenceEvent) -> bytes:
    """The span of an event that has only what a span can say."""
    attributes: dict[str, Any] = {
        name: value
        for name, field in otel.ATTRIBUTES.items()
        if (value := getattr(event, field)) is not None
    }
    if isinstance(event.prompt, list):
        attributes["gen_ai.input.messages"] = [
            {"role": turn.role, "parts": [{"type": "text", "content": turn.content}]}
            for turn in event.prompt
        ]
    if event.response is not None:
        attributes["gen_ai.output.messages"] = json.dumps(
            [{"role": "assistant", "parts": [{"type": "text", "content": event.response}]}]
        )
    if event.system_prompt is not None:
        attributes["gen_ai.system_instructions"] = [
            {"type": "text", "content": event.system_prompt}
        ]
    attributes["gen_ai.response.finish_reasons"] = [event.finish_reason]
    span: dict[str, Any] = {
        "span_id": event.event_id,
        "trace_id": event.trace_id,
        "start_time": event.time.isoformat(),
        "attributes": {k: v for k, v in attributes.items() if k != "service.name"},
        "resource": {"service.name": event.service_name, "service.version": "overridden"},
    }
    if event.latency_seconds is not None:
        end = event.time + timedelta(seconds=event.latency_seconds)
        span["end_time"] = end.isoformat()
    return json.dumps(span).encode()


def sayable_in_a_span(event: InferenceEvent) -> InferenceEvent:
    """What of an event a span can say."""
    prompt = event.prompt
    return InferenceEvent(
        event_id=event.event_id,
        time=event.time,
        service_name=event.service_name,
        trace_id="trace",
        span_id=event.event_id,
        user_id=event.user_id,
        prompt=prompt if isinstance(prompt, list) else None,
        response=event.response,
        system_prompt="be kind" if event.cache_hit else None,
        finish_reason="stop" if event.cache_hit else "",
        latency_seconds=None if event.cost_usd is None else min(event.cost_usd, 1000.0) // 1,
        usage_input_tokens=event.usage_input_tokens,
        usage_output_tokens=event.usage_input_tokens,
        error_type="timeout" if event.cache_hit is False else "",
        status="error" if event.cache_hit is False else "ok",
    )


FULL = InferenceEvent(
    event_id="e",
    time=datetime(2026, 1, 1, tzinfo=UTC),
    service_name="shop",
    trace_id="trace",
    span_id="e",
    response="yes",
    latency_seconds=2.0,
    request_model="m",
)
ENCODERS: dict[str, Callable[[InferenceEvent], bytes]] = {
    native.CONTENT_TYPE: as_native,
    otel.CONTENT_TYPE: as_span,
}


def test_every_format_has_an_encoder_here() -> None:
    assert FORMATS.keys() == ENCODERS.keys()


@pytest.mark.parametrize("content_type", FORMATS)
def test_an_event_comes_back(content_type: str) -> None:
    assert FORMATS[content_type](ENCODERS[content_type](FULL)) == FULL


@given(events)
def test_native_gives_back_every_event(event: InferenceEvent) -> None:
    assert native.decode_event(native.encode_event(event)) == event


@given(events)
def test_a_span_gives_back_what_a_span_can_say(event: InferenceEvent) -> None:
    told = sayable_in_a_span(event)
    assert otel.decode_event(as_span(told)) == told


@pytest.mark.parametrize("content_type", FORMATS)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_an_event_or_a_refusal(content_type: str, data: bytes) -> None:
    refused(FORMATS[content_type], data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("content_type", FORMATS)
@given(data=st.data())
def test_a_wrong_value_anywhere_is_an_event_or_a_refusal(
    content_type: str, data: st.DataObject
) -> None:
    told = json.loads(ENCODERS[content_type](FULL))
    places = [(told, name) for name in told]
    for inner in (told.get("attributes"), told.get("resource")):
        places += [(inner, name) for name in inner or ()]
    attributes = told.get("attributes", {})
    places += [
        (attributes, f"gen_ai.{name}")
        for name in ("input.messages", "output.messages", "system_instructions")
    ]
    where, name = data.draw(st.sampled_from(places))
    where[name] = data.draw(json_values)
    refused(FORMATS[content_type], json.dumps(told).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("content_type", FORMATS)
@given(cut=st.integers(0, 150), junk=st.binary(max_size=3))
def test_a_message_cut_short_or_garbled_is_refused(
    content_type: str, cut: int, junk: bytes
) -> None:
    whole = ENCODERS[content_type](FULL)
    assert refused(FORMATS[content_type], whole[: min(cut, len(whole) - 1)] + junk)


def refused(decode: Callable[[bytes], InferenceEvent], data: bytes) -> WireError | None:
    try:
        event = decode(data)
    except WireError as error:
        return error
    assert isinstance(event, InferenceEvent)
    msgspec.json.encode(event)
    return None


START = b'{"event_id": "e", "time": "2026-01-01T00:00:00Z", "service_name": "shop"'
DEEP = b"[" * 200_000 + b"]" * 200_000


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (b"", "empty", "no value"),
        (b"{", "not_json", "truncated"),
        (b"null", "invalid", "Expected `object`, got `null`"),
        (START + b"} x", "not_json", "trailing characters"),
        (b"\xef\xbb\xbf" + START + b"}", "not_json", "byte 0"),
        (START + b', "prompt": "\xff"}', "not_json", "byte 0xff"),
        (START + b', "prompt": "\\ud800"}', "not_json", "come in pairs"),
        (START + b', "latency_seconds": NaN}', "not_json", "malformed"),
        (START + b', "latency_seconds": 1e999}', "invalid", "$.latency_seconds"),
        (START + b', "latency_seconds": -1}', "invalid", "$.latency_seconds"),
        (START + b', "latency_seconds": "fast"}', "invalid", "$.latency_seconds"),
        (START + b', "usage_input_tokens": 1e99}', "invalid", "$.usage_input_tokens"),
        (START + b', "prompt": [{"content": "x"}]}', "invalid", "`role` - at `$.prompt[0]`"),
        (START + b', "extra": ' + DEEP + b"}", "not_json", "recursion"),
        (START + b', "prompt": ' + DEEP + b"}", "not_json", "recursion"),
        (b'{"event_id": 5, oops', "not_json", "malformed"),
        (b'{"event_id": 5, "x": "\\ud800"}', "not_json", "come in pairs"),
        (START.replace(b"00Z", b"00") + b"}", "invalid", "timezone"),
        (START + b', "schema_version": 2}', "unknown_schema_version", "schema_version 2"),
        (b'{"schema_version": "next", "id": 1}', "unknown_schema_version", "'next'"),
    ],
    ids=lambda value: value.decode("latin1")[:40] if isinstance(value, bytes) else None,
)
def test_native_says_what_is_wrong_and_where(data: bytes, reason: str, detail: str) -> None:
    error = refused(native.decode_event, data)
    assert error is not None
    assert error.reason == reason
    assert detail in str(error)


def span(**attributes: object) -> bytes:
    told = {"service.name": "shop", **{k.replace("__", "."): v for k, v in attributes.items()}}
    return json.dumps(
        {"span_id": "a", "start_time": "2026-01-01T00:00:00Z", "attributes": told}
    ).encode()


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (span(gen_ai__input__messages="hello"), "gen_ai.input.messages: JSON is malformed"),
        (span(gen_ai__input__messages=5), "gen_ai.input.messages: Expected `array`"),
        (span(gen_ai__input__messages=[{"parts": []}]), "`role` - at `$[0]`"),
        (span(gen_ai__output__messages=[{"role": "a", "parts": [5]}]), "at `$[0].parts[0]`"),
        (
            span(gen_ai__output__messages=[{"role": "a", "parts": [{"type": "text"}]}]),
            "no content",
        ),
        (span(gen_ai__system_instructions="be kind"), "gen_ai.system_instructions"),
        (span(gen_ai__response__finish_reasons=[5]), "$.finish_reason"),
        (span(service__name=None), "$.service_name"),
    ],
)
def test_a_span_says_what_is_wrong_and_where(data: bytes, detail: str) -> None:
    error = refused(otel.decode_event, data)
    assert error is not None
    assert error.reason == "invalid"
    assert detail in str(error)


def test_parts_that_are_no_text_are_left_out() -> None:
    parts = [
        {"type": "text", "content": "see"},
        {"type": "blob", "content": {"mime": "image/png"}},
        {"type": "tool_call", "name": "search"},
        {"type": "text", "content": "this"},
    ]
    event = otel.decode_event(span(gen_ai__output__messages=[{"role": "a", "parts": parts}]))
    assert event.response == "see\nthis"
