"""Game days: two faults on little traffic, and what is told of them."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec import structs
from typer.testing import CliRunner

from schemas.wire.native import decode_event
from streams.cli.main import app
from streams.gameday.results import Quiet, Report, Result, summed
from streams.gameday.scenarios import SCENARIOS, chosen
from streams.gameday.traffic import FileTraffic, Slices, made_up
from streams.replay.fault_spec import KINDS
from streams.simulate.reader import EventFile
from tests.events import START, encoded

MONITORS = """
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata: {name: errors}
spec:
  signal: availability
  statistic: rate
  window: 5m
  by: [service_name]
  lower: 80%
  minimumEvents: 10
  severity: page
---
apiVersion: tidewatch/v1
kind: NoDataMonitor
metadata: {name: silence}
spec: {by: [service_name], for: 3m, severity: page}
"""


def tidewatch(*arguments: object) -> dict:
    done = CliRunner().invoke(app, ["gameday", "--json", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_two_faults_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "monitors.yaml").write_text(MONITORS)
    arguments = ("--monitors", tmp_path, "--seeds", 1, "--rate", 0.8, "--lead", "6m")
    more = ("--lasts", "8m", "--fault", "error_burst", "--fault", "traffic_stop")
    report = tidewatch(*arguments, *more)
    burst, stop = report["results"]
    assert (burst["fault"], burst["first"]) == ("error_burst", "errors")
    assert (stop["fault"], stop["first"]) == ("traffic_stop", "silence")
    assert 60 <= burst["delay"] <= 480
    # Three minutes without an event, and perhaps some time before the last one.
    assert 150 <= stop["delay"] <= 300
    assert burst["affected_events"] > 20
    assert report["quiet"] is None
    assert report["undecided"] == []


def test_every_kind_of_fault_is_done_and_unknown_ones_are_told() -> None:
    assert {scenario.kind for scenario in SCENARIOS} == set(KINDS)
    assert len({scenario.name for scenario in SCENARIOS}) == 10
    (one,) = chosen(["cost_jump"], {"service_name": "shop"})
    assert one.scope == {"service_name": "shop"}
    with pytest.raises(ValueError, match=r"no fault 'eror_burst'; did you mean 'error_burst'"):
        chosen(["eror_burst"])
    done = CliRunner().invoke(app, ["gameday", "--events", "x.jsonl"])
    assert done.exit_code == 3
    assert "--service" in done.output


def test_slices_hold_all_events_once_and_in_order() -> None:
    slices = Slices(made_up(2, seed=3), 60)
    found = [slices.take() for _ in range(5)]
    for end, chunk in found:
        times = [row.time for row in chunk.rows]
        assert times == sorted(times)
        assert all(end - 60 <= at < end for at in times)
    ids = [row.event.event_id for _, chunk in found for row in chunk.rows]
    assert len(set(ids)) == len(ids) > 300
    assert [end for end, _ in found] == list(range(found[0][0], found[-1][0] + 1, 60))


def test_a_file_of_events_goes_on_and_on(tmp_path: Path) -> None:
    lines = [encoded(n, time=START + timedelta(seconds=n), service_name="shop") for n in range(120)]
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    file = EventFile(str(path))
    slices = Slices(FileTraffic(file, "shop"), 60)
    rows = [row for _ in range(10) for row in slices.take()[1].rows]
    file.close()
    assert len({row.event.event_id for row in rows}) == len(rows) > 540
    gaps = [later.time - row.time for row, later in pairwise(rows)]
    assert 0.9 < min(gaps) <= max(gaps) < 1.1
    assert decode_event(lines[0]).time == datetime.fromtimestamp(rows[0].time, UTC)


@pytest.mark.parametrize(
    ("count", "options", "told"),
    [
        (9, ("--service", "shpo"), "no events of 'shpo' in the file; did you mean 'shop'?"),
        (1, ("--service", "shop"), "the 1 events span no time (1 rows were refused)"),
        (9, ("--service", "shop", "--monitors", "empty"), "there are no monitors in empty"),
    ],
)
def test_traffic_that_no_fault_can_hit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, options: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    lines = [
        encoded(n, time=START + timedelta(seconds=n), service_name="shop") for n in range(count)
    ]
    Path("events.jsonl").write_bytes(b"\n".join([*lines, b"{}"]))
    done = CliRunner().invoke(app, ["gameday", "--events", "events.jsonl", *options])
    assert done.exit_code == 3
    assert told in " ".join(done.output.split())


def result(**more: object) -> Result:
    usual = {
        "fault": "x",
        "seed": 1,
        "scope": {},
        "affected_events": 9,
        "delay": 120.0,
        "first": "errors",
        "summary": "",
        "part": "request_model=m",
        "part_right": True,
        "change": "release 1 to 2",
        "change_right": False,
        "alerts": 2,
        "false_alarms": 0,
    }
    return Result(**(usual | more))


def test_results_are_summed() -> None:
    nothing = {"part": "", "part_right": None, "change": "", "change_right": None}
    missed = result(delay=None, first="", alerts=1, false_alarms=1, **nothing)
    words = summed([result(), result(delay=240.0, part_right=False), missed])
    assert words[:3] == ("2 of 3", "3.0 min", "errors")
    assert words[3] == "request_model=m (right in 1 of 2)"
    assert words[4:] == ("release 1 to 2 (right in 0 of 2)", "1")
    assert summed([result(part_right=None)])[3] == "request_model=m (in 1)"
    assert summed([missed])[3:5] == ("-", "-")
    assert summed([structs.replace(missed, affected_events=0)])[0] == "hit no event"
    report = Report(results=[result(), missed], quiet=Quiet.of(15, 100, []))
    assert report.precision == pytest.approx(2 / 3)
    assert report.quiet.a_month == 0
    assert Report(results=[], quiet=None).precision is None
