"""Events that show an alert, and the list of events that fulfil a condition."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from clickhouse_connect.driver.client import Client

from dashboards.page.alert_examples import alert_examples
from dashboards.page.event_filter import begin_of
from dashboards.page.signals import Signals
from dashboards.page.views.alerts import STORY
from streams.page.store import PageStore


def story(analyst: Client) -> dict[str, Any]:
    """The alert about slow answers of the application that became slow."""
    [(fingerprint,)] = analyst.query(
        "SELECT fingerprint FROM alert_stories WHERE monitor = 'latency-p95' "
        "AND segment['service_name'] = 'support-assistant' ORDER BY started_at DESC LIMIT 1"
    ).result_rows
    answer = analyst.query(STORY, {"fingerprint": fingerprint, "started": 0})
    [row] = answer.named_results()
    return {**row, "started_at": row["started_at"].replace(tzinfo=UTC)}


async def test_an_alert_names_events_that_fulfil_its_condition(
    store: PageStore, analyst: Client
) -> None:
    told, signals = story(analyst), await Signals(store).columns()
    found = await alert_examples(store, told, signals, datetime.now(UTC))
    assert found.condition == "latency > 6"
    assert [event["event_id"] for event in found.events] == told["example_event_ids"]
    assert 1 <= len(found.events) <= 3
    assert min(latencies(analyst, found.events)) > 6


async def test_where_it_names_none_those_of_its_window_that_fulfil_it_are_shown(
    store: PageStore, analyst: Client
) -> None:
    told = {**story(analyst), "example_event_ids": []}
    signals = await Signals(store).columns()
    found = await alert_examples(store, told, signals, datetime.now(UTC))
    assert 1 <= len(found.events) <= 3
    assert min(latencies(analyst, found.events)) > 6
    assert all(event["prompt"] for event in found.events)
    # Of the window it began with: later ones may be what always was there.
    assert all(event["time"] < told["started_at"] for event in found.events)
    # A signal that nobody declares any more.
    without = [each for each in signals if each["name"] != "latency"]
    lost = await alert_examples(store, told, without, datetime.now(UTC))
    assert lost.events == []


def latencies(analyst: Client, events: list[dict[str, Any]]) -> list[float]:
    ids = [event["event_id"] for event in events]
    answer = analyst.query(
        "SELECT latency FROM events WHERE event_id IN {ids:Array(String)}", {"ids": ids}
    )
    return [latency for (latency,) in answer.result_rows]


def test_events_are_listed_by_a_condition(site: str, analyst: Client) -> None:
    condition = "latency > 6s and service_name = 'support-assistant'"
    answer = httpx.get(site + "/events", params={"range": "24h", "condition": condition})
    assert answer.status_code == 200
    [(count,)] = analyst.query(
        "SELECT count() FROM events WHERE latency > 6 AND service_name = 'support-assistant'"
    ).result_rows
    [total] = re.findall(r'<data value="(\d+)" id="total">', answer.text)
    assert int(total) == count > 0
    assert "latency &gt; 6s" in answer.text


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("latencyy > 6", "did you mean"),
        ("latency >", "expected a number"),
        ("1 = 1) OR (1", "expected a signal or dimension"),
    ],
)
def test_a_condition_that_is_none_is_told(site: str, condition: str, words: str) -> None:
    answer = httpx.get(site + "/events", params={"range": "24h", "condition": condition})
    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize("text", ["", "ä" * 160, "ß…\u6c34 " * 90])
def test_the_begin_of_a_text_is_of_whole_characters(analyst: Client, text: str) -> None:
    [(begin,)] = analyst.query(
        f"SELECT {begin_of('text')} FROM (SELECT {{text:String}} AS text)", {"text": text}
    ).result_rows
    assert begin == (text if len(text) <= 160 else text[:159] + "…")
