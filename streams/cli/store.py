"""``tidewatch migrate``: topics and tables as this release needs them."""

import sys

import msgspec
import typer
from rich.console import Console

from streams.cli.exits import told_in_a_line
from streams.cli.options import (
    BootstrapServers,
    ClickHouseUrl,
    DataDirectory,
    Json,
    Monitors,
    monitors_of,
    settings_from,
)

app = typer.Typer()


@app.command(rich_help_panel="Operations")
@told_in_a_line
def migrate(
    *,
    monitors: Monitors = None,
    kafka: BootstrapServers = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Create what is missing: topics, database, tables, views and the columns of signals.

    May run any number of times, and while processes run. `tidewatch up` does it by itself.

    Example: `tidewatch migrate --kafka kafka:9092 --clickhouse http://clickhouse:8123`
    """
    from schemas.monitors.resolved import MonitorSet
    from streams.detectors import wanted_signals
    from streams.kafka import answers, ensure_topics
    from streams.logs import configure_logs
    from streams.store.objectives import declare_objectives
    from streams.store.setup import connect_by, layout_by, prepare_store
    from streams.store.signals import ensure_signal_columns

    settings = settings_from(
        monitors=monitors, kafka=kafka, clickhouse=clickhouse, data_dir=data_dir
    )
    configure_logs(settings.log, process="migrate")
    signals = list(wanted_signals(settings.score))
    # Objectives have columns too. Without the folder, score adds them when it starts.
    known = settings.monitors.is_dir() or "monitors" in settings.model_fields_set
    declared = monitors_of(settings) if known else MonitorSet()
    signals += [indicator.signal for indicator in declared.indicators]
    # Said soon, not after the half minute that creating topics may take.
    answers(settings.kafka, timeout=5)
    report = {
        "topics": ensure_topics(settings.kafka),
        "migrations": prepare_store(settings.clickhouse),
        "signal_columns": ensure_signal_columns(
            connect_by(settings.clickhouse), signals, layout_by(settings.clickhouse)
        ),
        "objectives": declare_objectives(connect_by(settings.clickhouse), declared)
        if known
        else [],
    }
    if as_json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    console = Console(highlight=False)
    for what, names in report.items():
        done = f"{len(names)} new: {', '.join(names)}" if names else "up to date"
        console.print(f"{what.replace('_', ' ')}: {done}", soft_wrap=True)
