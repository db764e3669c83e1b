"""``tidewatch``: the command line put together."""

import os
from typing import Annotated

import typer

from streams.cli import (
    access,
    audit,
    backtest,
    compare,
    dashboards,
    dead_letters,
    demo,
    doctor,
    gameday,
    offline,
    page,
    processes,
    reference,
    replay,
    report,
    settings,
    slo,
    store,
    up,
)
from streams.cli.exits import MEANINGS
from streams.supervisor import ONE_THREAD, end_with_parent

_EPILOG = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in MEANINGS.items())

app = typer.Typer(
    name="tidewatch",
    help="Know within seconds when a language model in production behaves differently or worse.\n\n"
    "Start with `tidewatch demo`, which needs nothing, or with `tidewatch up` for your own events.",
    epilog=_EPILOG + ".",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (
    demo,
    up,
    processes,
    page,
    report,
    replay,
    offline,
    slo,
    compare,
    store,
    dead_letters,
    doctor,
    settings,
    access,
    audit,
    reference,
    backtest,
    gameday,
    dashboards,
):
    app.registered_commands += part.app.registered_commands
    app.registered_groups += part.app.registered_groups


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tidewatch {version('tidewatch')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Options of ``tidewatch`` itself."""


def run() -> None:
    """Entry point of the ``tidewatch`` script."""
    end_with_parent()
    # Read by libraries when they are loaded, which commands do.
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
    app()


if __name__ == "__main__":
    run()
