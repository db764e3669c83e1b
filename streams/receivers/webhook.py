"""The ``webhook`` receiver: a signed JSON message by HTTP POST.

Headers and signature follow Standard Webhooks 1.0.0 (https://www.standardwebhooks.com), so its
libraries verify them. ``docs/receivers.md`` shows the verification in a few lines.
"""

import base64
import binascii
import hashlib
import hmac

import msgspec

from schemas.monitors.resolved import Receiver
from streams.receivers.http_post import HttpPoster
from streams.receivers.protocol import Notification, Outcome, ReceiverContext, ReceiverError
from streams.receivers.rendering import render_text, render_title

_SECRET_PREFIX = "whsec_"  # noqa: S105
_encode = msgspec.json.Encoder().encode


class WebhookReceiver:
    """Posts ``{"id", "type", "timestamp", "title", "text", "data"}``; ``data`` is the alert.

    ``type`` is ``alert.firing`` or ``alert.resolved``. ``webhook-id`` is the same for every
    attempt of a notification: the idempotency key.
    """

    resend_seconds = None

    def __init__(self, config: Receiver, context: ReceiverContext) -> None:
        self._context = context
        self._key = signing_key(config) if config.secret else None
        self._poster = HttpPoster(
            config.name,
            config.url,
            networks=context.networks,
            timeout_seconds=context.timeout_seconds,
        )

    def send(self, notification: Notification) -> Outcome:
        """Post once."""
        alert = notification.alert
        body = _encode(
            {
                "id": notification.id,
                "type": f"alert.{alert.state}",
                "timestamp": alert.changed_at,
                "title": render_title(alert),
                "text": render_text(alert),
                "data": alert,
            }
        )
        now = self._context.clock()
        timestamp = str(int(now.timestamp()))
        headers = {"webhook-id": notification.id, "webhook-timestamp": timestamp}
        if self._key is not None:
            headers["webhook-signature"] = sign(self._key, notification.id, timestamp, body)
        return self._poster.post(body, headers, now=now)


def create(config: Receiver, context: ReceiverContext) -> WebhookReceiver:
    """A webhook from its configuration; raises :class:`ReceiverError`."""
    return WebhookReceiver(config, context)


def signing_key(config: Receiver) -> bytes:
    """The HMAC key: what follows ``whsec_`` in base64, any other secret as it is.

    Raises :class:`ReceiverError` when that is not base64.
    """
    if not config.secret.startswith(_SECRET_PREFIX):
        return config.secret.encode()
    try:
        return base64.b64decode(config.secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ReceiverError(
            f"receiver {config.name!r}: its secret begins with {_SECRET_PREFIX} but is not base64 "
            "after that; copy it again, or use one without that prefix"
        ) from None


def sign(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The ``webhook-signature`` header: HMAC-SHA256 over id, timestamp and body."""
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
