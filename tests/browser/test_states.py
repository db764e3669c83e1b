"""States of pages in a real browser: nothing, too much, away, live; and the keyboard."""

from datetime import UTC, datetime
from pathlib import Path

from clickhouse_connect.driver.client import Client
from playwright.sync_api import expect

from schemas.alerts import Alert, encode_alert, fingerprint
from streams.sink.alerts import ALERTS_TARGET
from tests.browser.conftest import Visit
from tests.browser.test_pages import violations
from tests.dashboards.filled import put
from tests.dashboards.site import serving


def test_nothing_fulfils_the_filters(site: str, visit: Visit) -> None:
    visit.open(site + "/events?text=no-such-words")
    assert "No event fulfils these filters." in visit.page.locator("main").inner_text()
    visit.open(site + "/?application=no-such-application")
    assert visit.page.locator(".state.empty").count() > 5
    assert violations(visit) == []


def test_clickhouse_away(visit: Visit, tmp_path: Path) -> None:
    with serving("http://127.0.0.1:9", "tidewatch", tmp_path) as url:
        visit.open(url)
        banner = visit.page.get_by_role("alert")
        assert "ClickHouse does not answer." in banner.inner_text()
        assert "tidewatch doctor" in banner.inner_text()
        assert violations(visit) == []
        visit.page.goto(url + "/events")
        assert "ClickHouse does not answer." in visit.page.locator("main").inner_text()
        visit.page.goto(url + "/monitors")
        assert visit.page.locator("textarea").input_value().strip()
    # The browser tells of the answer 503, rightly, and of the stream that ended with the server.
    visit.errors = [e for e in visit.errors if "503" not in e and "ERR_" not in e]


def test_many_events_come_in_pages(site: str, visit: Visit, analyst: Client) -> None:
    visit.open(site + "/events?range=1h")
    first = visit.page.locator("tbody tr td:nth-child(2) a").evaluate_all("l => l.map(a => a.href)")
    visit.page.get_by_role("link", name="Older events").click()
    visit.page.wait_for_url("**before=**")
    second = visit.page.locator("tbody tr td:nth-child(2) a").evaluate_all(
        "l => l.map(a => a.href)"
    )
    rows = analyst.query(
        "SELECT event_id FROM events ORDER BY time DESC, event_id DESC LIMIT 100"
    ).result_rows
    assert [link.rpartition("/")[2] for link in first + second] == [row[0] for row in rows]


def test_a_new_alert_is_seen_without_reloading(site: str, visit: Visit, analyst: Client) -> None:
    visit.open(site)
    firing = visit.page.locator("#alerts-firing data")
    before = int(float(firing.get_attribute("value") or "0"))
    now = datetime.now(UTC)
    alert = Alert(
        fingerprint=fingerprint("live", {}),
        monitor="live",
        kind="threshold",
        severity="info",
        segment={},
        state="firing",
        started_at=now,
        changed_at=now,
        fired_at=now,
        summary="Something new",
    )
    put(analyst, ALERTS_TARGET, [encode_alert(alert)])
    told = visit.page.locator(f"#alerts-firing data[value='{before + 1}']")
    expect(told).to_have_count(1, timeout=30_000)
    analyst.command("DELETE FROM raw_alerts WHERE monitor = 'live'")


def test_by_keyboard(site: str, visit: Visit) -> None:
    visit.open(site + "/dead-letters")
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.get_by_role("button", name="Dark").press("Enter")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_document_is_checked(site: str, visit: Visit) -> None:
    visit.open(site + "/monitors")
    page = visit.page
    text = page.locator("textarea").input_value()
    page.locator("textarea").fill(text.replace("signal: latency", "signal: latncy"))
    page.get_by_role("button", name="Check").click()
    assert "did you mean 'latency'?" in page.locator(".problems").inner_text()
    assert violations(visit) == []
    page.locator("textarea").fill(text)
    page.get_by_role("button", name="Check").click()
    assert "can be used" in page.get_by_role("status").inner_text()
