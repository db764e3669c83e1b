"""Events of a file in the order of their time, whatever their order in the file."""

import mmap
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.events import InferenceEvent
from schemas.wire import native
from schemas.wire.errors import WireError

MOST_LINE_BYTES = 32 * 1024**2
MOST_GROUP_BYTES = 4 * 1024**3
MOST_RATIO = 1_000
"""How much larger than the file what it unfolds to may be."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is no event. ``row`` counts from 1."""

    row: int
    reason: str
    detail: str


class EventFile:
    """A file of events: JSON lines or Parquet, ``-`` for JSON lines from standard input.

    The file is read twice, first for times and refusals, then for the events in order of time
    (and event id), a batch at a time. So memory holds a few dozen bytes a row and one batch.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        A Parquet file that is none.
    """

    def __init__(self, path: str) -> None:
        self._spooled: IO[bytes] | None = None
        if path == "-":
            self._spooled = tempfile.NamedTemporaryFile(suffix=".jsonl")  # noqa: SIM115
            shutil.copyfileobj(sys.stdin.buffer, self._spooled)
            self._spooled.flush()
            path = self._spooled.name
        self._rows = _ParquetRows(path) if path.endswith(".parquet") else LineRows(path)
        self.refusals: list[Refusal] = []
        order: list[tuple[datetime, str, int]] = []
        for row, event in enumerate(self._decoded()):
            if isinstance(event, WireError):
                self.refusals.append(Refusal(row + 1, event.reason, str(event)))
            elif event is not None:
                order.append((event.time, event.event_id, row))
        order.sort()
        self._order: list[int] = []
        seen: set[str] = set()
        for _, event_id, row in order:
            if event_id not in seen:
                seen.add(event_id)
                self._order.append(row)
        self.duplicates = len(order) - len(self._order)

    def __len__(self) -> int:
        return len(self._order)

    def batches(self, size: int) -> Iterator[list[InferenceEvent]]:
        """The events, ``size`` at a time."""
        for start in range(0, len(self._order), size):
            rows = self._order[start : start + size]
            yield [native.decode_event(data) for data in self._rows.get(rows)]

    def close(self) -> None:
        """Let go of the file."""
        self._rows.close()
        if self._spooled is not None:
            self._spooled.close()

    def _decoded(self) -> Iterator[InferenceEvent | WireError | None]:
        for data in self._rows:
            if not data.strip():
                yield None
                continue
            if len(data) > MOST_LINE_BYTES:
                yield WireError("too_large", f"more than {MOST_LINE_BYTES} bytes")
                continue
            try:
                yield native.decode_event(data)
            except WireError as error:
                yield error


class LineRows:
    """Lines of a file by number."""

    def __init__(self, path: str) -> None:
        self._file = Path(path).open("rb")  # noqa: SIM115
        size = self._file.seek(0, 2)
        self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        self._starts = [0]

    def __iter__(self) -> Iterator[bytes]:
        position, end = 0, len(self._map)
        while position < end:
            newline = self._map.find(b"\n", position)
            stop = end if newline < 0 else newline
            # Of a line that is no event's, as much as it takes to see that.
            yield self._map[position : min(stop, position + MOST_LINE_BYTES + 1)]
            position = stop + 1
            self._starts.append(position)

    def get(self, rows: list[int]) -> list[bytes]:
        """Lines by their numbers, as far as they were read before."""
        return [self._map[self._starts[row] : self._starts[row + 1]].rstrip(b"\n") for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        if isinstance(self._map, mmap.mmap):
            self._map.close()
        self._file.close()


class _ParquetRows:
    """Rows of a Parquet file, each as the JSON object it stands for; nulls are left out."""

    _CHUNK = 5_000

    def __init__(self, path: str) -> None:
        _check_parquet(Path(path))
        try:
            self._frame = pl.scan_parquet(path)
            self._height = int(self._frame.select(pl.len()).collect().item())
        except pl.exceptions.PolarsError as error:
            raise ValueError(f"{path}: no Parquet file: {error}") from None

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, self._height, self._CHUNK):
            yield from _json_rows(self._frame.slice(start, self._CHUNK).collect())

    def get(self, rows: list[int]) -> list[bytes]:
        return list(_json_rows(self._frame.select(pl.all().gather(rows)).collect()))

    def close(self) -> None:
        """Nothing is held open."""


def _check_parquet(path: Path) -> None:
    """Refuse a file that would unfold to more than memory holds. Raises ``ValueError``."""
    with path.open("rb") as file:
        try:
            metadata = pq.read_metadata(file)
            groups = [metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups)]
        except (pa.ArrowException, OSError) as error:  # type: ignore[attr-defined]
            raise ValueError(f"{path}: no Parquet file: {error}") from None
    if max(groups, default=0) > MOST_GROUP_BYTES:
        raise ValueError(
            f"{path}: a row group unfolds to {max(groups)} bytes, at most {MOST_GROUP_BYTES} are "
            "read: write it anew with smaller row groups"
        )
    if sum(groups) > MOST_RATIO * path.stat().st_size:
        raise ValueError(f"{path}: unfolds to more than {MOST_RATIO} times its size: not read")


def _json_rows(frame: pl.DataFrame) -> Iterator[bytes]:
    for row in frame.iter_rows(named=True):
        yield msgspec.json.encode(_without_nulls(row))


def _without_nulls(value: Any) -> Any:
    match value:
        case dict():
            return {k: _without_nulls(v) for k, v in value.items() if v is not None}
        case list():
            return [_without_nulls(v) for v in value]
        case datetime() if value.tzinfo is None:
            return value.isoformat() + "Z"
        case _:
            return value
