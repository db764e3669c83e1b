"""Where counts of objectives come from: ClickHouse's windows, or the files of ``simulate``."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import polars as pl
from clickhouse_connect.driver.client import Client

from schemas.segments import Segmentation
from streams.store.errors import store_errors

Rows = Mapping[str, Sequence[tuple[int, int, int, int]]]
"""By segment key: begin, end (epoch seconds), known and true of a flag in each window."""

_MINUTE: Final = 60


class FlagSource(Protocol):
    """Closed windows of flags."""

    def newest(self) -> int | None:
        """The end of the newest closed minute, in seconds since the epoch; ``None`` of nothing."""
        ...

    def flags(
        self, signal: str, segmentation: Segmentation, resolution: int, begin: int, end: int
    ) -> Rows:
        """The windows of this length that begin in ``[begin, end)``."""
        ...


class ClickHouseFlags:
    """Windows of flags in ClickHouse."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def newest(self) -> int | None:
        """The end of the newest closed minute."""
        with store_errors("reading the newest window", self._client.uri):
            found = self._client.query(
                "SELECT toUnixTimestamp(max(start)) FROM raw_windows WHERE resolution_seconds = 60"
            ).result_rows[0][0]
        return int(found) + _MINUTE if found else None

    def flags(
        self, signal: str, segmentation: Segmentation, resolution: int, begin: int, end: int
    ) -> Rows:
        """The windows of this length that begin in ``[begin, end)``."""
        with store_errors(f"reading windows of {signal}", self._client.uri):
            rows = self._client.query(
                """
                SELECT segment_key, toUnixTimestamp(start), count, positive FROM windows
                WHERE resolution_seconds = {resolution:UInt32} AND signal = {signal:String}
                    AND segmentation = {segmentation:String} AND kind = 'flag'
                    AND start >= toDateTime({begin:Int64}) AND start < toDateTime({end:Int64})
                ORDER BY segment_key, start
                """,
                parameters={
                    "resolution": resolution,
                    "signal": signal,
                    "segmentation": ",".join(segmentation),
                    "begin": begin,
                    "end": end,
                },
            ).result_rows
        return _by_segment(rows, resolution)


class FolderFlags:
    """Windows of flags in the results of ``tidewatch simulate``.

    Raises
    ------
    FileNotFoundError
        The folder has no windows.
    """

    def __init__(self, folder: Path) -> None:
        parquet, lines = folder / "windows.parquet", folder / "windows.jsonl"
        if parquet.is_file():
            frame = pl.read_parquet(parquet)
        elif lines.is_file():
            frame = pl.read_ndjson(lines).with_columns(
                pl.col("start").str.to_datetime(time_zone="UTC")
            )
        else:
            raise FileNotFoundError(
                f"{folder} holds no windows: write them with `tidewatch simulate --out {folder}`"
            )
        self._frame = frame.filter(pl.col("kind") == "flag").with_columns(
            begin=pl.col("start").dt.epoch("s")
        )

    def newest(self) -> int | None:
        """The end of the newest closed minute."""
        minutes = self._frame.filter(pl.col("resolution_seconds") == _MINUTE)["begin"]
        newest = minutes.max()
        return int(newest) + _MINUTE if isinstance(newest, int) else None

    def flags(
        self, signal: str, segmentation: Segmentation, resolution: int, begin: int, end: int
    ) -> Rows:
        """The windows of this length that begin in ``[begin, end)``."""
        chosen = self._frame.filter(
            (pl.col("resolution_seconds") == resolution)
            & (pl.col("signal") == signal)
            & (pl.col("segmentation") == ",".join(segmentation))
            & (pl.col("begin") >= begin)
            & (pl.col("begin") < end)
        ).sort("segment", "begin")
        return _by_segment(
            chosen.select("segment", "begin", "count", "positive").rows(), resolution
        )


def _by_segment(rows: Sequence[Sequence[object]], resolution: int) -> Rows:
    found: dict[str, list[tuple[int, int, int, int]]] = {}
    for key, begin, count, positive in rows:
        start = int(str(begin))
        found.setdefault(str(key), []).append(
            (start, start + resolution, int(str(count)), int(str(positive)))
        )
    return found


def instant(seconds: int) -> datetime:
    """The moment, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
