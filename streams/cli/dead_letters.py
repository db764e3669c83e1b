"""``tidewatch dlq``: refused messages, listed and replayed."""

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.cli.exits import told_in_a_line
from streams.cli.options import BootstrapServers, DataDirectory, Json, settings_from

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.dead_letters.letter import Letter

app = typer.Typer()
commands = typer.Typer(
    no_args_is_help=True,
    help="Messages that were refused: see why, put it right, replay them.",
)
app.add_typer(commands, name="dlq", rich_help_panel="Operations")

_VALUE_CHARACTERS = 300

Reason = Annotated[
    str | None,
    typer.Option(
        help="Only this reason: not_json, invalid, unknown_schema_version, too_large, "
        "time_out_of_range, empty or unreadable_pane."
    ),
]


@commands.command("list")
@told_in_a_line
def list_(
    *,
    reason: Reason = None,
    limit: Annotated[int, typer.Option(help="The newest so many; 0 for all.", min=0)] = 50,
    show_value: Annotated[
        bool, typer.Option("--show-value", help="Show messages: they may hold personal data.")
    ] = False,
    kafka: BootstrapServers = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """List refused messages: reason, origin, size and age; no texts unless asked for.

    Example: `tidewatch dlq list --reason too_large --json`
    """
    from streams.dead_letters.letter import read_letters
    from streams.dead_letters.replayed import Replayed

    settings = settings_from(kafka=kafka, data_dir=data_dir)
    found = [
        letter
        for letter in read_letters(settings.kafka)
        if reason is None or letter.reason == reason
    ]
    found.sort(key=lambda letter: letter.time)
    counts = Counter(letter.reason for letter in found)
    until = Replayed(settings.kafka).replayed(list(counts))
    shown = [(letter, _is_replayed(letter, until)) for letter in found[-limit:]]
    if as_json:
        report = {
            "total": len(found),
            "reasons": counts,
            "letters": [_as_json(*row, show_value=show_value) for row in shown],
        }
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    console = Console(highlight=False)
    if not found:
        console.print("no dead letters")
        return
    console.print(_table(shown, show_value=show_value))
    listed = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    console.print(f"{len(shown)} of {len(found)} dead letters shown ({listed})")


@commands.command("replay")
@told_in_a_line
def replay(
    *,
    reason: Reason = None,
    limit: Annotated[int | None, typer.Option(help="At most so many.", min=1)] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    kafka: BootstrapServers = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Send refused messages to the topics they came from, each once.

    Put right first what was wrong, such as `score.max_event_bytes`: what is still wrong comes
    back as a new dead letter. What was replayed is remembered and left out the next time.

    Example: `tidewatch dlq replay --reason too_large --dry-run`
    """
    from streams.dead_letters.replay import replay_letters

    settings = settings_from(kafka=kafka, data_dir=data_dir)
    result = replay_letters(settings.kafka, reason=reason, limit=limit, dry_run=dry_run)
    if as_json:
        sys.stdout.write(
            msgspec.json.encode({"dry_run": dry_run, "replay": result}).decode() + "\n"
        )
        return
    console = Console(highlight=False)
    verb = "would be sent" if dry_run else "sent"
    console.print(f"{sum(result.sent.values())} {verb}{_by_reason(result.sent)}")
    if result.already:
        told = f"{sum(result.already.values())} were replayed before{_by_reason(result.already)}"
        console.print(told)
    if result.homeless:
        told = f"{sum(result.homeless.values())} do not say where they came from"
        console.print(f"{told}{_by_reason(result.homeless)}")
    if result.cut:
        told = f"{sum(result.cut.values())} are not whole{_by_reason(result.cut)}"
        console.print(f"{told}: too large to be kept here; only their sender can send them again")


def _by_reason(counts: dict[str, int]) -> str:
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    return f" ({told})" if told else ""


def _is_replayed(letter: "Letter", until: dict[str, dict[int, int]]) -> bool:
    partition, offset = letter.position
    return offset < until[letter.reason].get(partition, 0)


def _as_json(letter: "Letter", replayed: bool, *, show_value: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "reason": letter.reason,
        "detail": letter.detail,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "time": letter.time,
        "bytes": len(letter.value or b""),
        "replayed": replayed,
        "cut": letter.cut,
    }
    if show_value:
        told["key"] = _text(letter.key)
        told["value"] = _text(letter.value)
    return told


def _table(rows: "Iterable[tuple[Letter, bool]]", *, show_value: bool) -> Table:
    columns = ["age", "reason", "origin", "bytes", "replayed", "why"]
    table = Table(*columns, *(["message"] if show_value else []), box=None, header_style="bold")
    now = datetime.now(UTC)
    for letter, replayed in rows:
        origin = f"{letter.topic}/{letter.partition}@{letter.offset}" if letter.topic else "unknown"
        cells = [
            _age((now - letter.time).total_seconds()),
            letter.reason,
            origin,
            f"{len(letter.value or b''):,}{' (cut)' if letter.cut else ''}",
            "yes" if replayed else "no",
            letter.detail,
        ]
        if show_value:
            cells.append((_text(letter.value) or "")[:_VALUE_CHARACTERS])
        # Text, not markup: refused messages hold anything.
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _age(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="replace")
