"""A file of events through everything, without servers."""

import io
import json
import random
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from detectors.discovery import discover_detectors
from schemas.monitors.conditions import Comparison
from schemas.monitors.resolved import (
    BurnRateMonitor,
    BurnRateTier,
    Indicator,
    MonitorSet,
    ThresholdMonitor,
)
from streams.score.service import build_scoring
from streams.settings import ScoreSettings
from streams.simulate import run
from streams.simulate.reader import EventFile
from streams.simulate.tables import TableFormat
from tests.events import START, encoded, make_event

NAMES = ("signals", "windows", "alerts")
MONITORS = MonitorSet(
    monitors=(
        BurnRateMonitor(
            name="available",
            segmentation=("service_name",),
            indicator=Indicator(name="available", good=Comparison("availability", "=", True)),
            target=0.95,
            window_seconds=30 * 86400,
            tiers=(BurnRateTier(factor=1, long_seconds=120, short_seconds=30, severity="ticket"),),
        ),
        ThresholdMonitor(
            name="busy",
            segmentation=(),
            signal="",
            statistic="count",
            window_seconds=60,
            upper=10,
            severity="info",
        ),
    )
)
LINES = [encoded(number) for number in range(200)]


def simulate(
    path: Path | str, out: Path, table_format: TableFormat = TableFormat.JSONL
) -> run.Summary:
    file = EventFile(str(path))
    try:
        return run.simulate(
            file,
            build_scoring(ScoreSettings(segmentations=((), ("service_name",))), MONITORS),
            MONITORS,
            pane_seconds=1,
            out=out,
            table_format=table_format,
        )
    finally:
        file.close()


def write(path: Path, lines: Sequence[bytes]) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def contents(out: Path) -> dict[str, bytes]:
    return {name: (out / f"{name}.jsonl").read_bytes() for name in NAMES}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("expected")
    summary = simulate(write(folder / "events.jsonl", LINES), folder)
    return SimpleNamespace(summary=summary, files=contents(folder), folder=folder)


def test_every_event_is_scored_and_is_in_a_window_of_every_length(expected: Any) -> None:
    signals = pl.read_ndjson(io.BytesIO(expected.files["signals"]))
    assert set(signals["event_id"]) == {f"event-{number}" for number in range(200)}
    assert expected.summary.events == 200
    windows = pl.read_ndjson(io.BytesIO(expected.files["windows"]), infer_schema_length=None)
    whole = windows.filter((pl.col("segment") == "{}") & (pl.col("signal") == "availability"))
    sums = whole.group_by("resolution_seconds").agg(pl.col("events").sum())
    assert dict(sums.iter_rows()) == {10: 200, 60: 200, 3600: 200, 86400: 200}
    assert (
        expected.summary.windows
        == windows.unique(["resolution_seconds", "start", "segment"]).height
    )


def test_users_are_estimated(expected: Any) -> None:
    windows = pl.read_ndjson(io.BytesIO(expected.files["windows"]), infer_schema_length=None)
    day = windows.filter(
        (pl.col("resolution_seconds") == 86400)
        & (pl.col("segment") == "{}")
        & (pl.col("signal") == "users")
    )
    assert day["distinct_values"].item() == pytest.approx(50, abs=6)


def test_alerts_fire_and_the_last_pane_is_evaluated(expected: Any) -> None:
    alerts = [json.loads(line) for line in expected.files["alerts"].splitlines()]
    assert {alert["monitor"] for alert in alerts} == {"available", "busy"}
    assert {"firing", "resolved"} <= {alert["state"] for alert in alerts}


def test_a_condition_that_holds_only_with_the_last_event_is_told(tmp_path: Path) -> None:
    lines = [encoded(n, time=START + timedelta(seconds=n / 10)) for n in range(11)]
    summary = simulate(write(tmp_path / "events.jsonl", lines), tmp_path / "out")
    assert "busy" in [alert.monitor for alert in summary.alerts]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_lines_changes_nothing_byte_for_byte(
    tmp_path: Path, expected: Any, seed: int
) -> None:
    lines = [*LINES, *LINES[: 50 * seed]]
    random.Random(seed).shuffle(lines)
    summary = simulate(write(tmp_path / "events.jsonl", lines), tmp_path / "out")
    assert contents(tmp_path / "out") == expected.files
    assert summary.duplicates == 50 * seed


