"""``tidewatch slo``: what is left of error budgets, and when they will be gone."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from streams.cli.exits import refuse, told_in_a_line
from streams.cli.options import (
    ClickHouseUrl,
    DataDirectory,
    Json,
    Monitors,
    monitors_of,
    parse_moment,
    settings_from,
)

if TYPE_CHECKING:
    from detectors.objectives.forecast import Forecast
    from streams.objectives.status import ObjectiveStatus

app = typer.Typer()
slo = typer.Typer(
    name="slo", help="Error budgets of objectives: status and forecast.", no_args_is_help=True
)
app.add_typer(slo, rich_help_panel="Analysis")

Names = Annotated[
    list[str] | None, typer.Argument(help="Objectives (names of monitors); all without any.")
]
From = Annotated[
    Path | None,
    typer.Option("--from", help="Results of `tidewatch simulate` instead of ClickHouse."),
]
At = Annotated[
    datetime | None,
    typer.Option(
        parser=parse_moment,
        metavar="MOMENT",
        help="Moment to look at, as 2026-05-01T12:00:00Z; else the newest.",
    ),
]


@slo.command()
@told_in_a_line
def status(
    names: Names = None,
    *,
    folder: From = None,
    at: At = None,
    monitors: Monitors = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Show budget left and burn rates of every objective and segment.

    Example: `tidewatch slo status shop-latency --json`
    """
    found, silent = _statuses(names, folder, at, monitors, clickhouse, data_dir, seed=None)
    if as_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return
    from detectors.watching.wording import duration
    from schemas.quantity_words import percent, plain
    from schemas.segments import segment_label

    columns = ("objective", "segment", "target", "counted", "bad", "left", "seen", "burn")
    table = Table(*columns, box=None)
    for each in found:
        burning = [t for t in each.tiers if t.burns]
        colour = "red" if each.left <= 0 or burning else "green"
        burn = "-" if each.burn_rate_last_hour is None else plain(each.burn_rate_last_hour)
        words = f"{burn} (1 h)" + "".join(
            f", {tier.severity}: {plain(tier.long_burn_rate or 0)} ({duration(tier.long_seconds)})"
            for tier in burning
        )
        table.add_row(
            each.objective,
            escape(segment_label(each.segment)),
            "of its parts" if each.target is None else percent(each.target),
            f"{each.counted:,.0f}",
            plain(each.bad),
            f"[{colour}]{left_words(each.left)}[/]",
            f"{duration(each.seen_seconds)} of {duration(each.window_seconds)}",
            words,
        )
    _show(table, found, silent)


@slo.command()
@told_in_a_line
def forecast(
    names: Names = None,
    *,
    folder: From = None,
    at: At = None,
    seed: Annotated[int, typer.Option(help="Seed of the futures that are drawn.")] = 1,
    monitors: Monitors = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Show when budgets will be gone (or in credit again) if the last three days go on.

    Example: `tidewatch slo forecast --from results`
    """
    found, silent = _statuses(names, folder, at, monitors, clickhouse, data_dir, seed=seed)
    if as_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return
    from schemas.segments import segment_label

    table = Table("objective", "segment", "left", "forecast", box=None)
    for each in found:
        words = forecast_words(each.forecast)
        label = escape(segment_label(each.segment))
        table.add_row(each.objective, label, left_words(each.left), words)
    _show(table, found, silent)


def left_words(left: float) -> str:
    """What is left of a budget, or by how much it is overspent.

    >>> left_words(0.25), left_words(0.0), left_words(-12.5)
    ('25 %', '0 %', 'overspent by 1,250 %')
    """
    from schemas.quantity_words import percent

    return percent(left) if left >= 0 else f"overspent by {percent(-left)}"


def _show(table: Table, found: "list[ObjectiveStatus]", silent: list[str]) -> None:
    """The table, where it holds anything, and the objectives it says nothing of."""
    console = Console()
    if found:
        console.print(table)
    if silent:
        console.print(f"no events counted: {', '.join(silent)}", highlight=False)


def forecast_words(forecast: "Forecast | None") -> str:
    """When a budget is gone or in credit again, in a sentence."""
    from detectors.watching.wording import duration
    from schemas.quantity_words import percent

    if forecast is None:
        return "not enough data: it takes a day with events"
    horizon = duration(forecast.horizon_hours * 3600)

    def hours(value: float | None) -> str:
        return f"more than {horizon}" if value is None else duration(value * 3600)

    what = "in credit again" if forecast.overspent else "gone"
    sure = percent(forecast.confidence)
    if forecast.probability == 0:
        return f"not {what} within {horizon}"
    within = f"within {horizon} with a probability of {percent(forecast.probability)}"
    if forecast.median is None:
        earliest = "" if forecast.low is None else f", not before {hours(forecast.low)} ({sure})"
        return f"{what} {within}{earliest}"
    span = f"{hours(forecast.low)} to {hours(forecast.high)}"
    return f"{what} in {hours(forecast.median)} ({sure}: {span}), {within}"


def _statuses(
    names: list[str] | None,
    folder: Path | None,
    at: datetime | None,
    monitors: Path | None,
    clickhouse: str | None,
    data_dir: Path | None,
    *,
    seed: int | None,
) -> "tuple[list[ObjectiveStatus], list[str]]":
    """The statuses, and the names of the objectives that have none."""
    import numpy as np

    from schemas.monitors.problems import did_you_mean
    from streams.objectives.source import ClickHouseFlags, FlagSource, FolderFlags
    from streams.objectives.status import objectives_of, statuses
    from streams.store.setup import connect_by

    settings = settings_from(
        monitors=monitors, clickhouse=clickhouse, data_dir=data_dir, join_running=folder is None
    )
    objectives = objectives_of(monitors_of(settings).monitors)
    known = [objective.name for objective in objectives]
    if not known:
        refuse(f"there is no objective in {settings.monitors}")
    for name in names or []:
        if name not in known:
            refuse(
                f"there is no objective {name!r} in {settings.monitors}" + did_you_mean(name, known)
            )
    source: FlagSource = (
        ClickHouseFlags(connect_by(settings.clickhouse)) if folder is None else FolderFlags(folder)
    )
    chosen = [objective for objective in objectives if not names or objective.name in names]
    found = statuses(
        chosen,
        source,
        at=None if at is None else int(at.timestamp()),
        random=None if seed is None else np.random.default_rng(seed),
    )
    told = {each.objective for each in found}
    return found, [objective.name for objective in chosen if objective.name not in told]
