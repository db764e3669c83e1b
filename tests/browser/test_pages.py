"""Every page in a real browser: no error, accessible, at every width, in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from clickhouse_connect.driver.client import Client
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.dashboards.filled import Filled

PATHS = {
    "/": "Overview",
    "/objectives": "Objectives",
    "/quality": "Quality",
    "/drift": "Drift",
    "/releases": "Releases",
    "/cost": "Cost",
    "/alerts": "Alerts",
    "/events": "Events",
    "/dead-letters": "Dead letters",
    "/monitors": "Monitors",
    "/health": "Tidewatch",
    "/segment": "Segment",
}
_WIDTHS = (360, 768, 1920)
_AXE = {"resultTypes": ["violations"]}


def check(visit: Visit) -> None:
    """Accessible in the light and the dark theme, and nothing juts out at any width."""
    assert violations(visit) == []
    visit.page.emulate_media(color_scheme="dark")
    assert violations(visit, {**_AXE, "runOnly": ["color-contrast"]}) == []
    for width in _WIDTHS:
        visit.page.set_viewport_size({"width": width, "height": 800})
        wide = visit.page.evaluate("document.documentElement.scrollWidth")
        out = visit.page.evaluate(
            "w => [...document.querySelectorAll('main *')]"
            ".filter(e => e.getBoundingClientRect().right > w)"
            ".filter(e => !e.closest('.scroll, pre, .chart'))"
            ".slice(0, 3).map(e => e.outerHTML.slice(0, 120))",
            width,
        )
        assert wide <= width, f"{wide} pixels at a width of {width}: {out}"


def violations(visit: Visit, options: dict[str, object] | None = None) -> list[str]:
    """What axe finds wrong, with the places."""
    found = Axe().run(visit.page, options=options or _AXE).response["violations"]
    return [f"{each['id']}: {[node['target'] for node in each['nodes']][:3]}" for each in found]


@pytest.mark.parametrize("path", PATHS)
def test_page(site: str, visit: Visit, path: str) -> None:
    visit.open(site + path)
    assert visit.page.locator("h1").inner_text() == PATHS[path]
    assert visit.page.locator(".state.error").count() == 0
    check(visit)


def test_one_alert(site: str, visit: Visit, analyst: Client) -> None:
    visit.open(site + "/alerts?range=24h&severity=page&application=support-assistant")
    visit.page.get_by_role("group", name="Alerts").get_by_role("link").first.click()
    page = visit.page
    page.wait_for_selector("#h-story")
    [(summary, sql)] = analyst.query(
        "SELECT summary, evidence_sql FROM alert_stories "
        "WHERE severity = 'page' AND segment['service_name'] = 'support-assistant'"
    ).result_rows
    assert page.locator("h1").inner_text() == summary
    assert page.locator("#evidence").inner_text().strip() == sql.strip()
    assert "Shorter instructions" in page.content()
    expect(page.locator(".chart canvas")).to_have_count(1)
    check(visit)
    page.get_by_role("link", name="Its events").click()
    assert page.locator("h1").inner_text() == "Events"
    assert page.locator("tbody tr").count() > 0


def test_one_event(site: str, visit: Visit, filled: Filled) -> None:
    visit.open(f"{site}/events/{filled.grounded_id}")
    marked = visit.page.locator("mark").inner_text()
    assert marked == "It also covers flights to the moon and a golden statue."
    assert "<EMAIL>" in visit.page.content().replace("&lt;", "<").replace("&gt;", ">")
    assert "ann@example.org" not in visit.page.content()
    check(visit)


def test_an_event_of_the_list(site: str, visit: Visit) -> None:
    visit.open(site + "/events?range=1h&text=the")
    visit.page.get_by_role("group", name="Events").get_by_role("link").nth(3).click()
    visit.page.wait_for_selector("#h-response")
    check(visit)


def test_texts_do_nothing(site: str, visit: Visit, filled: Filled) -> None:
    visit.page.on("dialog", lambda dialog: visit.errors.append(dialog.message))
    visit.open(f"{site}/events/{filled.hostile_id}")
    assert "<script>alert(1)</script>" in visit.page.locator("main").inner_text()
    assert visit.page.locator("main a[href^='javascript']").count() == 0
