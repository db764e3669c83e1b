"""``tidewatch dashboards``: the dashboards in a Grafana, compared, pushed, or as files."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from streams.cli.exits import FAILED, refuse, tell, told_in_a_line
from streams.cli.options import ClickHouseUrl, DataDirectory, Json, settings_from

if TYPE_CHECKING:
    from dashboards.grafana.publisher import Publisher

app = typer.Typer()
commands = typer.Typer(
    no_args_is_help=True,
    help="The dashboards in Grafana: push them, see what differs, write them to files.",
)
app.add_typer(commands, name="dashboards", rich_help_panel="Operations")

GrafanaUrl = Annotated[
    str,
    typer.Option("--grafana", help="Address of Grafana.", envvar="TIDEWATCH_GRAFANA_URL"),
]
_TOKEN = "TIDEWATCH_GRAFANA_TOKEN"  # noqa: S105
"""Variable with the token of a service account; no option, which other users would see."""

_LOCAL = "http://127.0.0.1:3000"


@commands.command()
@told_in_a_line
def push(
    *,
    grafana: GrafanaUrl = _LOCAL,
    force: Annotated[
        bool, typer.Option("--force", help="Replace what people edited in Grafana.")
    ] = False,
    data_source: Annotated[
        bool,
        typer.Option(
            "--data-source/--no-data-source", help="Whether to make the data source as well."
        ),
    ] = True,
    seen_from_grafana: Annotated[
        str | None,
        typer.Option(
            help="ClickHouse's HTTP address as Grafana reaches it, where it is another than ours."
        ),
    ] = None,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Bring folder, data source and dashboards to Grafana. May run any number of times.

    Dashboards that somebody edited in Grafana are kept and their differences shown; what is not
    Tidewatch's is never touched. Ends with 1 when something was kept.

    Example: `TIDEWATCH_GRAFANA_TOKEN=… tidewatch dashboards push --grafana http://grafana:3000`
    """
    from dashboards.grafana.publisher import Store

    settings = settings_from(clickhouse=clickhouse, data_dir=data_dir).clickhouse
    store = Store(
        url=seen_from_grafana or settings.url,
        database=settings.database,
        user=settings.user,
        password=settings.password.get_secret_value(),
    )
    with _told():
        report = _publisher(grafana).push(store if data_source else None, force=force)
    if as_json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        console = Console(highlight=False)
        console.print(f"folder: {report.folder}; data source: {report.data_source}")
        console.print(f"pushed: {', '.join(report.pushed) or 'none'}", soft_wrap=True)
        console.print(f"as they were: {', '.join(report.same) or 'none'}", soft_wrap=True)
        for uid, state in report.kept.items():
            console.print(f"kept, for it is {state}: {uid}", soft_wrap=True)
        for diff in report.diffs.values():
            console.print(Text(diff), soft_wrap=True)
    if report.diffs:
        tell("something differs and was kept: --force replaces what people edited")
        raise typer.Exit(FAILED)


@commands.command()
@told_in_a_line
def diff(
    *,
    grafana: GrafanaUrl = _LOCAL,
    as_json: Json = False,
) -> None:
    """Show how Grafana's dashboards differ from the declared ones. Ends with 1 when any does.

    Example: `tidewatch dashboards diff --grafana http://grafana:3000`
    """
    with _told():
        comparisons = _publisher(grafana).compare()
    if as_json:
        found = [{"uid": c.uid, "state": c.state, "diff": c.diff} for c in comparisons]
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        console = Console(highlight=False)
        for each in comparisons:
            console.print(f"{each.uid}: {each.state}", soft_wrap=True)
            if each.diff and each.state != "new":
                console.print(Text(each.diff), soft_wrap=True)
    if any(each.state != "same" for each in comparisons):
        raise typer.Exit(FAILED)


@commands.command()
@told_in_a_line
def export(
    folder: Annotated[Path, typer.Argument(help="Folder for the files; made where missing.")],
) -> None:
    """Write every dashboard as a JSON file, for Grafana's import or its provisioning.

    Example: `tidewatch dashboards export /etc/grafana/provisioning/dashboards`
    """
    from dashboards.grafana.render import render_all

    folder.mkdir(parents=True, exist_ok=True)
    for uid, dashboard in render_all().items():
        text = json.dumps(dashboard, indent=1, ensure_ascii=False) + "\n"
        (folder / f"{uid}.json").write_text(text, encoding="utf-8")
        typer.echo(folder / f"{uid}.json")


def _publisher(url: str) -> "Publisher":
    from dashboards.grafana.publisher import Publisher
    from dashboards.grafana.render import render_all

    token = os.environ.get(_TOKEN, "")
    if not token:
        refuse(
            "no token: make a service account in Grafana (Administration, Service accounts) and "
            f"give its token as {_TOKEN}"
        )
    return Publisher(url, token, render_all())


@contextmanager
def _told() -> Iterator[None]:
    """A refusal of Grafana ends the command with its message."""
    from dashboards.grafana.errors import GrafanaRefusedError

    try:
        yield
    except GrafanaRefusedError as error:
        refuse(str(error))
