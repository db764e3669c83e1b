"""Pictures of the built-in page for the documentation: ``python tools/picture_page.py URL``.

``URL`` is a page with data, such as that of `tidewatch demo`. Needs Playwright and Chromium.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SHOTS = {
    "overview": ("/?range=1h", 1280, 900, "light"),
    "overview-dark": ("/?range=1h", 1280, 900, "dark"),
    "objectives": ("/objectives?range=24h", 1280, 900, "light"),
    "drift": ("/drift", 1280, 900, "light"),
    "releases": ("/releases", 1280, 900, "light"),
    "alerts": ("/alerts?range=24h", 1280, 900, "light"),
    "alert": ("/alerts?range=24h", 1280, 1300, "light"),
    "events": ("/events?range=1h", 1280, 900, "light"),
    "event": ("/events?range=1h&signal=response.hallucination&operator=ge", 1280, 1100, "light"),
    "monitors": ("/monitors", 1280, 1100, "light"),
    "phone": ("/?range=1h", 390, 844, "light"),
    "phone-alert": ("/alerts?range=24h", 390, 844, "dark"),
}
"""Address, width, height and theme of every picture."""

_QUALITY = 70


def main(url: str) -> None:
    """Take every picture; together they stay below 2 MB."""
    OUT.mkdir(parents=True, exist_ok=True)
    total = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, (path, width, height, scheme) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            page = context.new_page()
            page.goto(url.rstrip("/") + path)
            go_on(page, name)
            page.wait_for_selector(".state.loading", state="detached", timeout=60_000)
            page.wait_for_timeout(700)
            file = OUT / f"{name}.jpeg"
            page.screenshot(path=file, type="jpeg", quality=_QUALITY)
            total += file.stat().st_size
            print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")
            context.close()
        browser.close()
    print(f"together {total / 1000:.0f} kB")


def go_on(page: Page, name: str) -> None:
    """Where a picture is of what a link leads to."""
    if name in {"alert", "phone-alert"}:
        page.get_by_role("group", name="Alerts").get_by_role("link").first.click()
        page.wait_for_selector("#h-story")
    elif name == "event":
        page.get_by_role("group", name="Events").get_by_role("link").first.click()
        page.wait_for_selector("#h-response")


if __name__ == "__main__":
    main(sys.argv[1])
