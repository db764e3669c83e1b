"""``tidewatch backtest``: monitors over the past."""

import sys
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from streams.cli.exits import refuse, refused_when_invalid, told_in_a_line
from streams.cli.line_files import read_lines
from streams.cli.options import (
    Begin,
    Changes,
    ClickHouseUrl,
    DataDirectory,
    End,
    Json,
    changes_of,
    monitors_of,
    settings_from,
)

if TYPE_CHECKING:
    from schemas.alerts import Alert
    from schemas.monitors.resolved import MonitorSet
    from streams.backtest.outcomes import Incident, Outcome

app = typer.Typer()
console = Console()

_SOON = 3600
_DAY = 86400


@app.command(rich_help_panel="Without servers")
@told_in_a_line
def backtest(
    monitors: Annotated[Path, typer.Argument(help="Folder of monitor documents.")],
    *,
    events: Annotated[
        Path | None, typer.Option(help="A file of events, instead of windows in ClickHouse.")
    ] = None,
    begin: Begin = None,
    end: End = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Name of a monitor; again for more. Else all.")
    ] = None,
    incidents: Annotated[
        Path | None, typer.Option(help="What is known to have gone wrong: JSON lines.")
    ] = None,
    changes: Changes = None,
    plot: Annotated[
        Path | None, typer.Option(help="Write when each setting fired, as a page of HTML.")
    ] = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Say which alerts monitors would have raised over the past, and what they were worth.

    Incidents are JSON objects, one a line, with `start`, and optionally `end`, `fault` and
    `scope` (dimensions), as `tidewatch replay` writes its truth. Other settings are tried too. What
    is there of the time before --from makes references ready; alerts that were over before it do
    not count.

    Example: `tidewatch backtest monitors/ --from 2026-05-01 --to 2026-06-01`
    """
    from detectors.watching.wording import moment
    from streams.backtest.run import backtest as run
    from streams.backtest.run import lead_seconds, wanted_signals
    from streams.detectors import signal_units
    from streams.references.sources import RESOLUTION, open_windows

    settings = settings_from(monitors=monitors, clickhouse=clickhouse, data_dir=data_dir)
    watched = monitors_of(settings)
    if only:
        from msgspec import structs

        from schemas.monitors.problems import did_you_mean

        names = [monitor.name for monitor in watched.monitors]
        for name in only:
            if name not in names:
                refuse(f"there is no monitor {name!r} in {monitors}" + did_you_mean(name, names))
        chosen = tuple(monitor for monitor in watched.monitors if monitor.name in only)
        watched = structs.replace(watched, monitors=chosen)
    if not watched.monitors:
        refuse(f"there are no monitors in {monitors}")
    known = _incidents(incidents)
    earlier = None if begin is None else begin - timedelta(seconds=lead_seconds(watched))
    if begin is not None and end is not None and begin >= end:
        refuse(f"--from {begin} is not before --to {end}")
    errors = Console(stderr=True, highlight=False)
    with (
        refused_when_invalid(),
        errors.status("reading") as status,
        open_windows(
            settings,
            events=events,
            begin=earlier,
            end=end,
            monitors=watched,
            signals=wanted_signals(watched),
        ) as (origin, windows),
    ):
        one = next(windows, None)
        if one is None:
            refuse(f"{origin}: there are no events in that time: choose another")
        alerts, outcomes = run(
            chain([one], windows),
            watched,
            known,
            resolution=RESOLUTION,
            units=signal_units(),
            changes=changes_of(changes),
            progress=lambda at: status.update(moment(at)),
            begin=None if begin is None else int(begin.timestamp()),
        )
    if as_json:
        report = {"alerts": alerts, "outcomes": outcomes}
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        _show(alerts, outcomes, known, watched)
    # Last: what was found is not lost where the file cannot be written.
    if plot is not None:
        _plot(plot, outcomes, known, end)


def _show(
    alerts: "list[Alert]",
    outcomes: "list[Outcome]",
    known: "list[Incident]",
    watched: "MonitorSet",
) -> None:
    """Every alert in a line, and what the monitors were worth."""
    from detectors.watching.wording import duration

    for alert in alerts:
        if alert.state != "pending":
            console.print(
                f"{alert.changed_at:%Y-%m-%d %H:%M} {alert.state:<9} {alert.monitor}: "
                f"{alert.summary}",
                markup=False,
                highlight=False,
            )
    console.print(_table(outcomes))
    _tell_of_no_verdicts(outcomes, watched)
    judged = max((each.judged_seconds for each in outcomes), default=0.0)
    if 0 < judged < _DAY:
        console.print(f"judged were {duration(judged)}: too little to tell of a month")
    outside = max((outcome.outside for outcome in outcomes), default=0)
    if outside:
        console.print(f"{outside} of {len(known)} incidents are outside of the time looked at")


def _tell_of_no_verdicts(outcomes: "list[Outcome]", watched: "MonitorSet") -> None:
    """The monitors that judged nothing, or not from the first hour on: their silence says less."""
    from detectors.watching.wording import duration
    from streams.backtest.alternatives import AS_IT_IS
    from streams.cli.undecided import why_undecided

    never = sorted({each.monitor for each in outcomes if not each.decided})
    if never:
        why = why_undecided(watched.monitors, never)
        console.print(f"no verdict at any time, {why}: {', '.join(never)}")
    late = {e.monitor: e.undecided_seconds for e in outcomes if e.decided and e.setting == AS_IT_IS}
    for name, seconds in sorted(late.items()):
        if seconds > _SOON:
            why = why_undecided(watched.monitors, [name])
            console.print(f"no verdict in the first {duration(seconds)}, {why}: {name}")


def _incidents(path: Path | None) -> "list[Incident]":
    from schemas.decoding import bounded
    from streams.backtest.outcomes import Incident

    decode = bounded(msgspec.json.Decoder(Incident).decode)
    return [] if path is None else read_lines(path, decode, "incident")


def _plot(
    path: Path, outcomes: "list[Outcome]", incidents: "list[Incident]", end: datetime | None
) -> None:
    from streams.backtest.plot import write_plot

    times = [e.resolved or e.fired for each in outcomes for e in each.episodes]
    times += [incident.end or incident.start for incident in incidents]
    if end is not None:
        times.append(end)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_plot(path, outcomes, incidents, until=max(times, default=datetime.now(UTC)))


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
            str(each.alerts) if each.decided else "no verdict",
            str(each.detected),
            str(each.missed),
            delay,
            str(each.false_alarms),
            f"{each.false_alarms_a_month:.1f}" if each.judged_seconds >= _DAY else "-",
        )
    return table
