"""``tidewatch settings`` and the page made by it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.main import app
from streams.cli.settings_reference import settings_markdown
from streams.setting_entries import entries
from streams.settings import Settings

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def shown(*arguments: str) -> dict[str, object]:
    done = CliRunner().invoke(app, ["settings", "--json", *arguments])
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.output)
    return found


def test_the_page_is_current() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()

    assert page == settings_markdown(), "run `tidewatch settings --markdown > docs/settings.md`"


def test_every_setting_says_what_it_is() -> None:
    assert [e.path for e in entries(Settings.model_construct()) if not e.description] == []


def test_shows_what_is_in_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEWATCH_SCORE__STORE_TEXTS", "false")
    Path("tidewatch.toml").write_text('[kafka]\ntopic_prefix = "x."\n')

    assert shown()["score.store_texts"] is False
    assert shown("--changed") == {"score.store_texts": False, "kafka.topic_prefix": "x."}


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEWATCH_CLICKHOUSE__PASSWORD", "hunter2")

    assert shown("--changed") == {"clickhouse.password": "**********"}
    assert "hunter2" not in CliRunner().invoke(app, ["settings"]).output
