"""The ``alertmanager`` receiver: Prometheus Alertmanager's API v2.

Alertmanager forgets an alert that it is not told of again, so it is told every
``resend_seconds`` while the alert fires, each time with an ``endsAt`` further away than the next
tellings. Grouping, silences and escalation are Alertmanager's.
"""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from schemas.segments import segment_label
from streams.receivers.http_post import HttpPoster
from streams.receivers.protocol import Notification, Outcome, ReceiverContext
from streams.receivers.rendering import (
    render_changes,
    render_contributions,
    render_examples,
    render_expected,
    render_extent,
    render_value,
)
from streams.receivers.untrusted_text import neutral, neutral_exact, safe_link

_ALERTS_PATH = "/api/v2/alerts"
_MISSED_TELLINGS = 4
_encode = msgspec.json.Encoder().encode


class AlertmanagerReceiver:
    """Posts to ``<url>/api/v2/alerts``; a secret is sent as a bearer token."""

    def __init__(self, config: Receiver, context: ReceiverContext) -> None:
        self._context = context
        self._headers = {"Authorization": f"Bearer {config.secret}"} if config.secret else {}
        self._poster = HttpPoster(
            config.name,
            config.url.removesuffix("/").removesuffix(_ALERTS_PATH) + _ALERTS_PATH,
            networks=context.networks,
            timeout_seconds=context.timeout_seconds,
        )

    @property
    def resend_seconds(self) -> float:
        """How often a firing alert is sent again."""
        return self._context.resend_seconds

    def send(self, notification: Notification) -> Outcome:
        """Post once; an alert that Alertmanager has already is updated, not doubled."""
        now = self._context.clock()
        message = alertmanager_alert(
            notification.alert, now=now, resend_seconds=self.resend_seconds
        )
        return self._poster.post(_encode([message]), self._headers, now=now)


def create(config: Receiver, context: ReceiverContext) -> AlertmanagerReceiver:
    """An Alertmanager from its configuration; raises :class:`ReceiverError`."""
    return AlertmanagerReceiver(config, context)


def alertmanager_alert(alert: Alert, *, now: datetime, resend_seconds: float) -> dict[str, Any]:
    """The alert as API v2's ``postableAlert``.

    A firing alert ends ``_MISSED_TELLINGS`` re-sends after ``now`` unless it is sent again, a
    resolved one when it resolved.
    """
    starts_at = alert.fired_at or alert.started_at
    if alert.state == "resolved":
        # An end before the start is refused, one in the future would keep it firing.
        ends_at = max(starts_at, min(alert.resolved_at or alert.changed_at, now))
    else:
        # Never before the start: Alertmanager refuses that.
        ends_at = max(starts_at, now + timedelta(seconds=_MISSED_TELLINGS * resend_seconds))
    message: dict[str, Any] = {
        "labels": alertmanager_labels(alert),
        "annotations": alertmanager_annotations(alert),
        "startsAt": starts_at,
        "endsAt": ends_at,
    }
    if link := safe_link(alert.dashboard_url):
        message["generatorURL"] = link
    return message


def alertmanager_labels(alert: Alert) -> dict[str, str]:
    """The alert's identity for Alertmanager: nothing here changes while severity stays.

    Dimensions of the segment and the monitor's labels become label names
    (``labels.tenant`` is ``labels_tenant``); one that would hide another gets an underscore.
    """
    labels = {
        "alertname": alert.monitor,
        "monitor": alert.monitor,
        "fingerprint": alert.fingerprint,
        "severity": alert.severity,
        "service": alert.segment.get("service_name", ""),
    }
    for name, value in [*sorted(alert.segment.items()), *sorted(alert.labels.items())]:
        label = label_name(name)
        while label in labels:
            label += "_"
        labels[label] = value
    return {name: text for name, value in labels.items() if (text := neutral_exact(value))}


def label_name(name: str) -> str:
    """The nearest name that every Alertmanager release takes for a label.

    >>> label_name("labels.tenant-id"), label_name("9lives")
    ('labels_tenant_id', '_9lives')
    """
    label = re.sub(r"[^a-zA-Z0-9_]", "_", name)
    return f"_{label}" if not label or label[0].isdigit() else label


def alertmanager_annotations(alert: Alert) -> dict[str, str]:
    """What the alert says, for Alertmanager's templates; empty ones are left out."""
    annotations = {
        "summary": neutral(alert.summary),
        "description": neutral(alert.description, 2000),
        "segment": neutral(segment_label(alert.segment)),
        "value": render_value(alert),
        "expected": render_expected(alert),
        "affected": render_extent(alert),
        "contributions": "\n".join(render_contributions(alert)),
        "changes": "\n".join(render_changes(alert)),
        "examples": "\n".join(render_examples(alert)),
        "runbook_url": safe_link(alert.runbook_url),
        "dashboard_url": safe_link(alert.dashboard_url),
        "evidence_sql": neutral_exact(alert.evidence_sql),
    }
    return {name: text for name, text in annotations.items() if text}
