"""Good messages become events; bad ones dead letters that say why."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from schemas.events import InferenceEvent
from schemas.wire import decoders, native, otel
from streams.score.intake import Intake, Received
from tests.events import encoded, make_event

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CLOCK = NOW.timestamp()


def event(**fields: object) -> bytes:
    return encoded(1, **({"time": NOW} | fields))


def message(
    value: bytes | None,
    headers: Sequence[tuple[str, bytes | None]] = (),
    offset: int = 7,
) -> Received:
    return Received("inference", 3, offset, b"key", value, headers)


def intake() -> Intake:
    return Intake(decoders(), max_event_bytes=1024**2, future_seconds=300, past_seconds=30 * 86400)


def raw(**fields: object) -> bytes:
    told = {"event_id": "e", "time": NOW.isoformat(), "service_name": "shop"}
    return json.dumps(told | fields).encode()


@pytest.mark.parametrize(
    ("value", "reason", "detail"),
    [
        (b"", "empty", "no value"),
        (None, "empty", "no value"),
        (b"{not json", "not_json", "byte 1"),
        (b"hello", "not_json", "byte 0"),
        (raw(latency_seconds=float("nan")), "not_json", "malformed"),
        (raw(prompt="x").replace(b'"x"', b'"\xff"'), "not_json", "utf-8"),
        (raw(prompt="\ud800"), "not_json", "come in pairs"),
        (raw(x="y").replace(b'"y"', b"[" * 10**5 + b"]" * 10**5), "not_json", "recursion"),
        (raw(latency_seconds="fast"), "invalid", "$.latency_seconds"),
        (raw(labels={"a": 1}), "invalid", "$.labels"),
        (raw(event_id=""), "invalid", "$.event_id"),
        (raw(time="2026-06-01 00:00"), "invalid", "$.time"),
        (raw(schema_version=2), "unknown_schema_version", "upgrade Tidewatch"),
        (raw(prompt="x" * 20_000_000), "too_large", "score.max_event_bytes is 1048576"),
        (raw(time="1970-01-01T00:00:00Z"), "time_out_of_range", "1970-01-01"),
        (raw(time="2200-01-01T00:00:00Z"), "time_out_of_range", "2200-01-01"),
        (
            raw(time="0001-01-01T00:00:00+14:00"),
            "time_out_of_range",
            "30 d before the clock to 5 min",
        ),
        (raw(time="9999-12-31T23:59:59-14:00"), "time_out_of_range", "5 min after it"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_bad_is_refused_with_reason_and_detail(
    value: bytes | None, reason: str, detail: str
) -> None:
    headers = (("trace", b"1"), ("empty", None))
    arrivals, (letter,) = intake().take([message(value, headers)], CLOCK)
    assert arrivals == []
    assert letter.reason == reason
    assert detail in letter.detail
    assert len(letter.detail) < 1000
    assert (letter.topic, letter.partition, letter.offset) == ("inference", 3, 7)
    assert (letter.key, letter.value, letter.headers, letter.time) == (b"key", value, headers, NOW)


def test_one_bad_message_changes_nothing_for_its_neighbours() -> None:
    values = [event(event_id="a"), b"rubbish", event(event_id="b"), None, event(event_id="c")]
    messages = [message(value, offset=offset) for offset, value in enumerate(values)]
    arrivals, letters = intake().take(messages, CLOCK)
    assert [(a.event.event_id, a.partition, a.offset) for a in arrivals] == [
        ("a", 3, 0),
        ("b", 3, 2),
        ("c", 3, 4),
    ]
    assert [letter.offset for letter in letters] == [1, 3]


@pytest.mark.parametrize("seconds", [-30 * 86400, 0, 300])
def test_times_up_to_the_limits_are_taken(seconds: int) -> None:
    arrivals, letters = intake().take(
        [message(event(time=NOW + timedelta(seconds=seconds)))], CLOCK
    )
    assert letters == []
    assert arrivals[0].time == CLOCK + seconds


@pytest.mark.parametrize("seconds", [-30 * 86400 - 1, 301])
def test_times_beyond_the_limits_are_not(seconds: int) -> None:
    late = message(event(time=NOW + timedelta(seconds=seconds)))
    assert [letter.reason for letter in intake().take([late], CLOCK)[1]] == ["time_out_of_range"]


@pytest.mark.parametrize("at_limit", [True, False])
def test_the_limit_of_size_is_on_bytes(at_limit: bool) -> None:
    value = event(prompt="é" * 100)
    limit = len(value) if at_limit else len(value) - 1
    taker = Intake(decoders(), max_event_bytes=limit, future_seconds=1, past_seconds=1)
    assert len(taker.take([message(value)], CLOCK)[0]) == at_limit


SPAN = json.dumps(
    {"span_id": "s", "start_time": NOW.isoformat(), "attributes": {"service.name": "shop"}}
).encode()


@pytest.mark.parametrize(
    ("content_type", "value", "event_id"),
    [
        (native.CONTENT_TYPE, event(event_id="e"), "e"),
        (f"{native.CONTENT_TYPE}; charset=utf-8", event(event_id="e"), "e"),
        (otel.CONTENT_TYPE, SPAN, "s"),
    ],
)
def test_the_header_chooses_the_format(content_type: str, value: bytes, event_id: str) -> None:
    headers = (("x", b"y"), ("content-type", content_type.encode()))
    arrivals, letters = intake().take([message(value, headers)], CLOCK)
    assert letters == []
    assert arrivals[0].event.event_id == event_id


@pytest.mark.parametrize("content_type", [b"text/csv", b"", None, b"\xff\xfe"])
def test_an_unknown_format_is_refused_and_the_known_ones_named(content_type: bytes | None) -> None:
    (letter,) = intake().take([message(event(), (("content-type", content_type),))], CLOCK)[1]
    assert letter.reason == "invalid"
    assert "is not known (application/json, " in letter.detail


def test_a_decoder_that_fails_costs_one_message_and_quotes_none_of_it() -> None:
    def decode(data: bytes) -> InferenceEvent:
        raise KeyError(data)

    taker = Intake(
        {native.CONTENT_TYPE: native.decode_event, "x/y": decode},
        max_event_bytes=10**6,
        future_seconds=300,
        past_seconds=300,
    )
    messages = [message(b"secret", (("content-type", b"x/y"),)), message(event())]
    arrivals, (letter,) = taker.take(messages, CLOCK)
    assert [arrival.event for arrival in arrivals] == [make_event(1, time=NOW)]
    assert letter.reason == "invalid"
    assert "KeyError" in letter.detail
    assert "secret" not in letter.detail
