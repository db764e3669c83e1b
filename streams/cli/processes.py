"""The long-running processes: score, watch, sink, notify."""

from typing import Annotated

import typer

from detectors.discovery import all_signals, discover_detectors
from schemas.monitors.resolved import MonitorSet
from streams.cli.exits import told_in_a_line
from streams.cli.options import BootstrapServers, ClickHouseUrl, Monitors, settings_from
from streams.logs import configure_logs
from streams.monitors import usable_monitors
from streams.service import stop_on_signals
from streams.settings import Settings

app = typer.Typer()

Worker = Annotated[
    str | None, typer.Option(help="Stable name of this worker, unique among those running.")
]


def _monitors(settings: Settings) -> MonitorSet:
    return usable_monitors(settings.monitors, all_signals(discover_detectors()))


@app.command()
@told_in_a_line
def score(
    monitors: Monitors = None,
    kafka: BootstrapServers = None,
    clickhouse: ClickHouseUrl = None,
    worker: Worker = None,
) -> None:
    """Score inference events: Kafka to ClickHouse and panes.

    Run as many as there are partitions, each with a --worker name of its own.
    """
    from streams.score.service import run_score

    settings = settings_from(
        monitors=monitors,
        kafka=kafka,
        clickhouse=clickhouse,
        score={"worker": worker} if worker else {},
    )
    configure_logs(settings.log, process="score", worker=settings.score.worker)
    run_score(settings, _monitors(settings), stop_on_signals())


@app.command()
@told_in_a_line
def watch(monitors: Monitors = None, kafka: BootstrapServers = None) -> None:
    """Watch panes: merge them into windows, evaluate monitors, move alerts."""
    from streams.watch.service import run_watch

    settings = settings_from(monitors=monitors, kafka=kafka)
    configure_logs(settings.log, process="watch")
    run_watch(settings, _monitors(settings))
