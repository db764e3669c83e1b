import json
from datetime import UTC, datetime

import msgspec
import pytest

from schemas.alerts import Alert
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
from streams.receivers.rendering import render_text, render_title
from tests.streams.conftest import HttpReceiver

CONTEXT = ReceiverContext(
    clock=lambda: datetime.now(UTC),
    networks=Networks.parse("127.0.0.1"),
    timeout_seconds=1.0,
)


def service(url: str) -> AlertReceiver:
    return create_receiver(Receiver(name="chat", type="apprise", url=url), CONTEXT)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({}, "failure"), ({"severity": "ticket"}, "warning"), ({"state": "resolved"}, "success")],
)
def test_title_text_and_urgency_arrive(
    http_receiver: HttpReceiver, alert: Alert, changes: dict[str, str], kind: str
) -> None:
    alert = msgspec.structs.replace(alert, **changes)
    receiver = service(http_receiver.url.replace("http://", "json://"))
    assert receiver.send(Notification(id="n1", alert=alert)) == DELIVERED
    message = json.loads(http_receiver.requests[0].body)
    assert message["title"] == render_title(alert)
    assert message["message"] == render_text(alert)
    assert message["type"] == kind


def test_a_failure_says_why_and_is_tried_again(http_receiver: HttpReceiver, alert: Alert) -> None:
    http_receiver.answers = [(500, {}, b"")]
    receiver = service(http_receiver.url.replace("http://", "json://user:passw0rd@"))
    outcome = receiver.send(Notification(id="n1", alert=alert))
    assert outcome.kind == "retry"
    assert "500" in outcome.error
    assert "passw0rd" not in outcome.error


def test_a_hanging_service_is_given_up_after_the_timeout(
    http_receiver: HttpReceiver, alert: Alert
) -> None:
    http_receiver.seconds_to_answer = 3.0
    receiver = service(http_receiver.url.replace("http://", "json://"))
    outcome = receiver.send(Notification(id="n1", alert=alert))
    assert outcome.kind == "retry"
    assert outcome.error


@pytest.mark.parametrize(
    "url", ["", "nonsense", "nosuch://T0KEN", "json://a.example,json://b.example"]
)
def test_an_unusable_url_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ReceiverError, match="receiver 'chat'") as error:
        service(url)
    assert "T0KEN" not in str(error.value)


def test_a_chat_that_formats_gets_nothing_to_act_on(
    http_receiver: HttpReceiver, alert: Alert
) -> None:
    receiver = service(http_receiver.url.replace("http://", "mmost://") + "/hookhookhookhook")
    assert receiver.send(Notification(id="n1", alert=alert)) == DELIVERED
    text = json.loads(http_receiver.requests[0].body)["text"]
    assert render_title(alert) in text
    for harmful in (
        "<!channel>",
        "@here",
        "@everyone",
        "](https",
        "https://evil",
        "javascript:alert",
    ):
        assert harmful not in text
