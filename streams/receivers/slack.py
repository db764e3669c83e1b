"""The ``slack`` receiver: Block Kit by an incoming webhook.

What stems from events stands in ``plain_text`` elements alone, where Slack interprets nothing;
``mrkdwn`` holds our own words. https://api.slack.com/reference/block-kit
"""

from typing import Any

import msgspec

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from streams.receivers.http_post import HttpPoster
from streams.receivers.protocol import Notification, Outcome, ReceiverContext
from streams.receivers.rendering import Section, render_sections, render_title
from streams.receivers.untrusted_text import safe_link, shorten

HEADER_CHARACTERS = 150
FIELD_CHARACTERS = 2000
TEXT_CHARACTERS = 3000
_PAIRS_A_SECTION = 5
_SIGNS = {"page": "🔴", "ticket": "🟠", "info": "🔵"}
_RESOLVED = "✅"
_SHORT = ("Where", "When", "Measured", "Expected", "Extent")
_encode = msgspec.json.Encoder().encode


class SlackReceiver:
    """Posts to an incoming webhook (``https://hooks.slack.com/services/…``)."""

    resend_seconds = None

    def __init__(self, config: Receiver, context: ReceiverContext) -> None:
        self._context = context
        self._poster = HttpPoster(
            config.name,
            config.url,
            networks=context.networks,
            timeout_seconds=context.timeout_seconds,
        )

    def send(self, notification: Notification) -> Outcome:
        """Post once."""
        body = _encode(slack_message(notification.alert))
        return self._poster.post(body, {}, now=self._context.clock())


def create(config: Receiver, context: ReceiverContext) -> SlackReceiver:
    """A Slack channel from its configuration; raises :class:`ReceiverError`."""
    return SlackReceiver(config, context)


def slack_message(alert: Alert) -> dict[str, Any]:
    """The alert as a message: ``text`` for notifications and screen readers, blocks for the eye."""
    title = render_title(alert)
    sign = _RESOLVED if alert.state == "resolved" else _SIGNS[alert.severity]
    sections = {section.name: section for section in render_sections(alert)}
    header = _plain(f"{sign} {title}", HEADER_CHARACTERS)
    blocks: list[dict[str, Any]] = [{"type": "header", "text": header}]
    if what := sections.pop("What", None):
        blocks.append({"type": "section", "text": _plain("\n".join(what.lines), TEXT_CHARACTERS)})
    pairs = [_pair(sections.pop(name)) for name in _SHORT if name in sections]
    if pairs:
        fields = [element for pair in pairs[:_PAIRS_A_SECTION] for element in pair]
        blocks.append({"type": "section", "fields": fields})
    buttons = [
        {"type": "button", "text": _plain(name, 75), "url": url}
        for name in ("Runbook", "Dashboard")
        if (section := sections.pop(name, None)) and (url := safe_link(section.lines[0]))
    ]
    for section in sections.values():
        blocks += [
            {"type": "context", "elements": [{"type": "mrkdwn", "text": f"*{section.name}*"}]},
            {"type": "section", "text": _plain("\n".join(section.lines), TEXT_CHARACTERS)},
        ]
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    return {"text": title, "blocks": blocks, "unfurl_links": False}


def _pair(section: Section) -> tuple[dict[str, Any], dict[str, Any]]:
    label = {"type": "mrkdwn", "text": f"*{section.name}*"}
    return label, _plain("\n".join(section.lines), FIELD_CHARACTERS)


def _plain(text: str, limit: int) -> dict[str, Any]:
    # Emoji names between colons are left as they are: they stem from events too.
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": False}
