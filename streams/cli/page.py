"""``tidewatch page``: the built-in page as a process of its own."""

from typing import Annotated

import typer

from streams.cli.exits import told_in_a_line
from streams.cli.options import ClickHouseUrl, DataDirectory, Monitors, settings_from

app = typer.Typer()


@app.command(rich_help_panel="Processes")
@told_in_a_line
def page(
    *,
    monitors: Monitors = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; 0.0.0.0 for every one.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)] = None,
) -> None:
    """Serve the built-in page: overview, objectives, alerts, events and monitors, live.

    `tidewatch up` runs it too. Beyond this machine set `page.token`, and `page.hosts`.

    Example: `tidewatch page --port 8080`
    """
    from streams.logs import configure_logs
    from streams.page.service import run_page
    from streams.service import stop_on_signals

    settings = settings_from(
        monitors=monitors,
        clickhouse=clickhouse,
        data_dir=data_dir,
        page={"host": host} if host else {},
        http={} if port is None else {"page_port": port},
    )
    configure_logs(settings.log, process="page")
    run_page(settings, stop_on_signals())
