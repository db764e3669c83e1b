"""Commands that need no server: check, simulate, signals."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from streams.cli.exits import INVALID, told_in_a_line
from streams.cli.options import (
    Changes,
    Json,
    Monitors,
    changes_of,
    monitors_of,
    settings_from,
)

if TYPE_CHECKING:
    from schemas.monitors.problems import Problem

app = typer.Typer()
console = Console()

_PANEL = "Without servers"


class ResultFormat(StrEnum):
    """Formats of the results of ``simulate``."""

    PARQUET = "parquet"
    JSONL = "jsonl"


@app.command(rich_help_panel=_PANEL)
@told_in_a_line
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of monitor documents, as --monitors.")
    ] = None,
    *,
    monitors: Monitors = None,
    as_json: Json = False,
) -> None:
    """Check settings and all monitor documents; nothing is started.

    Exit code 0: all can be used. 3: something is wrong, and every problem has been listed.

    Example: `tidewatch check monitors/`
    """
    from schemas.monitors.problems import Problem
    from schemas.quantity_words import quantity
    from streams.detectors import wanted_signals
    from streams.monitors import SUFFIXES, read_monitors

    settings = settings_from(monitors=folder or monitors, join_running=False)
    today = datetime.now(UTC).date()
    result = read_monitors(settings.monitors, wanted_signals(settings.score), today)
    errors = [problem for problem in result.problems if problem.severity == "error"]
    if as_json:
        report = {
            "monitors": [monitor.name for monitor in result.monitors.monitors],
            "receivers": [receiver.name for receiver in result.monitors.receivers],
            "problems": result.problems,
        }
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        for problem in result.problems:
            _show(problem)
        found = result.monitors
        if not found.monitors and not errors:
            suffixes = ", ".join(sorted(SUFFIXES))
            note = f"nothing is watched: files of monitors end in {suffixes}"
            _show(Problem(file=str(settings.monitors), path="", message=note, severity="warning"))
        console.print(
            f"{settings.monitors}: {quantity(len(found.monitors), '{monitor}')}, "
            f"{quantity(len(found.receivers), '{receiver}')}, "
            f"{quantity(len(errors), '{error}')}, "
            f"{quantity(len(result.problems) - len(errors), '{warning}')}"
        )
    if errors:
        raise typer.Exit(INVALID)


def _show(problem: "Problem") -> None:
    colour = "red" if problem.severity == "error" else "yellow"
    console.print(f"[{colour}]{problem.severity}[/]", end=" ")
    console.print(str(problem), markup=False, highlight=False, soft_wrap=True)


@app.command(rich_help_panel=_PANEL)
@told_in_a_line
def signals(as_json: Json = False) -> None:
    """List every signal: name, kind, unit, which way is better, and what it is.

    Example: `tidewatch signals --json | jq '.[].name'`
    """
    from detectors.discovery import all_signals, discover_detectors

    declared = all_signals(discover_detectors())
    if as_json:
        sys.stdout.write(msgspec.json.encode(declared).decode() + "\n")
        return
    table = Table("signal", "kind", "unit", "better", "what it is", box=None)
    for signal in declared:
        table.add_row(signal.name, signal.kind, signal.unit, signal.better, signal.description)
    console.print(table)


@app.command(rich_help_panel=_PANEL)
@told_in_a_line
def simulate(
    events: Annotated[
        str, typer.Argument(help="JSON lines or Parquet (.parquet); - reads standard input.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the results.")],
    monitors: Monitors = None,
    feedback: Annotated[
        str | None, typer.Option(help="JSON lines of feedback on the events.")
    ] = None,
    changes: Changes = None,
    table_format: Annotated[
        ResultFormat, typer.Option("--format", help="Format of the results.")
    ] = ResultFormat.PARQUET,
    as_json: Json = False,
) -> None:
    """Take a file of events through scoring, windows and monitors, in event time, serverless.

    Writes `signals` (a row an event, a column a signal), `windows` and `alerts` to --out. The same
    file gives the same results, whatever the order of its lines. Without --monitors: signals and
    windows only. Rows that are no events are listed in `refused.jsonl` with the reason, lines that
    are no feedback in `refused_feedback.jsonl`.

    Example: `tidewatch simulate events.jsonl --out results --monitors monitors/`
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from schemas.monitors.resolved import MonitorSet
    from streams.cli.undecided import why_undecided
    from streams.score.service import build_scoring
    from streams.simulate.feedback import FeedbackFile
    from streams.simulate.reader import EventFile
    from streams.simulate.run import simulate as run
    from streams.simulate.tables import TableFormat

    settings = settings_from(monitors=monitors, join_running=False)
    watched = monitors_of(settings) if monitors else MonitorSet()
    changed = changes_of(changes)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("reading", total=None)
        said = FeedbackFile(feedback) if feedback is not None else None
        file = EventFile(events)
        try:
            bar.update(task, description="scoring", total=len(file))
            summary = run(
                file,
                build_scoring(settings.score, watched),
                watched,
                pane_seconds=settings.score.pane_seconds,
                out=out,
                table_format=TableFormat(table_format),
                feedback=said.feedback if said is not None else (),
                changes=changed,
                progress=lambda done, _: bar.update(task, completed=done),
            )
        finally:
            file.close()
    refusals = {"refused.jsonl": summary.refusals}
    of_feedback = {}
    if said is not None:
        refusals["refused_feedback.jsonl"] = said.refusals
        of_feedback = {
            "feedback": summary.feedback,
            "feedback_duplicates": said.duplicates,
            "feedback_without_event": summary.unmatched,
            "feedback_refused": len(said.refusals),
        }
    for name, those in refusals.items():
        (out / name).write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in those))
    fired = sum(alert.state == "firing" for alert in summary.alerts)
    if as_json:
        report = {
            "events": summary.events,
            "duplicates": summary.duplicates,
            "refused": len(summary.refusals),
            **of_feedback,
            "windows": summary.windows,
            "alerts_fired": fired,
            "monitors_without_verdict": summary.never_decided,
            "files": [str(path) for path in summary.files],
        }
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    console.print(
        f"{summary.events:,} events scored, {summary.duplicates:,} copies left out, "
        f"{len(summary.refusals):,} rows refused, {summary.windows:,} windows, {fired} alerts fired"
    )
    if summary.never_decided:
        why = why_undecided(watched.monitors, summary.never_decided)
        console.print(f"no verdict, {why}: {', '.join(summary.never_decided)}")
    if of_feedback:
        told = ", ".join(f"{count:,} {what}" for what, count in of_feedback.items())
        console.print(told.replace("_", " "))
    for path in (*summary.files, *(out / name for name, those in refusals.items() if those)):
        console.print(f"  {path}", highlight=False)
