"""Silences of a real Alertmanager become audit entries."""

from datetime import UTC, datetime, timedelta

import httpx

from schemas.audit import AuditEntry
from schemas.monitors.resolved import Receiver
from streams.audit.silences import SilenceFollower
from streams.outbound import Networks
from tests.streams.conftest import Alertmanager, HttpReceiver


def follower(url: str, noted: list[AuditEntry], networks: str = "127.0.0.1") -> SilenceFollower:
    return SilenceFollower(
        [
            Receiver(name="am", type="alertmanager", url=url),
            Receiver(name="terminal", type="console"),
        ],
        networks=Networks.parse(networks),
        append=noted.extend,
        timeout_seconds=2.0,
    )


def test_who_silenced_what_and_until_when(alertmanager: Alertmanager) -> None:
    noted: list[AuditEntry] = []
    following = follower(alertmanager.url, noted)
    assert following.look() == 0
    now = datetime.now(UTC)
    silence = {
        "matchers": [
            {"name": "monitor", "value": "lat.*", "isRegex": True, "isEqual": True},
            {"name": "severity", "value": "page", "isRegex": False, "isEqual": False},
        ],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=2)).isoformat(),
        "createdBy": "ann",
        "comment": "deploying",
    }
    made = httpx.post(f"{alertmanager.url}/api/v2/silences", json=silence)
    name = made.raise_for_status().json()["silenceID"]
    assert following.look() == 1
    (created,) = noted
    assert (created.action, created.subject, created.actor) == ("created", name, "ann")
    assert created.description == "am: monitor=~'lat.*', severity!='page'; deploying"
    assert following.look() == 0

    httpx.delete(f"{alertmanager.url}/api/v2/silence/{name}").raise_for_status()
    following.look()
    assert [entry.action for entry in noted] == ["created", "expired"]
    # Another process, or this one after a restart, notes the same.
    again: list[AuditEntry] = []
    follower(alertmanager.url, again).look()
    assert {entry.entry_id for entry in again} == {entry.entry_id for entry in noted}


def test_an_alertmanager_that_is_away_or_out_of_bounds_is_passed_over(
    absent_receiver: HttpReceiver, alertmanager: Alertmanager
) -> None:
    noted: list[AuditEntry] = []
    assert follower(absent_receiver.url, noted).look() == 0
    assert follower(alertmanager.url, noted, networks="").look() == 0
