"""docs/receivers.md says how to verify webhooks: what it shows must work."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from streams.outbound import Networks
from streams.receivers.discovery import create_receiver, receiver_modules
from streams.receivers.protocol import Notification, ReceiverContext
from tests.streams.conftest import HttpReceiver

PAGE = (Path(__file__).parents[3] / "docs" / "receivers.md").read_text()
KEY = b"0123456789abcdef01234567"


@pytest.fixture
def is_genuine() -> Callable[[bytes, dict[str, str], bytes], bool]:
    [snippet] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Callable[[bytes, dict[str, str], bytes], bool]] = {}
    exec(snippet, names)
    return names["is_genuine"]


@pytest.mark.parametrize("secret", ["whsec_" + base64.b64encode(KEY).decode(), KEY.decode()])
def test_the_documented_verification_works(
    http_receiver: HttpReceiver,
    alert: Alert,
    is_genuine: Callable[[bytes, dict[str, str], bytes], bool],
    secret: str,
) -> None:
    config = Receiver(name="hook", type="webhook", url=http_receiver.url, secret=secret)
    context = ReceiverContext(clock=lambda: datetime.now(UTC), networks=Networks.parse("127.0.0.1"))
    create_receiver(config, context).send(Notification(id="n1", alert=alert))
    [request] = http_receiver.requests
    assert is_genuine(KEY, request.headers, request.body)
    assert not is_genuine(b"another key", request.headers, request.body)
    assert not is_genuine(KEY, request.headers, request.body + b" ")
    for changed in ("webhook-id", "webhook-timestamp"):
        assert not is_genuine(KEY, request.headers | {changed: "1"}, request.body)


def test_a_replayed_message_is_not_genuine(
    http_receiver: HttpReceiver,
    alert: Alert,
    is_genuine: Callable[[bytes, dict[str, str], bytes], bool],
) -> None:
    config = Receiver(name="hook", type="webhook", url=http_receiver.url, secret=KEY.decode())
    old = ReceiverContext(
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC), networks=Networks.parse("127.0.0.1")
    )
    create_receiver(config, old).send(Notification(id="n1", alert=alert))
    [request] = http_receiver.requests
    assert not is_genuine(KEY, request.headers, request.body)


def test_every_type_has_its_section() -> None:
    assert set(re.findall(r"^### (\w+)$", PAGE, re.MULTILINE)) == set(receiver_modules())
