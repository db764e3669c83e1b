"""Closed windows of the past: from ClickHouse, or from a file of events."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import inf
from typing import Any, Final

import numpy as np
from clickhouse_connect.driver.client import Client
from msgspec import Raw

from detectors.scoring import Scoring
from detectors.summaries import (
    Cardinality,
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    encode_summary,
)
from detectors.watching.offline import apply_panes
from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.monitors.resolved import MonitorSet
from schemas.windows import Window
from streams.simulate.reader import EventFile
from streams.store.errors import store_errors

BATCH_EVENTS: Final = 5_000
_PART: Final = 4 * 3600
"""Seconds read at once: with many segments a day of minutes would not fit into memory."""

_COLUMNS: Final = (
    "start",
    "segment",
    "segment_key",
    "signal",
    "kind",
    "events",
    "count",
    "positive",
    "sum",
    "sum_squares",
    "minimum",
    "maximum",
    "integral",
    "zero_count",
    "positive_buckets",
    "negative_buckets",
    "categories",
    "other_categories",
    "registers",
    "vector",
)


def stored_windows(
    client: Client,
    *,
    resolution: int,
    begin: int,
    end: int,
    signals: Sequence[str] | None = None,
) -> Iterator[Window]:
    """Closed windows that lie in ``begin`` to ``end`` (epoch seconds), in order of time.

    Read some hours at a time, and only ``signals`` where they are given. Raises ``StoreError``
    when ClickHouse cannot answer.
    """
    chosen = "" if signals is None else "AND signal IN {signals:Array(String)} "
    query = (
        f"SELECT {', '.join(_COLUMNS)} FROM windows "  # noqa: S608 - constants
        "WHERE resolution_seconds = {resolution:UInt32} AND start >= {begin:DateTime('UTC')} "
        f"AND start < {{end:DateTime('UTC')}} {chosen}ORDER BY start, segment_key"
    )
    for part in range(begin, end, _PART):
        parameters: dict[str, Any] = {
            "resolution": resolution,
            "begin": datetime.fromtimestamp(part, UTC),
            "end": datetime.fromtimestamp(min(part + _PART, end), UTC),
        }
        if signals is not None:
            parameters["signals"] = list(signals)
        with store_errors("reading windows", client.uri):
            rows = client.query(query, parameters=parameters).result_rows
        yield from _grouped(rows, resolution)


def _grouped(rows: Sequence[Sequence[Any]], resolution: int) -> Iterator[Window]:
    found: dict[tuple[int, str], tuple[dict[str, str], int, dict[str, Raw]]] = {}
    for row in rows:
        each = dict(zip(_COLUMNS, row, strict=True))
        start = int(each["start"].replace(tzinfo=UTC).timestamp())
        _, _, signals = found.setdefault(
            (start, each["segment_key"]), (dict(each["segment"]), each["events"], {})
        )
        summary = _summary(each)
        if summary is not None:
            signals[each["signal"]] = Raw(encode_summary(summary))
    for (start, _), (segment, events, signals) in found.items():
        yield Window(
            resolution_seconds=resolution,
            start=start,
            segment=segment,
            version=0,
            events=events,
            signals=signals,
        )


def _summary(row: Mapping[str, Any]) -> Summary | None:
    match row["kind"]:
        case "flag":
            return FlagCounts(row["count"], row["positive"])
        case "distribution":
            return Distribution(
                count=row["count"],
                sum=row["sum"],
                sum_squares=row["sum_squares"],
                minimum=inf if row["minimum"] is None else row["minimum"],
                maximum=-inf if row["maximum"] is None else row["maximum"],
                integral=bool(row["integral"]),
                zeros=row["zero_count"],
                positive=dict(row["positive_buckets"]),
                negative=dict(row["negative_buckets"]),
            )
        case "category":
            return CategoryCounts(dict(row["categories"]), row["other_categories"])
        case "cardinality":
            return Cardinality(dict(row["registers"]))
        case "vector":
            total = np.array(row["vector"], np.float64)
            return VectorSum.of(row["count"], total, row["sum_squares"])
    return None


def windows_of_events(
    events: EventFile, scoring: Scoring, *, pane_seconds: int
) -> Iterator[Window]:
    """The windows that the events of a file make, all resolutions, as they close."""
    watcher = Watcher(MonitorSet(), WatchSettings(offline=True))
    newest = 0.0
    for batch in events.batches(BATCH_EVENTS):
        newest = batch[-1].time.timestamp()
        panes = scoring.panes(scoring.score(batch))
        yield from apply_panes(watcher, panes, newest, pane_seconds=pane_seconds).windows
    yield from watcher.finish().windows
