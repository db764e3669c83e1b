from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from streams.outbound import Networks
from streams.receivers.alertmanager import alertmanager_alert, alertmanager_labels
from streams.receivers.discovery import create_receiver
from streams.receivers.protocol import DELIVERED, AlertReceiver, Notification, ReceiverContext
from tests.streams.conftest import Alertmanager, HttpReceiver


def now() -> datetime:
    return datetime.now(UTC)


def receiver_for(server: Alertmanager) -> AlertReceiver:
    config = Receiver(name="am", type="alertmanager", url=server.url)
    return create_receiver(config, ReceiverContext(clock=now, networks=Networks.parse("127.0.0.1")))


def test_an_alert_appears_with_labels_and_annotations(
    alertmanager: Alertmanager, alert: Alert
) -> None:
    outcome = receiver_for(alertmanager).send(Notification(id="n1", alert=alert))
    assert outcome == DELIVERED
    [shown] = alertmanager.alerts()
    assert shown["labels"] == {
        "alertname": "groundedness",
        "monitor": "groundedness",
        "fingerprint": alert.fingerprint,
        "severity": "page",
        "service": "shop",
        "service_name": "shop",
        "labels_tenant_id": "__other__",
        "team": "search",
        "severity_": "mine",
    }
    annotations = shown["annotations"]
    assert annotations["summary"] == alert.summary
    assert annotations["value"] == "0.2 (95 %: 0.15 to 0.26) over 1 h"
    assert annotations["expected"] == "0.01"
    assert annotations["runbook_url"] == alert.runbook_url
    assert annotations["dashboard_url"] == shown["generatorURL"] == alert.dashboard_url
    assert annotations["evidence_sql"] == alert.evidence_sql
    assert "event__1" in annotations["examples"]
    assert "v3 → v4" in annotations["changes"]
    assert shown["status"]["state"] in {"active", "unprocessed"}
    ends_in = datetime.fromisoformat(shown["endsAt"]) - now()
    assert ends_in > timedelta(seconds=90)


def test_resends_update_and_do_not_double(alertmanager: Alertmanager, alert: Alert) -> None:
    receiver = receiver_for(alertmanager)
    receiver.send(Notification(id="n1", alert=alert))
    [first] = alertmanager.alerts()
    newer = msgspec.structs.replace(alert, value=0.4, events=9000)
    receiver.send(Notification(id="n1", alert=newer))
    [second] = alertmanager.alerts()
    assert second["fingerprint"] == first["fingerprint"]
    assert second["annotations"]["value"].startswith("0.4")
    assert second["endsAt"] > first["endsAt"]


def test_a_resolved_alert_is_gone(alertmanager: Alertmanager, alert: Alert) -> None:
    receiver = receiver_for(alertmanager)
    receiver.send(Notification(id="n1", alert=alert))
    assert len(alertmanager.alerts()) == 1
    resolved = msgspec.structs.replace(alert, state="resolved", resolved_at=now())
    assert receiver.send(Notification(id="n2", alert=resolved)) == DELIVERED
    assert alertmanager.alerts() == []


def test_a_resolution_in_the_future_of_the_clock_ends_now(alert: Alert) -> None:
    at = alert.fired_at + timedelta(minutes=1)
    resolved = msgspec.structs.replace(
        alert, state="resolved", resolved_at=at + timedelta(minutes=5)
    )
    assert alertmanager_alert(resolved, now=at, resend_seconds=30)["endsAt"] == at
    before_start = alert.fired_at - timedelta(minutes=1)
    message = alertmanager_alert(resolved, now=before_start, resend_seconds=30)
    assert message["endsAt"] == message["startsAt"]


def test_labels_that_become_the_same_name_are_all_kept(alert: Alert) -> None:
    segment = {"labels.a-b": "1", "labels.a_b": "2", "use_case": ""}
    labels = alertmanager_labels(msgspec.structs.replace(alert, segment=segment, labels={}))
    assert labels["labels_a_b"] == "1"
    assert labels["labels_a_b_"] == "2"
    assert "use_case" not in labels


@pytest.mark.parametrize("end", ["", "/", "/api/v2/alerts"])
def test_the_url_may_name_the_endpoint(http_receiver: HttpReceiver, alert: Alert, end: str) -> None:
    config = Receiver(name="am", type="alertmanager", url=http_receiver.url + end, secret="t0ken")
    create_receiver(config, ReceiverContext(clock=now, networks=Networks.parse("127.0.0.1"))).send(
        Notification(id="n1", alert=alert)
    )
    [request] = http_receiver.requests
    assert request.path == "/api/v2/alerts"
    assert request.headers["authorization"] == "Bearer t0ken"
