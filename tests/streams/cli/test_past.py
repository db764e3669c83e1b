"""Commands over the past: references and backtests, from a file of events and from ClickHouse."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from clickhouse_connect.driver.client import Client
from typer.testing import CliRunner

from detectors.summaries import FlagCounts
from streams.cli.main import app
from tests.events import START, encoded
from tests.streams.windows_stored import store, window

MONITOR = """
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata: {name: errors}
spec:
  description: Calls fail.
  signal: error
  statistic: rate
  window: 1m
  service: shop
  upper: 30%
  minimumEvents: 5
  severity: ticket
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "monitors").mkdir()
    (tmp_path / "monitors" / "errors.yaml").write_text(MONITOR)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Ten minutes of events; those of the shop fail between the fourth and the sixth."""
    lines = []
    for number in range(150):
        time_ = START + timedelta(seconds=4 * number)
        bad = 240 <= 4 * number < 360
        lines.append(
            encoded(
                number,
                time=time_,
                service_name="shop",
                status="error" if bad else "ok",
                error_type="timeout" if bad else "",
            )
        )
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def tidewatch(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "200"})


def test_references_and_backtests_of_a_file(events: Path, tmp_path: Path) -> None:
    whole = ("reference", "build", "refs/whole.reference", "--events", events, "--block", "1m")
    done = tidewatch(*whole)
    assert done.exit_code == 0, done.output
    assert "events of events.jsonl" in done.output
    assert "service_name=shop" in done.output

    again = tidewatch(*whole)
    assert again.exit_code == 2
    assert "never replaced silently" in " ".join(again.output.split())

    limit = f"{START + timedelta(minutes=4):%Y-%m-%dT%H:%M:%S}"
    part = tidewatch(
        "reference", "build", "part.reference", "--events", events, "--block", "1m", "--to", limit
    )
    assert part.exit_code == 0, part.output

    broken = tmp_path / "broken.jsonl"
    broken.write_text(events.read_text() + '{"event_id": "x"}\n')
    left = ("reference", "build", "left.reference", "--events", broken, "--block", "1m")
    assert "events of broken.jsonl (1 rows refused)" in tidewatch(*left).output

    shown = tidewatch("reference", "show", "part.reference")
    assert "tidewatch/words-1" in shown.output
    assert "blocks at most: a monitor needs 12 for a verdict" in shown.output

    pair = ("reference", "diff", "part.reference", "refs/whole.reference")
    differ = tidewatch(*pair, "--minimum-events", "10", "--json")
    found = {(each["segment"], each["signal"]): each for each in json.loads(differ.stdout)}
    error = found['{"service_name":"shop"}', "error"]
    assert error["measure"] == "Cohen's h"
    assert error["effect"] > 0.4
    few = tidewatch(*pair, "--minimum-events", "150")
    assert "more of fewer than 150 values in either" in few.output
    same = tidewatch("reference", "diff", "part.reference", "part.reference")
    assert (same.exit_code, same.output) == (0, "no difference\n")

    truth = {"start": f"{START + timedelta(minutes=4):%Y-%m-%dT%H:%M:%SZ}", "fault": "outage"}
    Path("truth.jsonl").write_text(json.dumps(truth) + "\n\n")
    options = ("--events", events, "--incidents", "truth.jsonl")
    run = tidewatch("backtest", "monitors", *options, "--plot", "plots/past.html", "--json")
    assert run.exit_code == 0, run.output
    own, *others = json.loads(run.stdout)["outcomes"]
    assert (own["detected"], own["false_alarms"], len(others)) == (1, 0, 2)
    assert 0 < own["delays"][0] <= 120
    assert "outage" in (tmp_path / "plots" / "past.html").read_text()

    table = tidewatch("backtest", "monitors", *options, "--only", "errors")
    assert "as it is" in table.output
    assert "firing" in table.output
    assert "judged were 10 min: too little to tell of a month" in table.output

    none = tidewatch("backtest", "monitors", "--events", events, "--from", "2199-01-01")
    assert none.exit_code == 3
    assert "events.jsonl: there are no events in that time" in " ".join(none.output.split())
    Path("plot").mkdir()
    lost = tidewatch("backtest", "monitors", *options, "--plot", "plot")
    assert (lost.exit_code, "as it is" in lost.output) == (4, True)


def test_changes_of_a_file_are_looked_back_on(events: Path, tmp_path: Path) -> None:
    change = {
        "change_id": "r8",
        "time": f"{START + timedelta(minutes=3):%Y-%m-%dT%H:%M:%SZ}",
        "kind": "release",
        "segment": {"service_name": "shop"},
        "before": "7",
        "after": "8",
    }
    later = change | {"change_id": "r9", "time": "2099-01-01T00:00:00Z"}
    Path("changes.jsonl").write_text(json.dumps(change) + "\n\n" + json.dumps(later))
    told = ("--changes", "changes.jsonl", "--json")
    done = tidewatch("backtest", "monitors", "--events", events, *told)
    assert done.exit_code == 0, done.output
    first = json.loads(done.stdout)["alerts"][0]
    assert [each["change_id"] for each in first["changes"]] == ["r8"]

    formats = ("--format", "jsonl", "--monitors", "monitors", "--out", "results")
    assert tidewatch("simulate", events, *formats, *told).exit_code == 0
    fired = json.loads(Path("results/alerts.jsonl").read_text().splitlines()[0])
    assert "r8" in json.dumps(fired["changes"])
    assert "r9" not in json.dumps(fired["changes"])

    Path("changes.jsonl").write_text(json.dumps(change) + '\n{"change_id": "x"}')
    done = tidewatch("simulate", events, *formats, *told)
    assert done.exit_code == 3
    assert "changes.jsonl:2: no change: " in done.output


def test_references_and_backtests_of_stored_windows(
    database: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = int(time.time()) // 86400 * 86400 - 86400
    shop = {"service_name": "shop"}
    store(
        database,
        [
            window(start + 60 * n, shop, {"error": FlagCounts(50, 40 if n >= 90 else 1)}, events=50)
            for n in range(100)
        ],
    )
    monkeypatch.setenv("TIDEWATCH_CLICKHOUSE__URL", database.url)
    monkeypatch.setenv("TIDEWATCH_CLICKHOUSE__DATABASE", database.database)
    begin = datetime.fromtimestamp(start, UTC)
    span = (
        "--from",
        f"{begin:%Y-%m-%dT%H:%M:%S}",
        "--to",
        f"{begin + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}",
    )
    built = tidewatch("reference", "build", "r.reference", *span)
    assert built.exit_code == 0, built.output
    assert "stored windows" in built.output
    assert "5,000" in built.output
    run = tidewatch("backtest", "monitors", *span, "--json")
    assert run.exit_code == 0, run.output
    assert [a["state"] for a in json.loads(run.stdout)["alerts"]] == ["firing"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("reference", "build", "r.reference"), "--from and --to say which stretch"),
        (("reference", "show", "monitors/errors.yaml"), "no reference: make one"),
        (("backtest", "monitors", "--only", "erors"), "did you mean 'errors'?"),
        (("backtest", "monitors"), "--from and --to say which stretch"),
        (
            ("reference", "build", "r.reference", "--from", "2026-05-06", "--to", "2026-05-05"),
            "--from 2026-05-06 00:00:00+00:00 is not before --to 2026-05-05 00:00:00+00:00",
        ),
        (("backtest", "monitors", "--incidents", "bad.jsonl"), "bad.jsonl:2: no incident"),
        (("backtest", "monitors", "--incidents", "local.jsonl"), "with a timezone component"),
        (
            ("backtest", "monitors", "--incidents", "back.jsonl"),
            "back.jsonl:1: no incident: its end",
        ),
    ],
)
def test_what_is_wrong_is_told(arguments: tuple[str, ...], told: str) -> None:
    Path("local.jsonl").write_text('{"start": "2026-01-01T00:00:00"}\n')
    Path("back.jsonl").write_text(
        '{"start": "2026-01-01T00:00:00Z", "end": "2025-01-01T00:00:00Z"}\n'
    )
    Path("bad.jsonl").write_text('{"start": "2026-01-01T00:00:00Z"}\n{"begin": 3}\n')
    done = tidewatch(*arguments)
    assert done.exit_code == 3
    assert told in " ".join(done.output.split())
