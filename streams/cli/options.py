"""Options that several commands share, and the settings they lead to."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from schemas.changes import Change
    from schemas.monitors.resolved import MonitorSet
    from streams.settings import Settings

Monitors = Annotated[
    Path | None,
    typer.Option(help="Folder of monitor documents.", envvar="TIDEWATCH_MONITORS"),
]
BootstrapServers = Annotated[
    str | None,
    typer.Option(
        "--kafka", help="Kafka brokers, host:port.", envvar="TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS"
    ),
]
ClickHouseUrl = Annotated[
    str | None,
    typer.Option(
        "--clickhouse", help="ClickHouse's HTTP address.", envvar="TIDEWATCH_CLICKHOUSE__URL"
    ),
]
DataDirectory = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Where `tidewatch up` keeps its data; what runs there is found by itself.",
        envvar="TIDEWATCH_DATA_DIR",
    ),
]


def parse_moment(text: str) -> datetime:
    """A moment as ISO 8601 writes it, in UTC unless it says an offset of its own.

    Raises ``typer.BadParameter`` for anything else.

    >>> parse_moment("2026-05-01T12:00+02:00").isoformat()
    '2026-05-01T10:00:00+00:00'
    >>> parse_moment("2026-05-01").isoformat()
    '2026-05-01T00:00:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is no moment; write 2026-05-01T12:00:00Z") from None


def parse_part(texts: list[str] | None) -> dict[str, str]:
    """A part of traffic as options say it, ``dimension=value`` each.

    Raises ``typer.BadParameter`` for what names no dimension.

    >>> parse_part(["service_name=shop", "labels.tier=a=b"])
    {'service_name': 'shop', 'labels.tier': 'a=b'}
    """
    from schemas.segments import check_dimension

    part = {}
    for text in texts or []:
        name, sign, value = text.partition("=")
        if not sign:
            raise typer.BadParameter(f"{text!r}: write dimension=value")
        try:
            check_dimension(name)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        part[name] = value
    return part


Part = Annotated[
    list[str] | None,
    typer.Option("--segment", help="Part of traffic, dimension=value; several together."),
]
Begin = Annotated[
    datetime | None,
    typer.Option(
        "--from", parser=parse_moment, metavar="MOMENT", help="Begin; UTC without an offset."
    ),
]
End = Annotated[
    datetime | None,
    typer.Option("--to", parser=parse_moment, metavar="MOMENT", help="End; UTC without an offset."),
]
Changes = Annotated[
    Path | None,
    typer.Option(help="What went live, and when: JSON lines as of the changes topic."),
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_seconds(text: str) -> float:
    """A length of time such as ``90``, ``90s``, ``5m`` or ``2h``, in seconds.

    Raises ``typer.BadParameter`` for anything else, and for 0.

    >>> parse_seconds("1.5m")
    90.0
    """
    number, unit = (text[:-1], text[-1]) if text[-1:] in _SECONDS else (text, "s")
    try:
        seconds = float(number) * _SECONDS[unit]
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise typer.BadParameter(f"{text!r} is no length of time; write 90s, 5m or 2h")
    return seconds


def settings_from(
    *,
    monitors: Path | None = None,
    kafka: str | None = None,
    clickhouse: str | None = None,
    data_dir: Path | None = None,
    join_running: bool = True,
    **sections: dict[str, Any],
) -> "Settings":
    """Settings with the given flags over environment and file.

    Unless told otherwise by any of these, Kafka, ClickHouse and ports are those of the
    ``tidewatch up`` that runs on the data directory, where one does (``join_running``).
    """
    from streams.settings import load_settings

    flags: dict[str, Any] = {name: dict(values) for name, values in sections.items() if values}
    if monitors is not None:
        flags["monitors"] = monitors
    if data_dir is not None:
        flags["data_dir"] = data_dir
    if kafka is not None:
        flags.setdefault("kafka", {})["bootstrap_servers"] = kafka
    if clickhouse is not None:
        flags.setdefault("clickhouse", {})["url"] = clickhouse
    settings = load_settings(**flags)
    return _joined(settings) if join_running else settings


def _joined(settings: "Settings") -> "Settings":
    from streams.data_dir import running_addresses

    update = {}
    for name, addresses in running_addresses(settings.data_dir).items():
        section = getattr(settings, name)
        new = {k: v for k, v in addresses.items() if k not in section.model_fields_set}
        update[name] = section.model_copy(update=new)
    return settings.model_copy(update=update)


def monitors_of(settings: "Settings") -> "MonitorSet":
    """The monitors of the settings' folder; raises ``MonitorsError`` when anything is wrong."""
    from streams.detectors import wanted_signals
    from streams.monitors import usable_monitors

    return usable_monitors(settings.monitors, wanted_signals(settings.score))


def changes_of(path: Path | None) -> "list[Change]":
    """The changes that a file holds; none without one."""
    from schemas.changes import decode_change
    from streams.cli.line_files import read_lines

    return [] if path is None else read_lines(path, decode_change, "change")
