"""When Chromium paints the pages of the built-in page, each opened for the first time."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Final

import httpx
from playwright.sync_api import Browser, sync_playwright

from benchmarks.page import Results
from benchmarks.processes import BenchmarkFailed
from dashboards.page.rendering import NAVIGATION

OPENINGS: Final = 5
_ONE_LINE: Final = "/health/live"
"""Answered without ClickHouse, one line of text: what the browser alone takes on the machine."""
_PAINTED: Final = """() => new Promise((found) => {
  const tell = () => {
    const [page] = performance.getEntriesByType("navigation");
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    if (paint && page.responseEnd) found([page.responseStart, paint.startTime, page.responseEnd]);
    else setTimeout(tell, 20);
  };
  tell();
})"""


@dataclass(frozen=True, slots=True)
class Paint:
    """Milliseconds from asking for a page: medians, and the latest first paint.

    ``first_byte`` is when its beginning came, ``painted`` its first contentful paint, ``whole``
    when its last byte was there.
    """

    path: str
    first_byte: float
    painted: float
    latest: float
    whole: float


def first_paints(url: str, openings: int = OPENINGS) -> list[Paint]:
    """One line of text, every page of the navigation, one alert and one event.

    Every opening has a browser without a cache.
    """
    with _browser() as browser:
        return [_paint(browser, url, path, openings) for path in _paths(url)]


def paint_table(paints: Sequence[Paint], title: str, note: str) -> Results:
    """The milliseconds as a table."""
    return Results(
        title=title,
        columns=("page", "first byte", "first paint", "latest of them", "whole page"),
        rows=[
            [
                each.path,
                *(
                    f"{milliseconds:.0f} ms"
                    for milliseconds in (each.first_byte, each.painted, each.latest, each.whole)
                ),
            ]
            for each in paints
        ],
        note=note,
    )


@contextmanager
def _browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if path is None:
        raise BenchmarkFailed("there is no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=path, args=options)
        try:
            yield browser
        finally:
            browser.close()


def _paths(url: str) -> list[str]:
    """Addresses to open: one alert and one event are those the lists begin with."""
    found = [_ONE_LINE, *(path for path, _ in NAVIGATION), "/health"]
    for place in ("alerts", "events"):
        listed = httpx.get(f"{url}/{place}?range=24h", timeout=60).raise_for_status().text
        if link := re.search(rf'<td><a href="(/{place}/[^"?]+)', listed):
            found.append(link[1])
    return found


def _paint(browser: Browser, url: str, path: str, openings: int) -> Paint:
    taken = []
    for _ in range(openings):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(url + path, timeout=60_000)
        taken.append(page.evaluate(_PAINTED))
        context.close()
    first_byte, painted, whole = (median(times) for times in zip(*taken, strict=True))
    name = re.sub(r"^(/alerts|/events)/.+", r"\1/…", path)
    return Paint(name, first_byte, painted, max(times[1] for times in taken), whole)
