"""What fuzzing has found, kept so that it is not found again."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from dashboards.page.security import _hostname
from detectors.watching.front import parts_of
from schemas.alerts import decode_alert
from schemas.panes import Example, decode_pane_batch
from streams.embedded.clickhouse_http import _is_local
from streams.embedded.sql_text import insert_head
from streams.receivers.alertmanager import alertmanager_alert
from streams.receivers.rendering import render_time
from tests.fuzz.contracts import stored
from tests.recorded import samples


def test_a_character_right_behind_a_format_is_data() -> None:
    """Its first byte looks like a letter of Latin-1, and the format's name was cut within it."""
    head = insert_head("INSERT INTO t (a) FORMAT CSV\ufffd1,2\n".encode())
    assert head is not None
    assert head.rest == "FORMAT CSV"


def test_what_is_no_name_of_a_format_is_left_to_the_engine() -> None:
    assert insert_head("INSERT INTO t FORMAT \ufffdSV\n1".encode()) is None


@pytest.mark.parametrize("topic", ["feedback", "changes", "alerts", "deliveries", "audit"])
def test_deep_nesting_did_not_end_the_sink(topic: str) -> None:
    """msgspec's RecursionError is no DecodeError, and was caught by nobody."""
    stored(topic, b'{"more":' + b"[" * 100_000)


def test_a_time_that_is_none_in_utc_is_told_as_it_is() -> None:
    late = datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14)))
    assert render_time(late).startswith("9999-12-31T23")


@pytest.mark.parametrize("time", [1e300, -1.0, float("nan")])
def test_an_example_of_no_time_did_not_end_watch(time: float) -> None:
    batch = samples.pane_batch(0, 1)
    (pane,) = batch.panes
    example = Example(7, "e", time, "", "")
    wrong = msgspec.structs.replace(pane, examples={"response.refusal": [example]})
    with pytest.raises(ValueError, match="an example of no time between 1970 and 2100"):
        parts_of(msgspec.structs.replace(batch, panes=[wrong]))


@pytest.mark.parametrize(
    "changes", [{"start": 2**40}, {"start": -1}], ids=["far future", "before 1970"]
)
def test_a_pane_of_no_time_did_not_keep_watch_busy_for_ever(changes: dict[str, int]) -> None:
    batch = samples.pane_batch(0, 1)
    wrong = msgspec.structs.replace(batch.panes[0], **changes)
    with pytest.raises(ValueError, match="no time between 1970 and 2100"):
        parts_of(msgspec.structs.replace(batch, panes=[wrong]))


def test_an_alert_of_the_last_year_is_told_to_alertmanager() -> None:
    late = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    alert = msgspec.structs.replace(samples.alert(), started_at=late, fired_at=late)
    told = alertmanager_alert(alert, now=samples.NOW, resend_seconds=30)
    assert told["endsAt"] >= told["startsAt"]


def test_deep_nesting_did_not_end_watch_and_notify() -> None:
    with pytest.raises(msgspec.DecodeError, match="nested too deeply"):
        decode_pane_batch(b"\x81\xa1a" * 100_000)
    with pytest.raises(msgspec.DecodeError, match="nested too deeply"):
        decode_alert(b'{"more":' * 100_000)


def test_text_that_is_no_utf8_did_not_end_watch() -> None:
    with pytest.raises(msgspec.DecodeError, match="not UTF-8"):
        decode_pane_batch(b"\x81\xa6worker\xa1\xff")


def test_a_host_that_cannot_be_read_did_not_fail_page_and_store() -> None:
    assert _hostname("//127.0.0.1[") == ""
    assert not _is_local({"host": "127.0.0.1["})
