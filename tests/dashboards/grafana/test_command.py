"""``tidewatch dashboards``."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dashboards.grafana.render import render_all
from streams.cli.dashboards import app
from tests.dashboards.grafana.fake_grafana import TOKEN, FakeGrafana


@pytest.fixture(autouse=True)
def _away_from_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, token: str = TOKEN) -> Result:
    return CliRunner().invoke(
        app, ["dashboards", *arguments], env={"TIDEWATCH_GRAFANA_TOKEN": token}
    )


def test_push_diff_and_push_again(grafana: FakeGrafana) -> None:
    before = run("diff", "--grafana", grafana.url)
    assert before.exit_code == 1
    assert "tidewatch-overview: new" in before.output
    pushed = run("push", "--grafana", grafana.url)
    assert pushed.exit_code == 0, pushed.output
    assert "folder: made; data source: made" in pushed.output
    assert run("diff", "--grafana", grafana.url).exit_code == 0
    again = run("push", "--grafana", grafana.url, "--json")
    assert json.loads(again.stdout)["pushed"] == []


def test_a_hand_edited_dashboard_is_told_and_kept(grafana: FakeGrafana) -> None:
    run("push", "--grafana", grafana.url)
    grafana.save_by_hand("tidewatch-overview", title="Mine [red]")
    kept = run("push", "--grafana", grafana.url)
    assert kept.exit_code == 1
    assert "kept, for it is edited: tidewatch-overview" in kept.output
    assert '- "title": "Mine [red]"' in kept.output
    diff = run("diff", "--grafana", grafana.url, "--json")
    (edited,) = (each for each in json.loads(diff.stdout) if each["state"] != "same")
    assert (edited["uid"], edited["state"]) == ("tidewatch-overview", "edited")
    assert run("push", "--grafana", grafana.url, "--force").exit_code == 0


def test_refusals_are_told_in_a_line(grafana: FakeGrafana) -> None:
    grafana.rights = ()
    refused = run("push", "--grafana", grafana.url)
    assert refused.exit_code == 3
    assert "role Editor" in refused.output
    without = run("push", "--grafana", grafana.url, token="")
    assert without.exit_code == 3
    assert "Service accounts" in without.output
    away = run("diff", "--grafana", "http://127.0.0.1:9")
    assert away.exit_code == 4
    assert "does not answer" in away.output


def test_export_writes_what_push_pushes(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    assert run("export", str(folder)).exit_code == 0
    written = {path.stem: json.loads(path.read_text()) for path in folder.iterdir()}
    assert written == render_all()
