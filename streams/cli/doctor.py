"""``tidewatch doctor``: what is wrong, and what to do about it."""

import sys
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from streams.cli.exits import FAILED, told_in_a_line
from streams.cli.options import (
    BootstrapServers,
    ClickHouseUrl,
    DataDirectory,
    Json,
    Monitors,
    settings_from,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.doctor.check import Check, Status

app = typer.Typer()

_STYLES: "dict[Status, str]" = {
    "ok": "green",
    "warning": "yellow",
    "failed": "bold red",
    "skipped": "dim",
}


@app.command(rich_help_panel="Operations")
@told_in_a_line
def doctor(
    *,
    monitors: Monitors = None,
    kafka: BootstrapServers = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Check every part and say what to do: settings, monitors, Kafka, ClickHouse, processes.

    Exit code 0: nothing failed (there may be warnings). 1: something did.

    Example: `tidewatch doctor --json | jq '.[] | select(.status == "failed")'`
    """
    from streams.doctor.check import failed
    from streams.doctor.examine import examine
    from streams.settings import SettingsError

    console = Console(highlight=False)
    made: list[Check] = []
    found: Iterable[Check]
    try:
        settings = settings_from(
            monitors=monitors, kafka=kafka, clickhouse=clickhouse, data_dir=data_dir
        )
    except SettingsError as error:
        found = [failed("settings", "settings", str(error), "`tidewatch settings` shows all names")]
    else:
        found = examine(settings)
    for check in found:
        made.append(check)
        if not as_json:
            _show(console, check)
    counts = Counter(check.status for check in made)
    if as_json:
        sys.stdout.write(msgspec.json.encode(made).decode() + "\n")
    else:
        console.print(
            ", ".join(f"{counts[status]} {status}" for status in _STYLES if counts[status])
        )
    if counts["failed"]:
        raise typer.Exit(FAILED)


def _show(console: Console, check: "Check") -> None:
    line = Text.assemble(
        (f"{check.status:<8}", _STYLES[check.status]),
        (f"{check.part:<11}", "bold"),
        f"{check.name}: {check.found}",
    )
    console.print(line, soft_wrap=True)
    if check.remedy:
        console.print(Text(f"{'':19}{check.remedy}", style="cyan"), soft_wrap=True)
