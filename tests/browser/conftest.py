"""Real Chromium, and a page over a filled database for it to look at."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.dashboards.conftest import analyst, filled, site

__all__ = ["analyst", "filled", "site"]

_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Visit:
    """A tab, and what went wrong in it."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Go there, and wait until every panel has its answer and charts are drawn."""
        self.page.goto(address, timeout=60_000)
        expect(self.page.locator(".state.loading")).to_have_count(0, timeout=60_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser; without one tests are skipped, but not where CI is set."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        reason = "there is no Chromium: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A new tab that remembers errors; there must be none in the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    visit = Visit(context.new_page())

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            visit.errors.append(message.text)

    visit.page.on("console", note)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    yield visit
    context.close()
    assert visit.errors == []
