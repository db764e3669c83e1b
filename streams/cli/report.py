"""``tidewatch report``: two stretches of traffic compared, as files to read and keep."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from streams.cli.exits import told_in_a_line
from streams.cli.options import (
    ClickHouseUrl,
    DataDirectory,
    Part,
    parse_moment,
    parse_part,
    parse_seconds,
    settings_from,
)

if TYPE_CHECKING:
    from streams.reports.events import EventSource

app = typer.Typer()


class Kind(StrEnum):
    """What a report is about."""

    DRIFT = "drift"
    QUALITY = "quality"
    RELEASE = "release"


@app.command(rich_help_panel="Look at it")
@told_in_a_line
def report(
    *,
    kind: Annotated[Kind, typer.Argument(help="drift, quality or release.")],
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("reports"),
    segment: Part = None,
    last: Annotated[str, typer.Option(help="How long back: 90s, 5m, 2h or 7d.")] = "24h",
    until: Annotated[
        datetime | None,
        typer.Option(
            parser=parse_moment,
            metavar="MOMENT",
            help="End of the stretch, 2026-03-01T12:00:00; else now. UTC without an offset.",
        ),
    ] = None,
    before: Annotated[
        str, typer.Option(help="The reference: how long right before that; 0: as long.")
    ] = "0",
    release: Annotated[str | None, typer.Option(help="release: version that is judged.")] = None,
    against: Annotated[
        str | None, typer.Option(help="release: version it is held against.")
    ] = None,
    simulated: Annotated[
        Path | None, typer.Option(help="A folder of `tidewatch simulate` in place of ClickHouse.")
    ] = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
) -> None:
    """Compare traffic with a reference: Evidently's report, and a page in plain words.

    drift and quality hold a stretch against the one right before it; release holds one version
    against another in the same stretch.

    Example: `tidewatch report drift --segment service_name=shop --last 2h --out reports`
    """
    from streams.reports.make import Side, make_report

    part = parse_part(segment)
    end = until or datetime.now(UTC)
    begin = end - timedelta(seconds=parse_seconds(last))
    length = end - begin if before == "0" else timedelta(seconds=parse_seconds(before))
    if kind is Kind.RELEASE:
        if not release or not against:
            raise typer.BadParameter("release needs --release and --against, two versions")
        now_side = Side(
            name=release, segment={**part, "service_version": release}, begin=begin, end=end
        )
        reference = Side(
            name=against, segment={**part, "service_version": against}, begin=begin, end=end
        )
    else:
        now_side = Side(name="Now", segment=part, begin=begin, end=end)
        reference = Side(name="Reference", segment=part, begin=begin - length, end=begin)
    settings = settings_from(clickhouse=clickhouse, data_dir=data_dir)
    source: EventSource
    if simulated is not None:
        from detectors.discovery import all_signals, discover_detectors
        from streams.reports.events import SimulatedEvents

        source = SimulatedEvents(simulated, all_signals(discover_detectors()))
    else:
        from streams.reports.events import StoredEvents
        from streams.store.setup import connect_by

        source = StoredEvents(connect_by(settings.clickhouse))
    try:
        made = make_report(
            kind.value,
            source,
            segment=part,
            reference=reference,
            current=now_side,
            out=out,
            now=datetime.now(UTC),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    console = Console(highlight=False)
    moved = [shift for shift in made.shifts if shift.verdict == "moved"]
    console.print(f"{len(moved)} of {len(made.shifts)} signals moved")
    console.print(f"  {made.page}", markup=False)
    if made.evidently:
        console.print(f"  {made.evidently}", markup=False)
    else:
        console.print("  too few events on a side for Evidently's report")
