"""Windows stored as the sink stores them, for tests of what reads them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from clickhouse_connect.driver.client import Client

from detectors.summaries import Summary, encode_summary
from schemas.segments import Segment
from schemas.windows import Window, encode_window
from streams.sink.intake import Intake
from streams.sink.message import Message
from streams.sink.windows import WINDOWS_TARGET
from streams.store.insert import insert_rows


def window(
    start: int, segment: Segment, signals: dict[str, Summary], resolution: int = 60, events: int = 1
) -> Window:
    raw = {name: msgspec.Raw(encode_summary(summary)) for name, summary in signals.items()}
    return Window(
        resolution_seconds=resolution,
        start=start,
        segment=segment,
        version=1,
        events=events,
        signals=raw,
    )


def store(client: Client, windows: Sequence[Window]) -> None:
    now = datetime.now(UTC)
    messages = [
        Message("windows", 0, n, now, None, encode_window(each)) for n, each in enumerate(windows)
    ]
    tables, letters = Intake({"windows": WINDOWS_TARGET}).take(messages, now)
    assert not letters
    for table, rows in tables.items():
        insert_rows(client, table, rows)
