"""``tidewatch up``: everything on this machine."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from streams.cli.exits import interrupted_by_signals, told_in_a_line
from streams.cli.options import DataDirectory, Monitors, monitors_of, settings_from

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.settings import Settings
    from streams.stack import Stack

app = typer.Typer()


@app.command(rich_help_panel="Start here")
@told_in_a_line
def up(
    *,
    monitors: Monitors = None,
    data_dir: DataDirectory = None,
    ready_within: Annotated[
        float, typer.Option(help="Seconds to wait for the processes to be ready.")
    ] = 120.0,
) -> None:
    """Run everything on this machine: Kafka, ClickHouse, score, watch, sink, notify and the page.

    Needs no Docker and no Java. Data are kept in --data-dir and found again at the next start.
    Other commands in the same folder find what runs here. Ctrl-C stops it.

    Example: `tidewatch up --monitors monitors/`
    """
    console = Console(highlight=False)

    def announce(text: str) -> None:
        console.print(f"[dim]{time.strftime('%H:%M:%S')}[/]", end=" ")
        console.print(text, markup=False, soft_wrap=True)

    settings = _with_monitors(
        settings_from(monitors=monitors, data_dir=data_dir, join_running=False), announce
    )
    # Wrong monitors are told now, not by a process that fails again and again.
    found = monitors_of(settings)
    from schemas.quantity_words import quantity
    from streams.logs import configure_logs
    from streams.stack import Stack

    configure_logs(settings.log.model_copy(update={"level": "warning"}), process="up")
    try:
        with interrupted_by_signals(), Stack(settings, announce=announce) as stack:
            console.print(_addresses(stack))
            announce(
                f"{quantity(len(found.monitors), '{monitor}')} and "
                f"{quantity(len(found.receivers), '{receiver}')} of "
                f"{settings.monitors}; a change of them counts from the next start"
            )
            _stay(stack, announce_ready=announce, ready_within=ready_within)
    except KeyboardInterrupt:
        announce("stopped")


def _with_monitors(settings: "Settings", announce: "Callable[[str], None]") -> "Settings":
    """The settings, with an empty folder for the monitors' default one where that is missing."""
    if settings.monitors.is_dir() or "monitors" in settings.model_fields_set:
        return settings
    none = Path(settings.data_dir).absolute() / "no-monitors"
    none.mkdir(parents=True, exist_ok=True)
    announce(
        f"there is no folder {settings.monitors}: running without monitors. To add some, put YAML "
        "documents there (docs/monitors.md), try them with `tidewatch check`, and start again"
    )
    return settings.model_copy(update={"monitors": none})


def _addresses(stack: "Stack") -> Table:
    settings = stack.settings
    table = Table("what", "where", box=None, pad_edge=False, header_style="bold")
    page_host = settings.page.host or settings.http.host
    table.add_row("page", f"http://{page_host}:{settings.http.page_port}/")
    table.add_row("Kafka", settings.kafka.bootstrap_servers)
    table.add_row(
        "ClickHouse", f"{settings.clickhouse.url}, database {settings.clickhouse.database}"
    )
    for name in ("score", "watch", "sink", "notify"):
        port = getattr(settings.http, f"{name}_port")
        table.add_row(f"{name} metrics", f"http://{settings.http.host}:{port}/metrics")
    table.add_row("logs", str(stack.data_dir / "logs"))
    table.add_row("data", str(stack.data_dir))
    return table


def _stay(stack: "Stack", *, announce_ready: "Callable[[str], None]", ready_within: float) -> None:
    from streams.stack import PROCESSES, StackNotReady

    started = time.monotonic()
    try:
        stack.wait_ready(ready_within)
        seconds = time.monotonic() - started
        announce_ready(f"all {len(PROCESSES)} processes are ready ({seconds:.1f} s); Ctrl-C stops")
    except StackNotReady as error:
        announce_ready(f"{error}; it is kept trying")
    well = True
    while True:
        time.sleep(2.0)
        problems = {name: text for name in PROCESSES if (text := stack.problem(name))}
        if well and problems:
            announce_ready("; ".join(f"{name}: {text}" for name, text in problems.items()))
        elif not well and not problems:
            announce_ready("all processes are ready again")
        well = not problems
