"""Results as tables: Parquet or JSON lines."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pyarrow.parquet as pq

from detectors.summaries import (
    Cardinality,
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    decode_summary,
)
from schemas.alerts import Alert
from schemas.segments import segment_key
from schemas.windows import Window


class TableFormat(StrEnum):
    """How results are written."""

    PARQUET = "parquet"
    JSONL = "jsonl"


class TableWriter:
    """Appends frames of one schema to ``<folder>/<name>.<format>``; replaces what was there."""

    def __init__(self, folder: Path, name: str, table_format: TableFormat) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name}.{table_format}"
        self._parquet: pq.ParquetWriter | None = None
        self._lines = self.path.open("wb") if table_format is TableFormat.JSONL else None

    def write(self, frame: pl.DataFrame) -> None:
        """Append rows."""
        if self._lines is not None:
            frame.write_ndjson(self._lines)
            return
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._parquet is None:
            self._parquet = pq.ParquetWriter(self.path, table.schema, compression="zstd")
        self._parquet.write_table(table)

    def close(self) -> None:
        """Finish the file."""
        if self._lines is not None:
            self._lines.close()
        if self._parquet is not None:
            self._parquet.close()


def window_rows(windows: Iterable[Window]) -> pl.DataFrame:
    """A row a window and signal: what ClickHouse's view ``windows`` shows, by the same names."""
    rows: list[dict[str, Any]] = []
    for window in windows:
        for name, raw in window.signals.items():
            rows.append(
                {
                    "resolution_seconds": window.resolution_seconds,
                    "start": datetime.fromtimestamp(window.start, UTC),
                    "segmentation": ",".join(sorted(window.segment)),
                    "segment": segment_key(window.segment),
                    "events": window.events,
                    "signal": name,
                    **_statistics(decode_summary(raw)),
                }
            )
    return pl.DataFrame(rows, schema=_WINDOW_SCHEMA)


def alert_rows(alerts: Sequence[Alert]) -> pl.DataFrame:
    """A row a transition; nested parts as JSON."""
    rows = [
        {
            "transition_id": alert.transition_id,
            **{name: _cell(getattr(alert, name)) for name in Alert.__struct_fields__},
        }
        for alert in alerts
    ]
    return pl.DataFrame(rows, schema=_ALERT_SCHEMA)


def _cell(value: Any) -> Any:
    plain = isinstance(value, str | int | float | datetime | None)
    return value if plain else msgspec.json.encode(value).decode()


def _statistics(summary: Summary) -> dict[str, Any]:
    match summary:
        case FlagCounts():
            return {
                "kind": "flag",
                "count": summary.count,
                "positive": summary.positive,
                "rate": summary.rate if summary.count else None,
            }
        case Distribution():
            quantiles = {f"p{int(100 * q)}": summary.quantile(q) for q in _QUANTILES}
            return {
                "kind": "distribution",
                "count": summary.count,
                "sum": summary.sum,
                "mean": summary.mean,
                "minimum": summary.minimum,
                "maximum": summary.maximum,
                **quantiles,
            }
        case CategoryCounts():
            return {
                "kind": "category",
                "count": summary.count,
                "categories": [
                    {"category": category, "events": events}
                    for category, events in sorted(summary.counts.items())
                ],
                "other_categories": summary.other,
            }
        case Cardinality():
            return {"kind": "cardinality", "distinct_values": summary.estimate()}
        case VectorSum():
            return {"kind": "vector", "count": summary.count}


_QUANTILES = (0.5, 0.9, 0.95, 0.99)
_WINDOW_SCHEMA: dict[str, Any] = {
    "resolution_seconds": pl.Int64,
    "start": pl.Datetime("us", "UTC"),
    "segmentation": pl.String,
    "segment": pl.String,
    "events": pl.Int64,
    "signal": pl.String,
    "kind": pl.String,
    "count": pl.Int64,
    "positive": pl.Int64,
    "rate": pl.Float64,
    "sum": pl.Float64,
    "mean": pl.Float64,
    "minimum": pl.Float64,
    "maximum": pl.Float64,
    "p50": pl.Float64,
    "p90": pl.Float64,
    "p95": pl.Float64,
    "p99": pl.Float64,
    "categories": pl.List(pl.Struct({"category": pl.String, "events": pl.Int64})),
    "other_categories": pl.Int64,
    "distinct_values": pl.Float64,
}
_TIMES = frozenset({"started_at", "changed_at", "fired_at", "resolved_at"})
_NUMBERS = frozenset({"value", "value_low", "value_high", "expected"})
_COUNTS = frozenset({"window_seconds", "events", "bad_events", "users", "schema_version"})
_ALERT_SCHEMA: dict[str, Any] = {
    "transition_id": pl.String,
    **{
        name: pl.Datetime("us", "UTC")
        if name in _TIMES
        else pl.Float64
        if name in _NUMBERS
        else pl.Int64
        if name in _COUNTS
        else pl.String
        for name in Alert.__struct_fields__
    },
}
