"""Feedback of a file: joined to its events, each once, in the order of time."""

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from streams.cli.main import app
from tests.events import START, encoded

EVENTS = [
    encoded(n, time=START + timedelta(seconds=n), service_name=("shop", "search")[n % 2])
    for n in range(240)
]
MONITOR = """
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata: {name: disliked}
spec:
  signal: feedback.positive
  statistic: rate
  window: 60s
  by: [service_name]
  lower: 50%
  minimumEvents: 10
  severity: ticket
"""


def thumb(number: int, *, liked: bool, after: float = 5.0) -> bytes:
    at = START + timedelta(seconds=number + after)
    said: dict[str, Any] = {
        "feedback_id": f"thumb-{number}",
        "event_id": f"event-{number}",
        "time": at.isoformat(),
        "kind": "thumb",
        "value": float(liked),
    }
    return json.dumps(said).encode()


THUMBS = [thumb(n, liked=n % 2 == 0 or n < 120, after=400.0 * (n % 9 == 0)) for n in range(240)]


def simulate(folder: Path, thumbs: list[bytes]) -> tuple[dict[str, Any], dict[str, bytes]]:
    (folder / "monitors").mkdir(parents=True)
    (folder / "monitors" / "disliked.yaml").write_text(MONITOR)
    (folder / "events.jsonl").write_bytes(b"\n".join(EVENTS))
    (folder / "feedback.jsonl").write_bytes(b"\n".join(thumbs))
    options = {"--feedback": "feedback.jsonl", "--monitors": "monitors", "--out": "out"}
    paths = [part for name, file in options.items() for part in (name, str(folder / file))]
    result = CliRunner().invoke(
        app, ["simulate", str(folder / "events.jsonl"), *paths, "--format", "jsonl", "--json"]
    )
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), {p.name: p.read_bytes() for p in (folder / "out").iterdir()}


def test_what_is_said_counts_once_and_is_watched_in_the_segment_of_its_event(
    tmp_path: Path,
) -> None:
    report, files = simulate(tmp_path / "one", THUMBS)
    assert (report["feedback"], report["feedback_without_event"]) == (240, 0)
    windows = pl.read_ndjson(files["windows.jsonl"], infer_schema_length=None).filter(
        (pl.col("signal") == "feedback.positive") & (pl.col("resolution_seconds") == 3600)
    )
    found = {
        row["segment"]: (row["count"], row["positive"])
        for row in windows.group_by("segment").agg(pl.sum("count", "positive")).to_dicts()
    }
    assert found['{"service_name":"shop"}'] == (120, 120)
    assert found['{"service_name":"search"}'] == (120, 60)
    alerts = [json.loads(line) for line in files["alerts.jsonl"].splitlines()]
    assert {(a["monitor"], json.loads(a["segment"])["service_name"]) for a in alerts} == {
        ("disliked", "search")
    }


def test_order_and_copies_change_nothing(tmp_path: Path) -> None:
    _, files = simulate(tmp_path / "one", THUMBS)
    mixed = [*THUMBS, *THUMBS[:40]]
    random.Random(4).shuffle(mixed)
    report, again = simulate(tmp_path / "other", mixed)
    assert report["feedback_duplicates"] == 40
    assert again == files


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{no json", "not_json"),
        (b'{"feedback_id": "f", "event_id": "event-1"}', "invalid"),
        (thumb(1, liked=True).replace(b'"kind"', b'"schema_version": 9, "kind"'), "unsupported"),
    ],
)
def test_rubbish_is_listed_with_its_line_and_reason(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    report, files = simulate(tmp_path / "one", [THUMBS[0], line])
    assert (report["feedback"], report["feedback_refused"]) == (1, 1)
    (refused,) = map(json.loads, files["refused_feedback.jsonl"].splitlines())
    assert refused["row"] == 2
    assert refused["reason"].startswith(reason)


def test_feedback_on_no_event_is_counted_and_left_out(tmp_path: Path) -> None:
    report, _ = simulate(tmp_path / "one", [thumb(5000, liked=True), THUMBS[3]])
    assert (report["feedback"], report["feedback_without_event"]) == (1, 1)
