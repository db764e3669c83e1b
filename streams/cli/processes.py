"""The long-running processes: score, watch, sink, notify, judge."""

from typing import Annotated

import typer

from streams.cli.exits import told_in_a_line
from streams.cli.options import (
    BootstrapServers,
    ClickHouseUrl,
    DataDirectory,
    Monitors,
    monitors_of,
    settings_from,
)

app = typer.Typer()

_PANEL = "Processes"

Worker = Annotated[
    str | None, typer.Option(help="Stable name of this worker, unique among those running.")
]
Port = Annotated[
    int | None,
    typer.Option(help="Port of health and metrics; 0 for none.", min=0, max=65535),
]


@app.command(rich_help_panel=_PANEL)
@told_in_a_line
def score(
    *,
    monitors: Monitors = None,
    kafka: BootstrapServers = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    worker: Worker = None,
    port: Port = None,
) -> None:
    """Score inference events: Kafka to ClickHouse and panes.

    Run as many as the inference topic has partitions, each with a name and a port of its own.

    Example: `tidewatch score --worker score-1 --port 9471`
    """
    from streams.logs import configure_logs
    from streams.score.service import run_score
    from streams.service import stop_on_signals

    settings = settings_from(
        monitors=monitors,
        kafka=kafka,
        clickhouse=clickhouse,
        data_dir=data_dir,
        score={"worker": worker} if worker else {},
        http={} if port is None else {"score_port": port},
    )
    configure_logs(settings.log, process="score", worker=settings.score.worker)
    run_score(settings, monitors_of(settings), stop_on_signals())


@app.command(rich_help_panel=_PANEL)
@told_in_a_line
def watch(
    *,
    monitors: Monitors = None,
    kafka: BootstrapServers = None,
    data_dir: DataDirectory = None,
    port: Port = None,
) -> None:
    """Watch panes: merge them into windows, evaluate monitors, move alerts.

    Several share the partitions of the panes topic; a survivor takes over in about ten seconds.

    Example: `tidewatch watch --monitors monitors/`
    """
    from streams.detectors import wanted_signals
    from streams.logs import configure_logs
    from streams.monitors import usable_monitors
    from streams.watch.service import run_watch

    settings = settings_from(
        monitors=monitors,
        kafka=kafka,
        data_dir=data_dir,
        http={} if port is None else {"watch_port": port},
    )
    configure_logs(settings.log, process="watch")
    signals = wanted_signals(settings.score)
    units = {signal.name: signal.unit for signal in signals}
    run_watch(settings, usable_monitors(settings.monitors, signals), units)


@app.command(rich_help_panel=_PANEL)
@told_in_a_line
def sink(
    *,
    kafka: BootstrapServers = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    port: Port = None,
) -> None:
    """Store windows, alerts, deliveries, feedback, changes and dead letters in ClickHouse.

    Example: `tidewatch sink --clickhouse http://clickhouse:8123`
    """
    from streams.logs import configure_logs
    from streams.service import stop_on_signals
    from streams.sink.service import run_sink

    settings = settings_from(
        kafka=kafka,
        clickhouse=clickhouse,
        data_dir=data_dir,
        http={} if port is None else {"sink_port": port},
    )
    configure_logs(settings.log, process="sink")
    run_sink(settings, stop_on_signals())


@app.command(rich_help_panel=_PANEL)
@told_in_a_line
def notify(
    *,
    monitors: Monitors = None,
    kafka: BootstrapServers = None,
    data_dir: DataDirectory = None,
    port: Port = None,
) -> None:
    """Tell receivers about alerts: Alertmanager, Slack, PagerDuty, e-mail, a webhook, the console.

    A second one stands by and takes over when the first is gone.

    Example: `tidewatch notify --monitors monitors/`
    """
    from streams.logs import configure_logs
    from streams.notify.service import run_notify
    from streams.service import stop_on_signals

    settings = settings_from(
        monitors=monitors,
        kafka=kafka,
        data_dir=data_dir,
        http={} if port is None else {"notify_port": port},
    )
    configure_logs(settings.log, process="notify")
    run_notify(settings, monitors_of(settings), stop_on_signals())


@app.command(rich_help_panel=_PANEL)
@told_in_a_line
def judge(
    *,
    kafka: BootstrapServers = None,
    data_dir: DataDirectory = None,
    port: Port = None,
) -> None:
    """Have a heavier model score a sample of events; off until `judge.kind` is set.

    Nothing waits for it. Its scores are feedback: see the views judgements and judged_rates.

    Example: `TIDEWATCH_JUDGE__KIND=endpoint tidewatch judge`
    """
    from streams.judge.service import run_judge
    from streams.logs import configure_logs
    from streams.service import stop_on_signals

    settings = settings_from(
        kafka=kafka, data_dir=data_dir, judge={} if port is None else {"port": port}
    )
    configure_logs(settings.log, process="judge")
    run_judge(settings, stop_on_signals())
