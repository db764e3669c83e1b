"""The command line itself: help, exit codes, errors in a line."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from streams.cli.exits import MEANINGS
from streams.cli.main import app
from streams.cli.options import parse_moment, parse_seconds
from streams.supervisor import ONE_THREAD

GROUPS = {
    "access": ("clickhouse", "kafka"),
    "audit": ("acknowledge", "list"),
    "dashboards": ("push", "diff", "export"),
    "dlq": ("list", "replay"),
    "reference": ("build", "show", "diff"),
    "slo": ("status", "forecast"),
}
COMMANDS = {
    *GROUPS,
    "backtest",
    "check",
    "compare",
    "demo",
    "doctor",
    "gameday",
    "judge",
    "migrate",
    "notify",
    "page",
    "replay",
    "report",
    "score",
    "settings",
    "signals",
    "simulate",
    "sink",
    "up",
    "watch",
}


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("TIDEWATCH"):
            monkeypatch.delenv(name)


def tidewatch(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streams.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def leaves() -> Iterator[tuple[str, ...]]:
    """All commands, those of groups too."""
    for name in sorted(COMMANDS - GROUPS.keys()):
        yield (name,)
    yield from ((group, name) for group, names in GROUPS.items() for name in names)


def test_the_commands() -> None:
    group = typer.main.get_command(app)

    assert set(group.list_commands(click.Context(group))) == COMMANDS  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", leaves(), ids=" ".join)
def test_every_command_teaches_by_an_example(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"})

    assert done.exit_code == 0
    example = rf"Example: ([A-Z_]+=\S+ )?tidewatch {' '.join(command)}"
    assert re.search(example, done.output.replace("`", ""))


def test_help_tells_exit_codes() -> None:
    done = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "1000"})

    told = " ".join(done.output.split())
    for code, meaning in MEANINGS.items():
        assert f"{code} {meaning.replace('`', '')}" in told


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys, streams.cli.main; heavy = {'polars', 'numpy', 'faust', 'pydantic',"
        " 'clickhouse_connect', 'confluent_kafka', 'pandas', 'scipy', 'httpx'};"
        " print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_commands_compute_in_one_thread() -> None:
    """Whoever starts them: threads of linear algebra would spin beside the work."""
    code = (
        "import os; from streams.cli import main; main.app = lambda: None; main.run(); "
        "import numpy; a = numpy.ones((600, 600)); a @ a; print(len(os.listdir('/proc/self/task')))"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ONE_THREAD}
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert told.stdout == "1\n"


def test_version() -> None:
    assert tidewatch("--version").stdout == f"tidewatch {version('tidewatch')}\n"


def test_completion() -> None:
    done = CliRunner().invoke(
        app,
        [],
        prog_name="tidewatch",
        env={
            "_TIDEWATCH_COMPLETE": "complete_bash",
            "COMP_WORDS": "tidewatch d",
            "COMP_CWORD": "1",
        },
    )

    assert set(done.output.split()) == {"dashboards", "demo", "dlq", "doctor"}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nonsense"], 2, "No such command"),
        (["demo", "--for", "soon"], 2, "'soon' is no length of time"),
        (["replay", "--fault", "plague@1s"], 2, "no kind 'plague'"),
        (["check", "--monitors", "nowhere"], 3, "there is no folder nowhere"),
        (["check", "nowhere"], 3, "there is no folder nowhere"),
        (["up", "--monitors", "nowhere"], 3, "there is no folder nowhere"),
        (["simulate", "nowhere.jsonl", "--out", "out"], 4, "nowhere.jsonl"),
        (["compare", "x", "--timeout", "5m"], 2, "say how to wait: add --wait"),
        (["compare", "x", "--since", "2199-01-01"], 3, "is yet to come: say the offset"),
        (["replay", "--out", "files"], 3, "give --events or --for too"),
        (["replay", "--data", ".", "--events", "1"], 3, "holds none of the data sets"),
        (["migrate", "--clickhouse", "ftp://x", "--kafka", "127.0.0.1:1"], 4, "127.0.0.1:1"),
    ],
)
def test_expected_errors_are_told_in_a_line(arguments: list[str], code: int, told: str) -> None:
    done = tidewatch(*arguments)

    assert done.returncode == code, done.stderr
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_wrong_settings_are_told_with_their_place() -> None:
    Path("tidewatch.toml").write_text("[kafka]\npartitions = 0\nunknown = 1\n")

    done = tidewatch("settings")

    assert done.returncode == 3
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "error kafka.partitions",
        "error kafka.unknown",
    ]


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m streams.cli.main settings --json | head -c 1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "{"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90.0), ("90s", 90.0), ("1.5m", 90.0), ("2h", 7200.0), ("1d", 86400)],
)
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "0", "-1s", "nan", "inf", "1w", "1 m x"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="no length of time"):
        parse_seconds(text)


@pytest.mark.parametrize(
    "text", ["2026-05-01T12:00:00Z", "2026-05-01T14:00+02:00", "2026-05-01T12"]
)
def test_moments_are_of_utc_unless_they_say_an_offset(text: str) -> None:
    assert parse_moment(text) == datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "now", "1777636800", "2026-02-30", "0001-01-01T00:00+14:00"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no moment; write 2026-05-01T12:00:00Z"):
        parse_moment(text)


def test_watch_is_told_the_units_of_signals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or alerts would say that the latency is above 3."""
    told: dict[str, str] = {}

    def run_watch(_settings: object, _monitors: object, units: dict[str, str]) -> None:
        told.update(units)

    monkeypatch.setattr("streams.watch.service.run_watch", run_watch)
    # Of this process they are none of the command's: others write to them later.
    monkeypatch.setattr("streams.logs.configure_logs", lambda *_, **__: None)
    (tmp_path / "monitors").mkdir()
    assert CliRunner().invoke(app, ["watch"]).exit_code == 0
    assert (told["latency"], told["tokens.output"]) == ("s", "{token}")
