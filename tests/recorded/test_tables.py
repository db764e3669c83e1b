"""Rows that a database of earlier migrations holds are there after the rest of them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from clickhouse_connect.driver.client import Client

from schemas.clickhouse.migrations import MOST_DAYS, Layout, Retention, load_migrations
from streams.sink.intake import Intake
from streams.sink.message import Message
from streams.sink.sink import TARGETS
from streams.store.insert import insert_rows
from streams.store.migrate import migrate
from tests.recorded.test_recorded import RELEASES, releases

# What was recorded long ago must not be taken for expired.
FOR_EVER = Layout(retention=Retention(**dict.fromkeys(Retention.__struct_fields__, MOST_DAYS)))
WRITTEN_SINCE = {"raw_windows": 2, "raw_alerts": 3, "raw_deliveries": 3, "raw_changes": 3}
FILES = {
    "windows": "window.msgpack",
    "alerts": "alert.json",
    "deliveries": "delivery.json",
    "changes": "change.json",
}


@releases
@pytest.mark.parametrize("migrations", [3, 8])
def test_recorded_rows_survive_the_migrations_after_them(
    empty_database: Callable[[], Client], release: object, migrations: int
) -> None:
    assert release in RELEASES
    client = empty_database()
    migrate(client, FOR_EVER, load_migrations()[:migrations])
    now = datetime.now(UTC)
    targets = {target.topic.name: target for target in TARGETS}
    messages = [
        Message(topic, 0, 0, now, None, (release / file).read_bytes())  # type: ignore[operator]
        for topic, file in FILES.items()
    ]
    tables, letters = Intake(targets).take(messages, now)
    assert not letters
    assert tables.keys() == WRITTEN_SINCE.keys()
    for table, rows in tables.items():
        # Who wrote before a migration did not know the columns that it adds.
        known = {name for name, *_ in client.query(f"DESCRIBE TABLE {table}").result_rows}
        insert_rows(client, table, rows.select([n for n in rows.column_names if n in known]))

    assert len(migrate(client, FOR_EVER)) == len(load_migrations()) - migrations
    assert client.query("SELECT count() FROM windows").result_rows == [(7,)]
    assert client.query("SELECT monitor, value FROM alerts").result_rows == [("refusals", 0.4)]
    assert client.query("SELECT outcome FROM deliveries").result_rows == [("delivered",)]
    assert client.query("SELECT change_id FROM changes").result_rows == [("c1",)]
    # What is new shows what is old.
    told = client.query("SELECT kind, action, actor FROM audit").result_rows
    assert told == [("alert", "firing", "monitor refusals")]
