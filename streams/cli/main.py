"""``tidewatch``: the command line put together."""

import typer

from streams.cli import offline, processes

app = typer.Typer(
    name="tidewatch",
    help="Know within seconds when a language model in production behaves differently or worse.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (processes, offline):
    app.registered_commands += group.app.registered_commands


def run() -> None:
    """Entry point of the ``tidewatch`` script."""
    app()


if __name__ == "__main__":
    run()
