"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Any

import typer

from streams.settings import Settings, load_settings

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
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def settings_from(
    *,
    monitors: Path | None = None,
    kafka: str | None = None,
    clickhouse: str | None = None,
    **sections: dict[str, Any],
) -> Settings:
    """Settings with the given flags over environment and file."""
    flags: dict[str, Any] = {name: dict(values) for name, values in sections.items() if values}
    if monitors is not None:
        flags["monitors"] = monitors
    if kafka is not None:
        flags.setdefault("kafka", {})["bootstrap_servers"] = kafka
    if clickhouse is not None:
        flags.setdefault("clickhouse", {})["url"] = clickhouse
    return load_settings(**flags)
