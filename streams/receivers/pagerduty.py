"""The ``pagerduty`` receiver: Events API v2.

``secret`` is the integration's routing key. An episode of an alert is one incident: its
``dedup_key`` is the episode, so a severity that rises updates it and its end resolves it.
https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
"""

from typing import Any

import msgspec

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from schemas.segments import segment_label
from streams.receivers.http_post import HttpPoster
from streams.receivers.protocol import Notification, Outcome, ReceiverContext, ReceiverError
from streams.receivers.rendering import render_sections, render_title
from streams.receivers.untrusted_text import neutral, safe_link, shorten

_SUMMARY_CHARACTERS = 1024
_DETAIL_CHARACTERS = 4000
_SEVERITIES = {"page": "critical", "ticket": "warning", "info": "info"}
_encode = msgspec.json.Encoder().encode


class PagerDutyReceiver:
    """Posts to ``url``, which is ``https://events.pagerduty.com/v2/enqueue`` (or ``.eu.``)."""

    resend_seconds = None

    def __init__(self, config: Receiver, context: ReceiverContext) -> None:
        if not config.secret:
            raise ReceiverError(
                f"receiver {config.name!r}: secret is the routing key of a PagerDuty integration "
                "(Events API v2): set it, for instance to ${PAGERDUTY_KEY}"
            )
        self._context = context
        self._key = config.secret
        self._poster = HttpPoster(
            config.name,
            config.url,
            networks=context.networks,
            timeout_seconds=context.timeout_seconds,
        )

    def send(self, notification: Notification) -> Outcome:
        """Post once; PagerDuty updates the incident that it has already."""
        body = _encode({"routing_key": self._key, **pagerduty_event(notification.alert)})
        return self._poster.post(body, {}, now=self._context.clock())


def create(config: Receiver, context: ReceiverContext) -> PagerDutyReceiver:
    """A PagerDuty service from its configuration; raises :class:`ReceiverError`."""
    return PagerDutyReceiver(config, context)


def pagerduty_event(alert: Alert) -> dict[str, Any]:
    """The alert as an event, without the routing key."""
    links = [
        {"href": url, "text": name}
        for name, url in (("Runbook", alert.runbook_url), ("Dashboard", alert.dashboard_url))
        if safe_link(url)
    ]
    event: dict[str, Any] = {
        "event_action": "resolve" if alert.state == "resolved" else "trigger",
        "dedup_key": alert.episode_id,
        "client": "Tidewatch",
        "links": links,
        "payload": {
            "summary": shorten(render_title(alert), _SUMMARY_CHARACTERS),
            "source": neutral(segment_label(alert.segment)),
            "severity": _SEVERITIES[alert.severity],
            "timestamp": alert.fired_at or alert.started_at,
            "component": neutral(alert.monitor),
            "group": neutral(alert.segment.get("service_name", "")),
            "class": alert.kind,
            "custom_details": {
                section.name: shorten("\n".join(section.lines), _DETAIL_CHARACTERS)
                for section in render_sections(alert)
            },
        },
    }
    if dashboard := safe_link(alert.dashboard_url):
        event["client_url"] = dashboard
    return event
