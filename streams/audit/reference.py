"""References that were built, as audit entries."""

from datetime import UTC, datetime
from pathlib import Path

import structlog

from schemas.audit import AuditEntry, entry_id
from streams.audit.log import AuditLog
from streams.audit.state import actor_of, digest
from streams.kafka import KafkaUnavailable, answers
from streams.settings import Settings

log = structlog.get_logger(__name__)


def note_reference(settings: Settings, file: Path, origin: str) -> bool:
    """Note on the audit topic that a reference was built; whether Kafka took it.

    A reference is of use without Kafka too, so its absence is no error.
    """
    now = datetime.now(UTC)
    after = digest(file.read_bytes())
    entry = AuditEntry(
        entry_id=entry_id("reference", file.name, after, now.isoformat()),
        time=now,
        kind="reference",
        action="built",
        subject=file.name[:256],
        actor=actor_of(settings),
        process="command",
        after=after,
        description=origin[:2000],
    )
    try:
        answers(settings.kafka)
        AuditLog(settings.kafka).append([entry])
    except KafkaUnavailable as error:
        log.warning("audit_not_written", error=str(error))
        return False
    return True
