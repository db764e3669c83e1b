import json
from datetime import UTC, datetime

import pytest

from schemas.alerts import Alert, decode_alert
from schemas.monitors.resolved import Receiver
from streams.outbound import Networks
from streams.receivers.discovery import create_receiver
from streams.receivers.protocol import (
    DELIVERED,
    AlertReceiver,
    Notification,
    ReceiverContext,
    ReceiverError,
)
from streams.receivers.webhook import sign
from tests.streams.conftest import HttpReceiver

NOW = datetime(2026, 3, 1, 3, 5, tzinfo=UTC)
CONTEXT = ReceiverContext(
    clock=lambda: NOW,
    networks=Networks.parse("127.0.0.1"),
    timeout_seconds=0.5,
)
KEY = b"0123456789abcdef01234567"


def webhook(url: str, secret: str = "") -> AlertReceiver:
    return create_receiver(Receiver(name="hook", type="webhook", url=url, secret=secret), CONTEXT)


def test_the_message_is_the_alert_with_its_texts(http_receiver: HttpReceiver, alert: Alert) -> None:
    receiver = webhook(http_receiver.url + "/hook")
    assert receiver.send(Notification(id="n1", alert=alert)) == DELIVERED
    [request] = http_receiver.requests
    message = json.loads(request.body)
    assert request.path == "/hook"
    assert request.headers["webhook-id"] == message["id"] == "n1"
    assert message["type"] == "alert.firing"
    assert message["title"].startswith("FIRING (page)")
    assert decode_alert(json.dumps(message["data"])) == alert
    assert "webhook-signature" not in request.headers


def test_the_signature_is_sent_with_the_time_of_sending(
    http_receiver: HttpReceiver, alert: Alert
) -> None:
    webhook(http_receiver.url, KEY.decode()).send(Notification(id="n1", alert=alert))
    [request] = http_receiver.requests
    timestamp = str(int(NOW.timestamp()))
    assert request.headers["webhook-timestamp"] == timestamp
    assert request.headers["webhook-signature"] == sign(KEY, "n1", timestamp, request.body)


def test_the_signature_of_a_known_message() -> None:
    """Pinned to what the reference library of Standard Webhooks signs."""
    signature = sign(KEY, "msg_1", "1700000000", b'{"a":1}')
    assert signature == "v1,WUgAXU8H0NQ1/7M+TtMwKma2b74a3/TCgekiM3YUdN8="


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, "delivered"),
        (301, "retry"),
        (400, "refused"),
        (401, "retry"),
        (404, "retry"),
        (410, "refused"),
        (422, "refused"),
        (429, "retry"),
        (500, "retry"),
        (503, "retry"),
    ],
)
def test_what_answers_mean(
    http_receiver: HttpReceiver, alert: Alert, status: int, kind: str
) -> None:
    http_receiver.answers = [(status, {}, b"")]
    outcome = webhook(http_receiver.url).send(Notification(id="n1", alert=alert))
    assert outcome.kind == kind


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("Sun, 01 Mar 2026 03:05:09 GMT", 9.0), ("soon", None), ("", None)],
)
def test_retry_after_is_read(
    http_receiver: HttpReceiver, alert: Alert, header: str, seconds: float | None
) -> None:
    http_receiver.answers = [(429, {"Retry-After": header}, b"slow down")]
    outcome = webhook(http_receiver.url).send(Notification(id="n1", alert=alert))
    assert (outcome.kind, outcome.retry_after, outcome.answer) == ("retry", seconds, "slow down")


def test_no_answer_is_tried_again(
    absent_receiver: HttpReceiver, http_receiver: HttpReceiver, alert: Alert
) -> None:
    notification = Notification(id="n1", alert=alert)
    assert webhook(absent_receiver.url).send(notification).kind == "retry"
    http_receiver.seconds_to_answer = 1.0
    outcome = webhook(http_receiver.url).send(notification)
    assert outcome.kind == "retry"
    assert "Timeout" in outcome.error


def test_credentials_in_the_url_are_not_shown(
    http_receiver: HttpReceiver, alert: Alert, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    url = http_receiver.url.replace("://", "://user:passw0rd@") + "/T0KEN/B1KEY?api=sesame"
    http_receiver.answers = [(500, {}, b"no /T0KEN/B1KEY for user, api=sesame, passw0rd")]
    outcome = webhook(url).send(Notification(id="n1", alert=alert))
    assert http_receiver.requests[0].headers["authorization"].startswith("Basic ")
    for secret in ("T0KEN", "B1KEY", "sesame", "passw0rd"):
        assert secret not in outcome.error + outcome.answer + caplog.text


@pytest.mark.parametrize("url", ["", "hooks.example/x", "ftp://hooks.example", "http://"])
def test_an_unusable_url_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ReceiverError, match="receiver 'hook': its url"):
        webhook(url)


def test_an_unusable_url_is_not_shown_whole() -> None:
    with pytest.raises(ReceiverError) as error:
        webhook("ftp://user:passw0rd@hooks.example/T0KEN")
    assert "ftp://hooks.example" in str(error.value)
    assert "passw0rd" not in str(error.value)
    assert "T0KEN" not in str(error.value)


def test_a_broken_secret_is_refused_at_the_start() -> None:
    with pytest.raises(ReceiverError, match="not base64") as error:
        webhook("http://hooks.example", "whsec_%%%")
    assert "%%%" not in str(error.value)
