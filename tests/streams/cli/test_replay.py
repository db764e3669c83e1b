"""``tidewatch replay`` into files. ``test_up.py`` replays onto Kafka."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.main import app


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_files_with_a_fault_and_its_truth() -> None:
    done = CliRunner().invoke(
        app,
        [
            *("replay", "--out", "files", "--events", "500", "--rate", "50", "--json"),
            *("--fault", "error_burst@2s+4s:strength=1", "--truth", "truth.jsonl"),
            *("--oracle", "oracle.jsonl"),
        ],
    )

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["events"] == 500
    events = [json.loads(line) for line in Path("files/events.jsonl").read_bytes().splitlines()]
    truth = json.loads(Path("truth.jsonl").read_bytes())
    errors = sum(event.get("status") == "error" for event in events)
    assert len(events) == 500
    assert errors >= truth["affected_events"] > 50
    assert len(Path("oracle.jsonl").read_bytes().splitlines()) == 500


def test_what_is_written_can_be_simulated() -> None:
    CliRunner().invoke(app, ["replay", "--out", "files", "--events", "200", "--rate", "50"])

    done = CliRunner().invoke(app, ["simulate", "files/events.jsonl", "--out", "results", "--json"])

    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["events"], report["refused"]) == (200, 0)
    assert report["windows"] > 0
