"""``tidewatch reference``: what drift monitors hold the present against."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from streams.cli.exits import refuse, refused_when_invalid, told_in_a_line
from streams.cli.options import Begin, ClickHouseUrl, DataDirectory, End, Json, settings_from

if TYPE_CHECKING:
    from schemas.references import Reference

group = typer.Typer(help="References of drift monitors.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(group, name="reference", rich_help_panel="Without servers")
console = Console()


@group.command()
@told_in_a_line
def build(
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    *,
    events: Annotated[
        Path | None, typer.Option(help="A file of events, instead of windows in ClickHouse.")
    ] = None,
    begin: Begin = None,
    end: End = None,
    block: Annotated[str, typer.Option(help="Length of its blocks.")] = "10m",
    release: Annotated[str, typer.Option(help="Only events of this service version.")] = "",
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
) -> None:
    """Write a reference of a stretch of the past, all signals and segments in it.

    Example: `tidewatch reference build refs/may.reference --from 2026-05-01 --to 2026-05-15`
    """
    from schemas.references import encode_reference
    from streams.audit.reference import note_reference
    from streams.cli.options import parse_seconds
    from streams.references.build import build_reference
    from streams.references.sources import RESOLUTION, open_windows

    if out.exists():
        raise typer.BadParameter(f"{out} exists: references are never replaced silently")
    settings = settings_from(clickhouse=clickhouse, data_dir=data_dir)
    with (
        refused_when_invalid(),
        open_windows(settings, events=events, begin=begin, end=end) as (origin, windows),
    ):
        reference = build_reference(
            windows,
            name=out.stem,
            origin=origin,
            block_seconds=int(parse_seconds(block)),
            resolution=RESOLUTION,
            release=release,
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(encode_reference(reference))
    if events is None:
        note_reference(settings, out, reference.origin)
    _show(reference, out)


@group.command()
@told_in_a_line
def show(file: Annotated[Path, typer.Argument(help="A reference.")]) -> None:
    """Say what a reference holds.

    Example: `tidewatch reference show refs/may.reference`
    """
    _show(_read(file), file)


@group.command()
@told_in_a_line
def diff(
    one: Annotated[Path, typer.Argument(help="A reference.")],
    other: Annotated[Path, typer.Argument(help="Another one.")],
    *,
    limit: Annotated[int, typer.Option(help="Most differences to list.", min=1)] = 30,
    minimum_events: Annotated[
        int, typer.Option(help="Fewest values of a signal in either, as in a monitor.", min=1)
    ] = 100,
    as_json: Json = False,
) -> None:
    """List how two references differ, the largest difference first, and what does not compare.

    Example: `tidewatch reference diff refs/april.reference refs/may.reference`
    """
    from schemas.segments import key_label
    from streams.detectors import signal_units
    from streams.references.build import compare_references

    compared = compare_references(_read(one), _read(other), signal_units())
    differing = [each for each in compared.found if each.effect > 0]
    sure = [each for each in differing if min(each.known) >= minimum_events]
    errors = Console(stderr=True, highlight=False)
    for note in compared.notes:
        errors.print(note, markup=False, soft_wrap=True)
    if as_json:
        sys.stdout.write(msgspec.json.encode(sure[:limit]).decode() + "\n")
        return
    table = Table(box=None)
    for name in ("segment", "signal", "effect", "measure", "values", "what changed"):
        table.add_column(name, overflow="fold")
    for each in sure[:limit]:
        values = " / ".join(f"{count:,}" for count in each.known)
        label = key_label(each.segment)
        cells = (label, each.signal, f"{each.effect:.3f}", each.measure, values, each.words)
        table.add_row(*map(escape, cells))
    if sure:
        console.print(table)
    else:
        console.print("no difference")
    if limit < len(sure):
        console.print(f"the {limit} largest of {len(sure)}: --limit lists more")
    if few := len(differing) - len(sure):
        console.print(
            f"{few} more of fewer than {minimum_events} values in either, where chance makes large "
            "ones: --minimum-events lists them",
            highlight=False,
        )


def _read(file: Path) -> "Reference":
    from detectors.drift.reference_files import read_reference

    try:
        return read_reference(file.read_bytes())
    except ValueError as error:
        refuse(f"{file}: {error}")


def _show(reference: "Reference", file: Path) -> None:
    from detectors.watching.wording import duration, moment
    from schemas.monitors.resolve_drift_reference import FEWEST_BLOCKS
    from schemas.quantity_words import quantity
    from schemas.segments import key_label
    from streams.references.models import embedding_models, mixed_segments

    begin, end = moment(reference.begin), moment(reference.end)
    console.print(
        f"{file}: {reference.origin}, {begin} to {end} UTC, "
        f"blocks of {duration(reference.block_seconds)}, "
        f"{quantity(len(reference.segments), '{segment}')}",
        markup=False,
        highlight=False,
    )
    table = Table(box=None)
    for name in ("segment", "blocks", "events", "signals", "embeddings of"):
        table.add_column(name, overflow="fold")
    for key, blocks in sorted(reference.segments.items()):
        signals = {signal for block in blocks for signal in block.signals}
        events = sum(block.events for block in blocks)
        models = " and ".join(embedding_models(blocks)) or "-"
        label = key_label(key)
        cells = (label, str(len(blocks)), f"{events:,}", str(len(signals)), models)
        table.add_row(*map(escape, cells))
    console.print(table)
    if (most := max(map(len, reference.segments.values()), default=0)) < FEWEST_BLOCKS:
        console.print(
            f"{quantity(most, '{block}')} at most: a monitor needs {FEWEST_BLOCKS} for a verdict, "
            "of a longer time or with a shorter --block",
            markup=False,
            highlight=False,
        )
    for key in mixed_segments(reference):
        console.print(
            f"{key_label(key)}: embeddings are of several models and do not "
            "compare; left out there",
            markup=False,
            highlight=False,
        )
