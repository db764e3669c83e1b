"""Every query of docs/analysts.md, over replayed traffic."""

import re
from pathlib import Path

import pytest

from tests.analysts.replayed import Replayed

PAGE = Path(__file__).parents[2] / "docs" / "analysts.md"
_BLOCK = re.compile(r"^### (.+?)$|^```sql\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def questions() -> list[tuple[str, str]]:
    """Heading and SQL of every query."""
    found, heading = [], ""
    for match in _BLOCK.finditer(PAGE.read_text()):
        heading = match[1] or heading
        if match[2]:
            found.append((heading, match[2].strip().removesuffix(";")))
    return found


QUESTIONS = questions()


@pytest.mark.parametrize(("heading", "sql"), QUESTIONS, ids=[q[0].split(".")[0] for q in QUESTIONS])
def test_every_query_has_rows(heading: str, sql: str, traffic: Replayed) -> None:
    assert traffic.client.query(sql).result_rows, heading


def test_there_are_twenty_questions() -> None:
    headings = {heading for heading, _ in QUESTIONS}
    assert len(headings & {h for h in headings if re.match(r"\d+\. ", h)}) == 20
