"""Feedback and changes, which applications report, as rows."""

from collections.abc import Sequence

from schemas import changes, feedback
from schemas.changes import decode_change
from schemas.feedback import decode_feedback
from schemas.topics import CHANGES, FEEDBACK
from streams.sink.message import Message, decoded, known_time
from streams.sink.target import MOMENT, NUMBER, TEXT, TEXT_MAP, Row, Target


def _feedback_rows(message: Message) -> Sequence[Row]:
    judgement = decoded(message, decode_feedback, feedback.SCHEMA_VERSION)
    row = (
        judgement.feedback_id,
        judgement.event_id,
        known_time("time", judgement.time),
        judgement.service_name,
        judgement.kind,
        judgement.source,
        judgement.judge,
        judgement.value,
        judgement.inclusion_probability,
        judgement.label,
        judgement.comment,
        judgement.user_id,
        message.received_at,
    )
    return (row,)


def _change_rows(message: Message) -> Sequence[Row]:
    change = decoded(message, decode_change, changes.SCHEMA_VERSION)
    row = (
        change.change_id,
        known_time("time", change.time),
        change.kind,
        change.segment,
        change.before,
        change.after,
        change.description,
        change.author,
        change.link,
        message.received_at,
    )
    return (row,)


FEEDBACK_TARGET = Target(
    topic=FEEDBACK,
    table="raw_feedback",
    columns={
        "feedback_id": TEXT,
        "event_id": TEXT,
        "time": MOMENT,
        "service_name": TEXT,
        "kind": TEXT,
        "source": TEXT,
        "judge": TEXT,
        "value": NUMBER,
        "inclusion_probability": NUMBER,
        "label": TEXT,
        "comment": TEXT,
        "user_id": TEXT,
        "received_at": MOMENT,
    },
    rows=_feedback_rows,
    texts=("comment",),
)

CHANGES_TARGET = Target(
    topic=CHANGES,
    table="raw_changes",
    columns={
        "change_id": TEXT,
        "time": MOMENT,
        "kind": TEXT,
        "segment": TEXT_MAP,
        "before": TEXT,
        "after": TEXT,
        "description": TEXT,
        "author": TEXT,
        "link": TEXT,
        "received_at": MOMENT,
    },
    rows=_change_rows,
)