@pytest.mark.parametrize("size", [1, 97])
def test_the_size_of_batches_changes_nothing_but_the_last_digits_of_sums(
    tmp_path: Path, expected: Any, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(run, "BATCH_EVENTS", size)
    simulate(write(tmp_path / "events.jsonl", LINES), tmp_path / "out")
    found = contents(tmp_path / "out")
    assert found["signals"] == expected.files["signals"]
    assert rounded(found["alerts"]) == rounded(expected.files["alerts"])
    assert rounded(found["windows"]) == rounded(expected.files["windows"])


def rounded(lines: bytes) -> list[str]:
    """Rows in a fixed order, numbers to ten digits."""
    rows = [
        {k: float(f"{v:.9e}") if isinstance(v, float) else v for k, v in json.loads(line).items()}
        for line in lines.splitlines()
    ]
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_parquet_and_json_lines_agree_as_input(tmp_path: Path, expected: Any) -> None:
    # No labels: a Parquet column of structs would give every row every label.
    lines = [encoded(number, labels={}, prompt=f"question {number}") for number in range(100)]
    frame = pl.read_ndjson(io.BytesIO(b"\n".join(lines)), infer_schema_length=None)
    frame.drop("labels").write_parquet(tmp_path / "events.parquet")
    simulate(tmp_path / "events.parquet", tmp_path / "of-parquet")
    simulate(write(tmp_path / "events.jsonl", lines), tmp_path / "of-lines")
    assert contents(tmp_path / "of-parquet") == contents(tmp_path / "of-lines")


def test_parquet_times_may_be_timestamps_and_labels_structs(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "event_id": ["a", "b"],
            "time": [START.replace(tzinfo=None)] * 2,
            "service_name": ["shop", "shop"],
            "labels": [{"tenant": "x"}, {"tenant": None}],
        },
    ).with_columns(pl.col("time").dt.replace_time_zone("UTC"))
    naive = frame.with_columns(pl.col("time").dt.replace_time_zone(None))
    for each in (frame, naive):
        each.write_parquet(tmp_path / "events.parquet")
        file = EventFile(str(tmp_path / "events.parquet"))
        (events,) = file.batches(10)
        assert file.refusals == []
        assert [(e.time, e.labels) for e in events] == [(START, {"tenant": "x"}), (START, {})]


def test_parquet_and_json_lines_agree_as_output(tmp_path: Path, expected: Any) -> None:
    simulate(expected.folder / "events.jsonl", tmp_path, TableFormat.PARQUET)
    for name in NAMES:
        table = pl.read_parquet(tmp_path / f"{name}.parquet")
        buffer = io.BytesIO()
        table.write_ndjson(buffer)
        assert buffer.getvalue() == expected.files[name], name


@pytest.mark.parametrize("table_format", TableFormat)
@pytest.mark.parametrize("text", [b"", b"\n\n"])
def test_an_empty_file_gives_empty_tables(
    tmp_path: Path, table_format: TableFormat, text: bytes
) -> None:
    (tmp_path / "events.jsonl").write_bytes(text)
    summary = simulate(tmp_path / "events.jsonl", tmp_path / "out", table_format)
    assert (summary.events, summary.windows, summary.alerts) == (0, 0, [])
    assert {path.name for path in summary.files} == {f"{name}.{table_format}" for name in NAMES}
    for path in summary.files:
        if table_format is TableFormat.PARQUET:
            assert pl.read_parquet(path).height == 0
        else:
            assert path.read_bytes() == b""


def test_bad_rows_are_named_and_the_rest_is_taken(tmp_path: Path) -> None:
    bad = [
        b"{not json",
        b'{"event_id": "x", "time": "yesterday", "service_name": "shop"}',
        b'{"event_id": "x", "schema_version": 9}',
        b"\xff\xfe",
    ]
    path = write(tmp_path / "events.jsonl", [LINES[0], bad[0], b"", bad[1], LINES[1], *bad[2:]])
    summary = simulate(path, tmp_path / "out")
    assert summary.events == 2
    assert [(r.row, r.reason) for r in summary.refusals] == [
        (2, "not_json"),
        (4, "invalid"),
        (6, "unknown_schema_version"),
        (7, "not_json"),
    ]
    assert "$.time" in summary.refusals[1].detail


def test_standard_input(tmp_path: Path, expected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"".join(line + b"\n" for line in LINES)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))
    simulate("-", tmp_path)
    assert contents(tmp_path) == expected.files


def test_a_last_line_without_an_end_counts(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(LINES[0] + b"\r\n" + LINES[1])
    assert simulate(tmp_path / "events.jsonl", tmp_path / "out").events == 2


def test_a_file_that_is_no_parquet_says_so(tmp_path: Path) -> None:
    (tmp_path / "events.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(ValueError, match=r"events\.parquet: no Parquet file"):
        EventFile(str(tmp_path / "events.parquet"))
    with pytest.raises(FileNotFoundError):
        EventFile(str(tmp_path / "absent.jsonl"))
    with pytest.raises(FileNotFoundError):
        EventFile(str(tmp_path / "absent.parquet"))


def test_all_signals_have_a_column(expected: Any) -> None:
    first = json.loads(expected.files["signals"].splitlines()[0])
    signals = [signal for each in discover_detectors() for signal in each.signals]
    declared = {signal.name for signal in signals if signal.stored}
    assert declared | {"sli.available", "event_id", "time", "service_name"} == set(first)


def test_events_come_in_the_order_of_time_then_id(tmp_path: Path) -> None:
    same = [make_event(n, time=START) for n in range(20)]
    lines = [encoded(n, time=START) for n in random.Random(1).sample(range(20), 20)]
    (batch,) = EventFile(str(write(tmp_path / "e.jsonl", lines))).batches(100)
    assert batch == sorted(same, key=lambda e: e.event_id)
