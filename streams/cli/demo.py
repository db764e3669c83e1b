"""``tidewatch demo``: everything at work, before your eyes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.cli.exits import FAILED, interrupted_by_signals, told_in_a_line
from streams.cli.options import DataDirectory, Json, parse_seconds, settings_from

if TYPE_CHECKING:
    from streams.demo.summary import Summary

app = typer.Typer()


@app.command(rich_help_panel="Start here")
@told_in_a_line
def demo(
    *,
    for_: Annotated[
        float | None,
        typer.Option(
            "--for",
            parser=parse_seconds,
            metavar="TIME",
            help="Seconds of traffic, such as 60s or 5m; then a summary. Without: until Ctrl-C.",
        ),
    ] = None,
    rate: Annotated[float, typer.Option(help="Events a second.", min=50, max=5000)] = 200.0,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 1,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of public data sets to replay; without: made-up traffic."),
    ] = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Real Kafka, real ClickHouse, traffic with faults, and alerts that fire and resolve.

    Keeps its data in a folder `demo` of --data-dir, fresh each time. The first fault comes after
    15 seconds. At the end, what was sent is held against what arrived, and every fault against
    its alert.

    Exit code 0: nothing lost, nothing doubled, every fault detected and resolved, no false alarm.
    1: something of that did not hold.

    Example: `tidewatch demo --for 60s`
    """
    from streams.demo.plain import PlainScreen
    from streams.demo.run import Plan, run_demo
    from streams.demo.screen import LiveScreen
    from streams.logs import configure_logs

    settings = settings_from(data_dir=data_dir, join_running=False)
    console = Console(highlight=False, stderr=as_json)
    configure_logs(settings.log.model_copy(update={"level": "error"}), process="demo")
    screen = LiveScreen(console) if console.is_terminal and not as_json else PlainScreen(console)
    try:
        with interrupted_by_signals(), screen:
            plan = Plan(seconds=for_, rate=rate, seed=seed, data=data)
            summary = run_demo(settings, plan, screen)
    except KeyboardInterrupt:
        console.print("stopped before there was anything to tell")
        raise typer.Exit from None
    if as_json:
        sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
    else:
        _show(console, summary)
    if summary.problems:
        raise typer.Exit(FAILED)


def _show(console: Console, summary: "Summary") -> None:
    from streams.demo.wording import report

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    for what, told in report(summary):
        grid.add_row(Text(what), Text(told))
    console.print(grid)
    for problem in summary.problems:
        console.print(Text.assemble(("did not hold: ", "bold red"), problem), soft_wrap=True)
    if not summary.problems:
        console.print(Text("all of it held", style="bold green"))
