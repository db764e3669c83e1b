"""What changed since a process was last started, noted when it starts."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import structlog

from schemas.audit import AuditAction, AuditEntry, AuditKind, entry_id
from schemas.monitors.resolved import MonitorSet
from streams.audit.log import AuditLog
from streams.audit.state import State, actor_of, digest, started_with
from streams.kafka import KafkaUnavailable
from streams.settings import Settings

log = structlog.get_logger(__name__)


def note_start(settings: Settings, monitors: MonitorSet, process: str) -> None:
    """Note on the audit topic that a process starts, and what differs from its last start.

    Kafka has to be there. What cannot be noted is logged: a start does not fail for it.
    """
    audit = AuditLog(settings.kafka)
    try:
        found = changes(
            audit.last(process),
            started_with(settings, monitors),
            process=process,
            actor=actor_of(settings),
            now=datetime.now(UTC),
        )
        audit.append(found)
    except KafkaUnavailable as error:
        log.warning("audit_not_written", error=str(error))
    except Exception:
        log.exception("audit_not_written")
    else:
        log.info("audit_written", entries=len(found))


def changes(
    last: Mapping[str, AuditEntry], state: State, *, process: str, actor: str, now: datetime
) -> list[AuditEntry]:
    """The entries that a start makes.

    Parameters
    ----------
    last
        What the process noted last, by key.
    state
        What it is started with now.
    process, actor, now
        Which process, who starts it, and when.
    """
    before: State = {
        (entry.kind, entry.subject): entry.after
        for entry in last.values()
        if entry.kind in {"monitor", "receiver", "setting"} and entry.action != "removed"
    }

    def entry(kind: AuditKind, subject: str, action: AuditAction) -> AuditEntry:
        return AuditEntry(
            entry_id=entry_id(kind, process, subject, action, now.isoformat()),
            time=now,
            kind=kind,
            action=action,
            subject=subject,
            actor=actor,
            process=process,
            before=before.get((kind, subject), ""),
            after=state.get((kind, subject), ""),
        )

    found = [
        entry(kind, subject, "changed" if (kind, subject) in before else "added")
        for (kind, subject), value in state.items()
        if before.get((kind, subject)) != value
    ]
    found += [entry(kind, name, "removed") for kind, name in before if (kind, name) not in state]
    whole = digest(msgspec.json.encode(sorted((*key, value) for key, value in state.items())))
    start = entry("start", process, "started")
    earlier = last.get(start.key)
    return [
        msgspec.structs.replace(start, before=earlier.after if earlier else "", after=whole),
        *found,
    ]
