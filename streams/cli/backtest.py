"""``tidewatch backtest``: monitors over the past."""

import sys
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from streams.cli.exits import told_in_a_line
from streams.cli.options import ClickHouseUrl, DataDirectory, Json, monitors_of, settings_from

if TYPE_CHECKING:
    from streams.backtest.run import Incident, Outcome

app = typer.Typer()
console = Console()


@app.command(rich_help_panel="Without servers")
@told_in_a_line
def backtest(
    monitors: Annotated[Path, typer.Argument(help="Folder of monitor documents.")],
    *,
    events: Annotated[
        Path | None, typer.Option(help="A file of events, instead of windows in ClickHouse.")
    ] = None,
    begin: Annotated[datetime | None, typer.Option("--from", help="Begin, in UTC.")] = None,
    end: Annotated[datetime | None, typer.Option("--to", help="End, in UTC.")] = None,
    incidents: Annotated[
        Path | None, typer.Option(help="What is known to have gone wrong: JSON lines.")
    ] = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Say which alerts monitors would have raised over the past, and what they were worth.

    Incidents are JSON objects, one a line, with `start`, and optionally `end`, `fault` and
    `scope` (dimensions), as `tidewatch replay` writes its truth. Other settings are tried too.

    Example: `tidewatch backtest monitors/ --from 2026-05-01 --to 2026-06-01`
    """
    from streams.backtest.run import backtest as run
    from streams.references.sources import RESOLUTION, open_windows

    settings = settings_from(monitors=monitors, clickhouse=clickhouse, data_dir=data_dir)
    watched = monitors_of(settings)
    known = _incidents(incidents)
    with open_windows(settings, events=events, begin=begin, end=end, monitors=watched) as (
        _,
        found,
    ):
        windows = [window for window in found if window.resolution_seconds == RESOLUTION]
    alerts, outcomes = run(windows, watched, known, resolution=RESOLUTION)
    if as_json:
        report = {"alerts": alerts, "outcomes": outcomes}
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    for alert in alerts:
        if alert.state != "pending":
            console.print(
                f"{alert.changed_at:%Y-%m-%d %H:%M} {alert.state:<9} {alert.monitor}: "
                f"{alert.summary}",
                markup=False,
                highlight=False,
            )
    console.print(_table(outcomes))


def _incidents(path: Path | None) -> "list[Incident]":
    from streams.backtest.run import Incident

    if path is None:
        return []
    decoder = msgspec.json.Decoder(Incident)
    try:
        return [decoder.decode(line) for line in path.read_bytes().splitlines() if line.strip()]
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: no incident: {error}") from None


def _table(outcomes: "list[Outcome]") -> Table:
    columns = (
        "monitor",
        "setting",
        "alerts",
        "detected",
        "missed",
        "mean delay",
        "false",
        "a month",
    )
    table = Table(*columns, box=None)
    for each in outcomes:
        delay = f"{fmean(each.delays) / 60:.1f} min" if each.delays else "-"
        table.add_row(
            each.monitor,
            each.setting,
            str(each.alerts),
            str(each.detected),
            str(each.missed),
            delay,
            str(each.false_alarms),
            f"{each.false_alarms_a_month:.1f}",
        )
    return table
