"""What the list of alerts and an alert's page say: of which monitor, in which unit, since when."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from clickhouse_connect.driver.client import Client

from dashboards.page.alert_chart import alert_chart
from dashboards.page.signals import Signals
from schemas.changes import Change
from schemas.quantity_words import SHARE
from schemas.signals import Signal
from streams.page.store import PageStore
from streams.sink.alerts import ALERTS_TARGET
from tests.dashboards.filled import Filled, put

SHOP = {"service_name": "support-assistant"}


def test_a_monitor_leads_to_its_own_alerts(site: str) -> None:
    documents = httpx.get(site + "/monitors", timeout=60).text
    [link] = re.findall(r'href="(/alerts\?range=30d&amp;monitor=latency-p95)"', documents)
    listed = httpx.get(site + link.replace("&amp;", "&"), timeout=60).text
    shown = re.findall(r'<br><span class="note">([\w.-]+)</span></td>', listed)
    assert set(shown) == {"latency-p95"}
    none = httpx.get(site + "/alerts?range=30d&monitor=no-such", timeout=60).text
    assert "No alert in this stretch of time" in none


def test_bounds_have_their_unit(site: str) -> None:
    assert "p95 of latency at most 6 s over 5 min" in httpx.get(site + "/monitors", timeout=60).text


def test_shares_are_percentages(site: str, filled: Filled) -> None:
    alert = next(
        a
        for a in filled.alerts
        if a.kind == "burn_rate" and a.state == "firing" and a.segment == SHOP
    )
    text = httpx.get(f"{site}/alerts/{alert.fingerprint}", timeout=60).text
    told = re.search(
        r'<dt>Bad over [^<]+</dt><dd class="big"><data value="([\d.]+)">([\d.]+) %', text
    )
    assert told is not None
    assert float(told[2]) == pytest.approx(100 * float(told[1]), rel=0.01)
    assert re.search(r"<dt>Allowed</dt><dd[^>]*>1 %</dd>", text)
    listed = httpx.get(f"{site}/alerts?monitor={alert.monitor}", timeout=60).text
    assert re.search(rf'<data value="{re.escape(told[1])}">{re.escape(told[2])} %</data>', listed)


def test_a_change_while_it_lasts_is_no_change_before(
    site: str, analyst: Client, filled: Filled
) -> None:
    fired = next(a for a in filled.alerts if a.state == "firing" and a.segment == SHOP)
    changes = [
        Change(
            change_id=f"at {minutes}",
            time=fired.started_at + timedelta(minutes=minutes),
            kind="release",
            segment=SHOP,
        )
        for minutes in (-7, 9)
    ]
    alert = msgspec.structs.replace(fired, fingerprint="c" * 16, changes=changes, state="pending")
    put(analyst, ALERTS_TARGET, [msgspec.json.encode(alert)])
    try:
        text = httpx.get(f"{site}/alerts/{alert.fingerprint}", timeout=60).text
    finally:
        analyst.command("DELETE FROM raw_alerts WHERE fingerprint = 'cccccccccccccccc'")
    assert "7 min before it began" in text
    assert "9 min after it began" in text
    assert "not yet: pending until it lasts" in text


async def test_what_drifted_is_drawn(store: PageStore, analyst: Client, filled: Filled) -> None:
    """Of categories the share of those that grew, of a lack the share that has the signal."""
    begin = filled.start.replace(second=0, microsecond=0)
    where = "service_name = 'support-assistant' AND time >= {from:DateTime64(3)}"
    [(topic,)] = analyst.query(
        f"SELECT topK(1)(prompt_topic)[1] FROM events WHERE prompt_topic != '' AND {where}",
        {"from": begin},
    ).result_rows
    [(share, known)] = analyst.query(
        "SELECT countIf(prompt_topic = {topic:String}) / countIf(prompt_topic != ''), "
        f"countIf(latency IS NOT NULL) / count() FROM events WHERE {where}",
        {"from": begin, "topic": topic},
    ).result_rows
    declared = msgspec.convert(await Signals(store).columns(), list[Signal])
    story = {
        "segment": SHOP,
        "unit": "1",
        "started_at": filled.start.replace(tzinfo=UTC),
        "resolved_at": None,
    }
    for condition, title, expected in (
        (f"prompt.topic = '{topic}'", f"share of {topic} in prompt.topic", share),
        ("not latency present", "share of events with latency", known),
        ("latency > 3", "latency, mean", None),
        ("gone > 3", "events", None),
        ("", "events", None),
    ):
        chart = await alert_chart(
            store,
            story,
            monitor=None,
            condition=condition,
            signals=declared,
            changes=[],
            begin=begin,
            end=datetime.now(UTC),
        )
        assert chart is not None
        assert chart["title"] == title
        if expected is not None:
            values = [v for v in chart["series"][0]["values"] if v is not None]
            assert chart["unit"] == SHARE
            assert min(values) <= expected <= max(values)


def test_monitors_of_signals_that_only_windows_have_are_no_error(site: str) -> None:
    """Embeddings and feedback have no column in events."""
    text = """
apiVersion: tidewatch/v1
kind: DriftMonitor
metadata: {name: asked}
spec:
  signals: [prompt.embedding, prompt.topic, feedback.positive]
  reference: {trailing: 16h}
  windows: [1h]
  severity: ticket
"""
    answer = httpx.post(site + "/monitors", data={"file": "new.yaml", "text": text}, timeout=60)
    assert "new.yaml can be used." in answer.text
    assert "3 signals held against the 16 h before (shift)" in answer.text
