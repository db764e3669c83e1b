"""States of pages in a real browser: nothing, too much, away, live; and the keyboard."""

import socket
from datetime import UTC, datetime
from pathlib import Path

from clickhouse_connect.driver.client import Client
from playwright.sync_api import expect

from schemas.alerts import Alert, encode_alert, fingerprint
from streams.sink.alerts import ALERTS_TARGET
from tests.browser.conftest import Visit
from tests.browser.test_pages import check, violations
from tests.dashboards.filled import Filled, put
from tests.dashboards.page.test_numbers import APPLICATION
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
        severity="ticket",
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


def test_a_document_is_tried_over_the_past(site: str, visit: Visit, filled: Filled) -> None:
    visit.open(site + "/monitors")
    page = visit.page
    page.get_by_label("Stretch").select_option("6")
    page.get_by_role("button", name="Try over the past").click()
    outcomes = page.get_by_role("group", name="Outcomes")
    expect(outcomes).to_be_visible(timeout=90_000)
    row = outcomes.get_by_role("row").filter(has_text="latency-p95").filter(has_text="as it is")
    assert int(row.locator("data").get_attribute("value") or 0) >= 1
    fired = next(a for a in filled.alerts if a.monitor == "latency-p95" and a.state == "firing")
    assert fired.segment["service_name"] in page.locator("#trial").inner_text()
    check(visit)


def test_an_alert_leads_to_the_report_of_its_evidence(
    site: str, visit: Visit, filled: Filled
) -> None:
    alert = next(
        a
        for a in filled.alerts
        if (a.state, a.kind, a.segment) == ("firing", "threshold", {"service_name": APPLICATION})
    )
    visit.open(f"{site}/alerts/{alert.fingerprint}")
    page = visit.page
    page.get_by_role("link", name="Report: what moved").click()
    heading = page.locator("h1")
    expect(heading).to_contain_text("What moved:", timeout=120_000)
    assert "latency rose from" in page.locator("main, body").first.inner_text()
    assert violations(visit) == []
    page.get_by_role("link", name="Evidently's report").click()
    expect(page.get_by_text("Dataset Drift").first).to_be_visible(timeout=60_000)


def test_while_clickhouse_takes_its_time_panels_say_so(visit: Visit, tmp_path: Path) -> None:
    # Connections are taken, and never answered.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with serving(url, "tidewatch", tmp_path) as address:
            visit.page.goto(address)
            loading = visit.page.locator(".panel .state.loading")
            assert loading.count() == visit.page.locator(".panel").count() > 5
            assert "Asking ClickHouse" in loading.first.inner_text()
            check(visit)
            visit.page.goto("about:blank")
            silent.close()


def test_filters_leave_empty_fields_out_and_can_be_used_again(site: str, visit: Visit) -> None:
    visit.open(site + "/events?range=1h")
    # Who comes back by the browser finds the fields as they were left.
    visit.page.evaluate(
        "document.querySelector('form.filters').addEventListener('submit', "
        "event => event.preventDefault())"
    )
    visit.page.get_by_role("button", name="Show").click()
    assert visit.page.locator("form.filters :disabled").count() == 0
    sent = visit.page.evaluate("[...new FormData(document.querySelector('form.filters')).keys()]")
    assert "range" in sent
    assert "text" not in sent
    visit.open(site + "/events?range=1h")
    visit.page.locator("input[name=text]").fill("no such words")
    visit.page.get_by_role("button", name="Show").click()
    visit.page.wait_for_url("**text=no**")
    assert "condition=" not in visit.page.url
