"""Input that would unfold to more than memory holds is refused, or passed over with a reason."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams.simulate import reader
from streams.simulate.reader import EventFile
from tests.events import encoded


def test_a_parquet_file_that_unfolds_a_thousand_times_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    pq.write_table(pa.table({"event_id": ["x" * 10_000_000] * 10}), path, compression="zstd")
    assert path.stat().st_size < 10_000
    with pytest.raises(ValueError, match="unfolds to more than 1000 times its size"):
        EventFile(str(path))


def test_a_row_group_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.parquet"
    monkeypatch.setattr(reader, "MOST_GROUP_BYTES", 1_000)
    pq.write_table(pa.table({"n": list(range(1_000))}), path)
    with pytest.raises(ValueError, match="write it anew with smaller row groups"):
        EventFile(str(path))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"\xff" * 64])
def test_what_is_no_parquet_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "events.parquet"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="no Parquet file"):
        EventFile(str(path))


def test_a_line_that_is_too_long_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MOST_LINE_BYTES", 20_000)
    path = tmp_path / "events.jsonl"
    lines = [encoded(1), b'{"prompt": "' + b"x" * 30_000, encoded(2)]
    path.write_bytes(b"\n".join(lines))
    file = EventFile(str(path))
    assert [(refusal.row, refusal.reason) for refusal in file.refusals] == [(2, "too_large")]
    assert len(file) == 2


@pytest.mark.parametrize(
    "line", [b"[" * 100_000, b'{"labels":' * 50_000, b'{"event_id": "\xff"}', b"\x00" * 100]
)
def test_a_line_that_is_no_event_is_passed_over(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(line + b"\n" + encoded(1))
    file = EventFile(str(path))
    assert len(file.refusals) == len(file) == 1
