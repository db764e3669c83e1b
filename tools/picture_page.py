"""Pictures of the built-in page for the documentation: ``python tools/picture_page.py URL``.

``URL`` is a page with data, such as that of `tidewatch demo`. Needs Playwright and Chromium.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SHOTS = {
    "overview": ("/?range=1h", 1280, "light"),
    "alert": ("/alerts?range=24h", 1280, "dark"),
    "phone": ("/?range=1h", 390, "light"),
}


def main(url: str) -> None:
    """Take every picture; each is below 200 kB."""
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, (path, width, scheme) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            page = context.new_page()
            page.goto(url.rstrip("/") + path)
            if name == "alert":
                page.get_by_role("region", name="Alerts").get_by_role("link").first.click()
            page.wait_for_function("!document.querySelector('.state.loading')", timeout=60_000)
            page.wait_for_timeout(500)
            file = OUT / f"{name}.jpeg"
            page.screenshot(path=file, type="jpeg", quality=72)
            print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
