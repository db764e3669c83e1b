"""``tidewatch gameday``: are faults noticed, how soon, and what is said of them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from streams.cli.exits import refused_when_invalid, told_in_a_line
from streams.cli.options import Json, Monitors, parse_seconds, settings_from

if TYPE_CHECKING:
    from streams.gameday.results import Report, Result

app = typer.Typer()


@app.command(rich_help_panel="Without servers")
@told_in_a_line
def gameday(
    *,
    monitors: Monitors = None,
    fault: Annotated[
        list[str] | None, typer.Option(help="Name of a fault; again for more. Else all ten.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="How often each fault is done.", min=1)] = 5,
    rate: Annotated[float, typer.Option(help="Events a second of made-up traffic.", min=0.05)] = 1,
    events: Annotated[
        Path | None,
        typer.Option(help="A file of events to disturb, again and again, instead of made-up ones."),
    ] = None,
    service: Annotated[
        str | None, typer.Option(help="Service to hit; needed for a file of events.")
    ] = None,
    lead: Annotated[
        float, typer.Option(parser=parse_seconds, metavar="TIME", help="Quiet time before.")
    ] = "3h",  # type: ignore[assignment]
    lasts: Annotated[
        float, typer.Option(parser=parse_seconds, metavar="TIME", help="How long faults last.")
    ] = "30m",  # type: ignore[assignment]
    quiet: Annotated[
        float, typer.Option(help="Days without faults, for false alarms.", min=0)
    ] = 0.0,
    as_json: Json = False,
) -> None:
    """Do ten faults to a copy of the traffic, serverless, and say what monitors make of each.

    Everything happens in event time, by the code that scores and watches in production. Without
    --monitors, those of a made-up house. Faults: error_burst, latency_shift, traffic_stop,
    topic_shift, toxic_answers, unsupported_answers, bad_canary, model_swap, cost_jump,
    one_model_fails.

    Example: `tidewatch gameday --fault error_burst --seeds 1`
    """
    from streams.gameday.run import Plan
    from streams.gameday.run import gameday as run

    settings = settings_from(monitors=monitors, join_running=False)
    errors = Console(stderr=True, highlight=False)
    with refused_when_invalid(), errors.status("reading") as status:
        plan = Plan(
            faults=tuple(fault or ()),
            seeds=seeds,
            rate=rate,
            events=events,
            service=service,
            lead=int(lead),
            lasts=int(lasts),
            quiet_days=quiet,
        )
        report = run(
            plan,
            settings.score,
            settings.monitors if monitors is not None else None,
            progress=status.update,
        )
    if as_json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    _show(report)


def _show(report: "Report") -> None:
    from detectors.watching.wording import percent
    from streams.gameday.results import summed

    console = Console(highlight=False)
    columns = ("fault", "detected", "median delay", "first alert", "most of it", "after", "false")
    table = Table(*columns, box=None)
    by_fault: dict[str, list[Result]] = {}
    for result in report.results:
        by_fault.setdefault(result.fault, []).append(result)
    for name, results in by_fault.items():
        table.add_row(name, *summed(results))
    console.print(table)
    if report.precision is not None:
        console.print(f"{percent(report.precision)} of the alerts belong to the faults")
    if report.undecided:
        console.print(
            "no verdict at any time, for too few events or too short a past (--lead makes it "
            f"longer): {', '.join(report.undecided)}"
        )
    if report.quiet is not None:
        found = report.quiet
        each = ", ".join(f"{name} {count}" for name, count in found.false_alarms.items()) or "none"
        console.print(
            f"{found.days:g} quiet days, {found.events:,} events: false alarms {each} "
            f"({found.a_month:.1f} a month)"
        )
