"""Secrets are planted wherever one is taken; no command says any of them, whatever goes wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from pydantic import SecretStr
from typer.testing import CliRunner

from streams.cli.main import app
from streams.setting_entries import entries
from streams.settings import Settings, load_settings

MARK = "pl4nted"
VARIABLES = {
    "TIDEWATCH_KAFKA__SASL_PASSWORD": f"{MARK}-kafka",
    "TIDEWATCH_CLICKHOUSE__PASSWORD": f"{MARK}-clickhouse",
    "TIDEWATCH_PAGE__TOKEN": f"{MARK}-page",
    "TIDEWATCH_JUDGE__ENDPOINT_KEY": f"{MARK}-judge",
    "HOOK": f"https://{MARK}-user:{MARK}-word@127.0.0.1:9/{MARK}-path?key={MARK}-query",
}
NOWHERE = {
    "TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:9",
    "TIDEWATCH_KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "TIDEWATCH_KAFKA__SASL_USERNAME": "somebody",
    "TIDEWATCH_CLICKHOUSE__URL": "http://127.0.0.1:9",
}
MONITORS = """
apiVersion: tidewatch/v1
kind: Receiver
metadata: {name: hook}
spec: {type: webhook, url: "${HOOK}", secret: "${HOOK}"}
---
apiVersion: tidewatch/v1
kind: Receiver
metadata: {name: chat}
spec: {type: apprise, url: "${HOOK}"}
"""


@pytest.fixture(autouse=True)
def _planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [*os.environ]:
        if name.startswith("TIDEWATCH"):
            monkeypatch.delenv(name)
    for name, value in (VARIABLES | NOWHERE).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "monitors").mkdir()
    (tmp_path / "monitors" / "monitors.yaml").write_text(MONITORS)


def test_every_secret_setting_is_planted() -> None:
    settings = load_settings()
    secret = {entry.path for entry in entries(settings) if isinstance(entry.default, SecretStr)}
    planted = {
        name.removeprefix("TIDEWATCH_").lower().replace("__", ".")
        for name in VARIABLES
        if name.startswith("TIDEWATCH")
    }
    assert secret == planted
    assert MARK not in repr(settings) + str(settings) + settings.model_dump_json()


def _commands(group: typer.core.TyperGroup, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, command in group.commands.items():
        if isinstance(command, typer.core.TyperGroup):
            found += _commands(command, (*before, name))
        else:
            found.append((*before, name))
    return found


def test_no_command_takes_a_secret_as_an_option_or_shows_one_in_its_help() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    runner = CliRunner()
    for command in _commands(group):
        shown = runner.invoke(app, [*command, "--help"])
        assert shown.exit_code == 0
        assert MARK not in shown.output, command
        for word in ("password", "--token", "--secret", "--key"):
            assert word not in shown.output.lower(), command


@pytest.mark.parametrize(
    "arguments",
    [
        ("settings",),
        ("settings", "--json", "--changed"),
        ("check", "monitors"),
        ("check", "monitors", "--json"),
        ("access", "kafka"),
        ("access", "clickhouse"),
        ("audit", "list"),
        ("slo", "status"),
    ],
    ids=" ".join,
)
def test_no_command_says_one_when_all_is_wrong(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, list(arguments))
    assert MARK not in done.output
    assert MARK not in str(done.exception)


@pytest.mark.parametrize("value", [f"{MARK}-x", f"file:/nowhere/{MARK}"])
def test_a_wrong_setting_beside_a_secret_is_told_without_it(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("TIDEWATCH_KAFKA__SASL_PASSWORD", value)
    monkeypatch.setenv("TIDEWATCH_KAFKA__PARTITIONS", "none")
    done = CliRunner().invoke(app, ["settings"])
    assert done.exit_code == 3
    assert "kafka.partitions" in done.output
    assert f"{MARK}-x" not in done.output


def test_a_command_that_crashes_says_none_in_its_traceback() -> None:
    """An exception that nobody expects, raised below where all secrets are known."""
    code = (
        "import streams.store.setup as setup\n"
        "def broken(settings): raise KeyError('unexpected')\n"
        "setup.connect_by = broken\n"
        "import sys; sys.argv = ['tidewatch', 'audit', 'list']\n"
        "from streams.cli.main import run; run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=240
    )
    assert "KeyError: 'unexpected'" in done.stderr
    assert MARK not in done.stderr + done.stdout


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    path.write_text("from a file\n")
    monkeypatch.setenv("TIDEWATCH_KAFKA__SASL_PASSWORD", f"file:{path}")
    assert load_settings().kafka.sasl_password.get_secret_value() == "from a file"
    assert isinstance(Settings.model_fields["kafka"].default.sasl_password, SecretStr)
    path.write_text("\n")
    with pytest.raises(ValueError, match="is empty"):
        load_settings()
