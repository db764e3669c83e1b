"""Alert transitions and deliveries as rows."""

from collections.abc import Sequence

import msgspec

from schemas import alerts, deliveries
from schemas.alerts import decode_alert
from schemas.deliveries import decode_delivery
from schemas.segments import segment_key
from schemas.topics import ALERTS, DELIVERIES
from streams.sink.message import Message, decoded, known_time
from streams.sink.target import COUNT, MOMENT, NUMBER, TEXT, TEXT_MAP, TEXTS, UINT32, Row, Target


def _alert_rows(message: Message) -> Sequence[Row]:
    if message.value is None:
        return ()  # a tombstone of compaction
    alert = decoded(message, decode_alert, alerts.SCHEMA_VERSION)
    row = (
        alert.transition_id,
        alert.fingerprint,
        alert.monitor,
        alert.kind,
        alert.severity,
        alert.segment,
        segment_key(alert.segment),
        alert.state,
        known_time("started_at", alert.started_at),
        known_time("changed_at", alert.changed_at),
        alert.fired_at and known_time("fired_at", alert.fired_at),
        alert.resolved_at and known_time("resolved_at", alert.resolved_at),
        alert.summary,
        alert.description,
        alert.value,
        alert.value_low,
        alert.value_high,
        alert.expected,
        alert.unit,
        alert.window_seconds,
        alert.events,
        alert.bad_events,
        alert.users,
        alert.labels,
        alert.receivers,
        alert.runbook_url,
        alert.dashboard_url,
        alert.evidence_condition,
        alert.evidence_sql,
        msgspec.json.encode(alert.contributions).decode(),
        msgspec.json.encode(alert.changes).decode(),
        [example.event_id for example in alert.examples],
        message.received_at,
    )
    return (row,)


def _delivery_rows(message: Message) -> Sequence[Row]:
    if message.value is None:
        return ()  # a tombstone of compaction
    delivery = decoded(message, decode_delivery, deliveries.SCHEMA_VERSION)
    row = (
        delivery.fingerprint,
        delivery.receiver,
        delivery.transition_id,
        delivery.state,
        delivery.severity,
        known_time("time", delivery.time),
        delivery.outcome,
        delivery.attempts,
        delivery.error,
        message.received_at,
    )
    return (row,)


ALERTS_TARGET = Target(
    topic=ALERTS,
    table="raw_alerts",
    columns={
        "transition_id": TEXT,
        "fingerprint": TEXT,
        "monitor": TEXT,
        "kind": TEXT,
        "severity": TEXT,
        "segment": TEXT_MAP,
        "segment_key": TEXT,
        "state": TEXT,
        "started_at": MOMENT,
        "changed_at": MOMENT,
        "fired_at": MOMENT,
        "resolved_at": MOMENT,
        "summary": TEXT,
        "description": TEXT,
        "value": NUMBER,
        "value_low": NUMBER,
        "value_high": NUMBER,
        "expected": NUMBER,
        "unit": TEXT,
        "window_seconds": UINT32,
        "events": COUNT,
        "bad_events": COUNT,
        "users": COUNT,
        "labels": TEXT_MAP,
        "receivers": TEXTS,
        "runbook_url": TEXT,
        "dashboard_url": TEXT,
        "evidence_condition": TEXT,
        "evidence_sql": TEXT,
        "contributions": TEXT,
        "changes": TEXT,
        "example_event_ids": TEXTS,
        "received_at": MOMENT,
    },
    rows=_alert_rows,
)

DELIVERIES_TARGET = Target(
    topic=DELIVERIES,
    table="raw_deliveries",
    columns={
        "fingerprint": TEXT,
        "receiver": TEXT,
        "transition_id": TEXT,
        "state": TEXT,
        "severity": TEXT,
        "time": MOMENT,
        "outcome": TEXT,
        "attempts": UINT32,
        "error": TEXT,
        "received_at": MOMENT,
    },
    rows=_delivery_rows,
)
