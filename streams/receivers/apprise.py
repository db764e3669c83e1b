"""The ``apprise`` receiver: chats, mail, pagers and a hundred others by an Apprise URL."""

from typing import Any

import apprise
from apprise import AppriseAsset, NotifyFormat, NotifyType
from apprise.attachment.memory import AttachMemory

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from streams.receivers.html_mail import PICTURE, render_html
from streams.receivers.http_post import without_url_parts
from streams.receivers.picture import alert_picture
from streams.receivers.protocol import (
    DELIVERED,
    Notification,
    Outcome,
    ReceiverContext,
    ReceiverError,
)
from streams.receivers.rendering import render_text, render_title

_TYPES = {
    "page": NotifyType.FAILURE,
    "ticket": NotifyType.WARNING,
    "info": NotifyType.INFO,
}
_MAIL = "mailto"
_PICTURED = frozenset({"mailto", "slack", "discord", "tgram", "ntfy", "mattermost"})
"""Schemes of services that show an attached picture in the message (slack: with a bot's token)."""


class AppriseReceiver:
    """Sends title and text to the one service that the URL names, following no redirect.

    Mail gets HTML, with the same as plain text beside it; services that show pictures get one.

    Apprise says only whether it worked, so every failure is tried again; the reason is taken from
    what it logged.
    """

    resend_seconds = None

    def __init__(self, config: Receiver, context: ReceiverContext) -> None:
        self._url = config.url
        self._timeout_seconds = context.timeout_seconds
        self._networks = context.networks
        self._service = apprise.Apprise(asset=AppriseAsset(http_redirects=False))
        # One service a receiver: of several, those that worked would be told again on a retry.
        if not self._service.add(config.url) or len(self._service) != 1:
            scheme = config.url.partition("://")[0] if "://" in config.url else ""
            raise ReceiverError(
                f"receiver {config.name!r}: its url ({scheme or 'no scheme'}://…) is not one "
                "Apprise URL; see https://appriseit.com/services/, a receiver for each service"
            )
        self._scheme = config.url.partition("://")[0].lower().removesuffix("s")
        if self._scheme == _MAIL:
            # The picture stands in the mail's text, not below it as a file.
            self._service[0].inline = True  # type: ignore[attr-defined]

    def send(self, notification: Notification) -> Outcome:
        """Send once, in a thread of Apprise's that is given up after the timeout."""
        alert = notification.alert
        kind = NotifyType.SUCCESS if alert.state == "resolved" else _TYPES[alert.severity]
        mail = self._scheme == _MAIL
        # Apprise's threads work in a copy of this context.
        with self._networks.enforced():
            result = self._service.notify(
                title=render_title(alert),
                body=render_html(alert) if mail else render_text(alert),
                notify_type=kind,
                body_format=NotifyFormat.HTML if mail else NotifyFormat.TEXT,
                timeout=self._timeout_seconds,
                **self._picture(alert),
            )
        if result:
            return DELIVERED
        reasons = [entry.message for entry in result.logs()] or [result.status.name.lower()]
        error = without_url_parts("; ".join(reasons), self._url, host_is_secret=True)
        return Outcome(kind="retry", error=error)

    def _picture(self, alert: Alert) -> dict[str, Any]:
        # An incoming webhook of Slack takes no files: Apprise would fail.
        hook = getattr(self._service[0], "mode", "") in {"hook", "webhook"}
        if self._scheme not in _PICTURED or hook or not (png := alert_picture(alert)):
            return {}
        picture = AttachMemory(content=png, name=PICTURE, mimetype="image/png")  # type: ignore[no-untyped-call]
        return {"attach": picture}


def create(config: Receiver, context: ReceiverContext) -> AppriseReceiver:
    """A service from its Apprise URL; raises :class:`ReceiverError`."""
    return AppriseReceiver(config, context)
