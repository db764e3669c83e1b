"""``tidewatch compare``: whether a candidate may be promoted, or must be rolled back."""

import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from streams.cli.exits import NO_VERDICT, OK, ROLL_BACK, refuse, tell, told_in_a_line
from streams.cli.options import (
    ClickHouseUrl,
    DataDirectory,
    Json,
    Monitors,
    Part,
    monitors_of,
    parse_moment,
    parse_part,
    parse_seconds,
    settings_from,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.monitors.resolved import ComparisonMonitor
    from streams.comparing.arms import Compared

app = typer.Typer()

_AHEAD_SECONDS = 300
"""How far the clock of whoever deploys may be ahead."""


@app.command(rich_help_panel="Analysis")
@told_in_a_line
def compare(
    name: Annotated[str, typer.Argument(help="Comparison monitor.")],
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Look until there is a verdict.")] = False,
    timeout: Annotated[
        str | None, typer.Option(help="Longest wait: 90s, 30m, 2h; else 30m.")
    ] = None,
    every: Annotated[str | None, typer.Option(help="Time between looks; else 30s.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            parser=parse_moment,
            metavar="MOMENT",
            help="Compare from this moment on, as 2026-05-01T12:00:00Z: the deployment.",
        ),
    ] = None,
    segment: Part = None,
    monitors: Monitors = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Hold every candidate against its baseline and tell the verdict, for pipelines to wait on.

    Exit code 0: promote. 5: roll back. 6: no verdict (yet).

    With --segment only candidates of that part of traffic have a say: the service that is deployed.

    Example: `tidewatch compare shop-canary --wait --timeout 30m && promote`
    """
    from schemas.monitors.problems import did_you_mean
    from schemas.monitors.resolved import ComparisonMonitor
    from streams.comparing.arms import compare_arms
    from streams.comparing.waiting import overall, wait_for_verdict
    from streams.store.setup import connect_by

    if not wait and (timeout or every):
        raise typer.BadParameter("--timeout and --every say how to wait: add --wait")
    timeout_seconds, every_seconds = parse_seconds(timeout or "30m"), parse_seconds(every or "30s")
    begin = None if since is None else int(since.timestamp())
    if begin is not None and begin > time.time() + _AHEAD_SECONDS:
        refuse(
            f"--since: {since:%Y-%m-%d %H:%M} UTC is yet to come: say the offset, as 12:00+02:00"
        )
    settings = settings_from(monitors=monitors, clickhouse=clickhouse, data_dir=data_dir)
    known = {m.name: m for m in monitors_of(settings).monitors if isinstance(m, ComparisonMonitor)}
    if name not in known:
        refuse(
            f"there is no ComparisonMonitor {name!r} in {settings.monitors}"
            + did_you_mean(name, known)
        )
    part = parse_part(segment)
    if unknown := sorted(set(part) - set(known[name].segmentation)):
        refuse(
            f"--segment: {name} does not tell {unknown[0]} apart, only "
            f"{', '.join(known[name].segmentation)}"
        )
    client = connect_by(settings.clickhouse)
    found = wait_for_verdict(
        lambda: compare_arms(client, known[name], now=int(time.time()), since=begin, within=part),
        timeout_seconds=timeout_seconds if wait else 0.0,
        every_seconds=every_seconds,
        clock=time.monotonic,
        sleep=time.sleep,
        tell=lambda problem: tell(f"{problem}; looking again"),
    )
    verdict = overall(found)
    if as_json:
        report = {"verdict": verdict, "candidates": found}
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        _show(verdict, found, known[name], since)
    if verdict != "promote":
        raise typer.Exit(ROLL_BACK if verdict == "roll back" else NO_VERDICT)
    raise typer.Exit(OK)


def _show(
    verdict: str, found: "Sequence[Compared]", monitor: "ComparisonMonitor", since: datetime | None
) -> None:
    from detectors.comparing.words import metric_words
    from detectors.watching.wording import duration
    from schemas.segments import segment_label

    console = Console()
    if not found:
        when = (
            f"in the last {duration(monitor.longest_seconds)}"
            if since is None
            else (f"since {since:%Y-%m-%d %H:%M} UTC")
        )
        console.print(
            f"no candidate had events {when}: are its windows stored, split by "
            f"{', '.join(monitor.segmentation)}?",
            markup=False,
            highlight=False,
        )
    for each in found:
        colour = {"promote": "green", "roll back": "red"}.get(each.comparison.verdict, "yellow")
        console.print(
            f"{escape(segment_label(each.segment))}: [{colour}]{each.comparison.verdict}[/] "
            f"after {duration(each.end - each.begin)}",
            highlight=False,
        )
        table = Table("metric", "events", "verdict", box=None)
        for metric in each.comparison.metrics:
            events = f"{metric.baseline_events:,} / {metric.candidate_events:,}"
            if metric.paired:
                events = f"{metric.candidate_events:,} answered by both"
            table.add_row(metric_words(metric), events, metric.verdict)
        console.print(table)
    console.print(f"verdict: {verdict}", highlight=False)
