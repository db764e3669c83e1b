"""docs/detectors.md lists the detectors there are."""

import os
from pathlib import Path

from detectors.catalogue import catalogue_markdown
from detectors.discovery import discover_detectors

PAGE = Path(__file__).parents[2] / "docs" / "detectors.md"
BEGIN = "<!-- Made from the detectors: UPDATE_DOCS=1 pytest tests/detectors/test_catalogue.py -->"


def test_the_page_lists_every_detector() -> None:
    text = catalogue_markdown(discover_detectors())
    head, begin, found = PAGE.read_text().partition(BEGIN)
    assert begin
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(f"{head}{BEGIN}\n\n{text}")
        return
    assert found.strip() == text.strip(), f"docs/detectors.md is out of date: {BEGIN}"
