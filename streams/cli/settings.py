"""``tidewatch settings``: what is in effect."""

import sys
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.cli.exits import told_in_a_line
from streams.cli.options import DataDirectory, Json, settings_from

app = typer.Typer()


@app.command(rich_help_panel="Operations")
@told_in_a_line
def settings(
    *,
    changed: Annotated[bool, typer.Option(help="Only those that are not the default.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="All settings with their defaults, as Markdown.")
    ] = False,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Show the settings in effect, from environment, file and defaults; secrets are masked.

    Example: `tidewatch settings --changed`
    """
    from streams.cli.settings_reference import plain, settings_markdown
    from streams.setting_entries import entries, shown

    if markdown:
        sys.stdout.write(settings_markdown())
        return
    found = [
        entry for entry in entries(settings_from(data_dir=data_dir)) if entry.changed or not changed
    ]
    if as_json:
        report = {entry.path: plain(entry.value) for entry in found}
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    table = Table("setting", "value", "what it is", box=None, header_style="bold")
    for entry in found:
        value = Text(shown(entry.value), style="bold" if entry.changed else "")
        table.add_row(entry.path, value, Text(entry.description, style="dim"))
    Console().print(table)
