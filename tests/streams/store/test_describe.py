"""docs/tables.md says what the tables are."""

import os
from pathlib import Path

from clickhouse_connect.driver.client import Client

from streams.store.describe import describe_tables

PAGE = Path(__file__).parents[3] / "docs" / "tables.md"
BEGIN = "<!-- Made from the database: UPDATE_DOCS=1 pytest tests/streams/store/test_describe.py -->"


def test_the_page_is_what_the_database_says(database: Client) -> None:
    text = describe_tables(database)
    head, _, found = PAGE.read_text().partition(BEGIN)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(f"{head}{BEGIN}\n\n{text}")
        return
    assert found.strip() == text.strip(), f"docs/tables.md is out of date: {BEGIN}"


def test_every_table_has_a_sentence(database: Client) -> None:
    text = describe_tables(database)
    assert "| `p99` |" in text
    for name in ("raw_events", "events", "windows", "alert_episodes", "schema_migrations"):
        assert f"## {name}\n\n" in text
