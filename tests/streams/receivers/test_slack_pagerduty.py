"""Slack and PagerDuty over HTTP: what is sent, and what answers mean."""

import json
from datetime import UTC, datetime

import pytest

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from streams.outbound import Networks
from streams.receivers.discovery import create_receiver
from streams.receivers.pagerduty import pagerduty_event
from streams.receivers.protocol import DELIVERED, Notification, ReceiverContext, ReceiverError
from streams.receivers.slack import slack_message
from tests.streams.conftest import HttpReceiver
from tests.streams.receivers.test_golden import as_json

CONTEXT = ReceiverContext(
    clock=lambda: datetime.now(UTC),
    networks=Networks.parse("127.0.0.1"),
    timeout_seconds=2.0,
)


def test_slack_gets_blocks(http_receiver: HttpReceiver, alert: Alert) -> None:
    slack = create_receiver(Receiver(name="s", type="slack", url=http_receiver.url), CONTEXT)
    assert slack.send(Notification(id="n", alert=alert)) == DELIVERED
    assert json.loads(http_receiver.requests[0].body) == json.loads(as_json(slack_message(alert)))


def test_pagerduty_gets_an_event_with_its_key(http_receiver: HttpReceiver, alert: Alert) -> None:
    config = Receiver(name="p", type="pagerduty", url=http_receiver.url, secret="KEY")
    assert create_receiver(config, CONTEXT).send(Notification(id="n", alert=alert)) == DELIVERED
    sent = json.loads(http_receiver.requests[0].body)
    assert sent.pop("routing_key") == "KEY"
    assert sent == json.loads(as_json(pagerduty_event(alert)))


@pytest.mark.parametrize(("status", "kind"), [(429, "retry"), (500, "retry"), (400, "refused")])
def test_failures(http_receiver: HttpReceiver, alert: Alert, status: int, kind: str) -> None:
    http_receiver.answers = [(status, {}, b"no")]
    slack = create_receiver(Receiver(name="s", type="slack", url=http_receiver.url), CONTEXT)
    assert slack.send(Notification(id="n", alert=alert)).kind == kind


def test_pagerduty_needs_a_key() -> None:
    config = Receiver(name="p", type="pagerduty", url="https://events.pagerduty.com/v2/enqueue")
    with pytest.raises(ReceiverError, match="secret is the routing key"):
        create_receiver(config, CONTEXT)
