"""Receivers are reached where they may be, and nowhere else."""

import socket
from datetime import UTC, datetime

import pytest

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from streams.outbound import Networks
from streams.receivers.discovery import create_receiver
from streams.receivers.protocol import Notification, Outcome, ReceiverContext
from tests.streams.conftest import HttpReceiver


def outcome(alert: Alert, kind: str, url: str, networks: str = "") -> Outcome:
    context = ReceiverContext(
        clock=lambda: datetime.now(UTC), networks=Networks.parse(networks), timeout_seconds=2.0
    )
    config = Receiver(name="one", type=kind, url=url, secret="s3cret")  # type: ignore[arg-type]
    return create_receiver(config, context).send(Notification(id="n1", alert=alert))


@pytest.mark.parametrize("kind", ["webhook", "slack", "pagerduty", "alertmanager"])
def test_a_private_address_is_refused(http_receiver: HttpReceiver, alert: Alert, kind: str) -> None:
    url = http_receiver.url.replace("127.0.0.1", "localhost")
    refused = outcome(alert, kind, url)
    assert refused.kind == "retry"
    assert "127.0.0.1 is a loopback address: allow it in" in refused.error
    assert http_receiver.requests == []
    assert outcome(alert, kind, url, "127.0.0.1").kind == "delivered"


def test_services_of_apprise_are_bounded_too(http_receiver: HttpReceiver, alert: Alert) -> None:
    url = http_receiver.url.replace("http://", "json://")
    assert outcome(alert, "apprise", url).kind == "retry"
    assert http_receiver.requests == []
    assert outcome(alert, "apprise", url, "127.0.0.1").kind == "delivered"


def test_mail_servers_too(alert: Alert) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"mailto://u:p@example.org?smtp=127.0.0.1&port={server.getsockname()[1]}"
        assert outcome(alert, "apprise", url).kind == "retry"
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("kind", ["webhook", "apprise"])
def test_no_redirect_is_followed(http_receiver: HttpReceiver, alert: Alert, kind: str) -> None:
    http_receiver.answers = [(307, {"Location": f"{http_receiver.url}/elsewhere"}, b"")]
    url = http_receiver.url
    url = url.replace("http://", "json://") if kind == "apprise" else url
    assert outcome(alert, kind, url, "127.0.0.1").kind == "retry"
    assert len(http_receiver.requests) == 1


def test_an_answer_is_not_unfolded(http_receiver: HttpReceiver, alert: Alert) -> None:
    """A few bytes of an encoding can stand for gigabytes: what is said is what came."""
    http_receiver.answers = [(400, {"Content-Encoding": "gzip"}, b"\x1f\x8b not gzip")]
    refused = outcome(alert, "webhook", http_receiver.url, "127.0.0.1")
    assert refused.kind == "refused"
    assert "not gzip" in refused.answer
