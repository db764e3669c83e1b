"""``tidewatch audit``: who did what, and saying that one looks after an alert."""

import re
import sys
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.cli.exits import told_in_a_line
from streams.cli.options import (
    BootstrapServers,
    ClickHouseUrl,
    DataDirectory,
    Json,
    settings_from,
)

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Who changed what, and what was done about alerts.")
app.add_typer(group, name="audit", rich_help_panel="Operations")

_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_COLUMNS = ("time", "kind", "action", "subject", "actor", "process", "before", "after")
_QUERY = """
SELECT time, kind, action, subject, actor, process, before, after, description FROM audit
WHERE ({kind:String} = '' OR kind = {kind:String})
    AND ({subject:String} = '' OR subject = {subject:String})
ORDER BY time DESC LIMIT {limit:UInt32}
"""


@group.command("list")
@told_in_a_line
def list_(
    *,
    kind: Annotated[
        str,
        typer.Option(
            help="Only start, monitor, receiver, setting, reference, acknowledgement, silence or "
            "alert."
        ),
    ] = "",
    subject: Annotated[str, typer.Option(help="Only this monitor, setting, alert, …")] = "",
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1)] = 50,
    clickhouse: ClickHouseUrl = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """List who changed monitors, receivers, settings and references, and what alerts went through.

    Example: `tidewatch audit list --kind monitor`
    """
    from streams.store.errors import store_errors
    from streams.store.setup import connect_by

    client = connect_by(settings_from(clickhouse=clickhouse, data_dir=data_dir).clickhouse)
    with store_errors("reading the audit", client.uri):
        found = client.query(
            _QUERY, parameters={"kind": kind, "subject": subject, "limit": limit}
        ).named_results()
        rows = list(found)
    if as_json:
        sys.stdout.write(msgspec.json.encode(rows).decode() + "\n")
        return
    table = Table(*_COLUMNS, box=None, header_style="bold")
    for row in rows:
        when = row["time"].strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(when, *(Text(str(row[name])) for name in _COLUMNS[1:]))
    Console().print(table)


@group.command()
@told_in_a_line
def acknowledge(
    fingerprint: Annotated[str, typer.Argument(help="The alert's fingerprint: 16 digits.")],
    *,
    by: Annotated[str, typer.Option(help="Who looks after it; by default who you are.")] = "",
    note: Annotated[str, typer.Option(help="What is known, or done.")] = "",
    kafka: BootstrapServers = None,
    data_dir: DataDirectory = None,
) -> None:
    """Note that somebody looks after an alert. It goes on firing until its cause is gone.

    Example: `tidewatch audit acknowledge 0123456789abcdef --note "rolling back"`
    """
    from schemas.audit import AuditEntry, entry_id
    from streams.audit.log import AuditLog
    from streams.audit.state import actor_of

    if not _FINGERPRINT.fullmatch(fingerprint):
        raise typer.BadParameter(f"{fingerprint!r} is no fingerprint: 16 digits 0-9, a-f")
    settings = settings_from(kafka=kafka, data_dir=data_dir)
    now = datetime.now(UTC)
    actor = by[:256] or actor_of(settings)
    entry = AuditEntry(
        entry_id=entry_id("acknowledgement", fingerprint, actor, now.isoformat()),
        time=now,
        kind="acknowledgement",
        action="acknowledged",
        subject=fingerprint,
        actor=actor,
        process="command",
        description=note[:2000],
    )
    AuditLog(settings.kafka).append([entry])
    sys.stdout.write(f"{fingerprint}: noted that {actor} looks after it\n")
