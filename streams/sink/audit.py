"""Audit entries as rows."""

from collections.abc import Sequence

from schemas import audit
from schemas.audit import decode_audit_entry
from schemas.topics import AUDIT
from streams.sink.message import Message, decoded, known_time
from streams.sink.target import MOMENT, TEXT, Row, Target


def _rows(message: Message) -> Sequence[Row]:
    entry = decoded(message, decode_audit_entry, audit.SCHEMA_VERSION)
    row = (
        entry.entry_id,
        known_time("time", entry.time),
        entry.kind,
        entry.action,
        entry.subject,
        entry.actor,
        entry.process,
        entry.before,
        entry.after,
        entry.description,
        message.received_at,
    )
    return (row,)


AUDIT_TARGET = Target(
    topic=AUDIT,
    table="raw_audit",
    columns={
        "entry_id": TEXT,
        "time": MOMENT,
        "kind": TEXT,
        "action": TEXT,
        "subject": TEXT,
        "actor": TEXT,
        "process": TEXT,
        "before": TEXT,
        "after": TEXT,
        "description": TEXT,
        "received_at": MOMENT,
    },
    rows=_rows,
    texts=("description",),
)
