"""What a start notes: what changed since the last one, and no secret."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from schemas.audit import AuditEntry, encode_audit_entry
from schemas.monitors.resolved import MonitorSet, NoDataMonitor, Receiver
from streams.audit.start import changes
from streams.audit.state import actor_of, started_with
from streams.settings import Settings, load_settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
QUIET = NoDataMonitor(
    name="quiet", segmentation=("service_name",), for_seconds=300, severity="page"
)
HOOK = Receiver(name="hook", type="webhook", url="https://u:pa55@a.example/T0ken", secret="s3cret")


def monitors(*found: Any, receivers: tuple[Receiver, ...] = ()) -> MonitorSet:
    return MonitorSet(monitors=found, receivers=receivers)


def start(
    last: dict[str, AuditEntry], settings: Settings, found: MonitorSet, minutes: int = 0
) -> list[AuditEntry]:
    state = started_with(settings, found)
    now = NOW + timedelta(minutes=minutes)
    new = changes(last, state, process="watch-0", actor="ann", now=now)
    last |= {entry.key: entry for entry in new}
    return new


def deeds(entries: list[AuditEntry]) -> set[tuple[str, str, str]]:
    return {(entry.kind, entry.action, entry.subject) for entry in entries}


def test_a_first_start_notes_all_and_a_second_one_only_itself() -> None:
    last: dict[str, AuditEntry] = {}
    settings = load_settings(kafka={"topic_prefix": "x."})
    first = start(last, settings, monitors(QUIET, receivers=(HOOK,)))
    assert deeds(first) == {
        ("start", "started", "watch-0"),
        ("monitor", "added", "quiet"),
        ("receiver", "added", "hook"),
        ("setting", "added", "kafka.topic_prefix"),
    }
    assert {entry.actor for entry in first} == {"ann"}
    (again,) = start(last, settings, monitors(QUIET, receivers=(HOOK,)), minutes=1)
    assert (again.kind, again.before) == ("start", again.after)


def test_what_changed_is_noted_with_before_and_after() -> None:
    last: dict[str, AuditEntry] = {}
    start(last, load_settings(), monitors(QUIET))
    longer = msgspec.structs.replace(QUIET, for_seconds=600)
    settings = load_settings(notify={"allow_networks": "10.0.0.0/8"})
    new = {entry.subject: entry for entry in start(last, settings, monitors(longer), minutes=1)}
    assert new["quiet"].action == "changed"
    assert "" != new["quiet"].before != new["quiet"].after
    assert (new["notify.allow_networks"].before, new["notify.allow_networks"].after) == (
        "",
        "10.0.0.0/8",
    )


def test_what_is_gone_is_noted_once_and_noted_again_when_it_is_back() -> None:
    last: dict[str, AuditEntry] = {}
    start(last, load_settings(), monitors(QUIET))
    removed = start(last, load_settings(), monitors(), minutes=1)
    assert ("monitor", "removed", "quiet") in deeds(removed)
    assert len(start(last, load_settings(), monitors(), minutes=2)) == 1
    back = start(last, load_settings(), monitors(QUIET), minutes=3)
    assert ("monitor", "added", "quiet") in deeds(back)


def test_entries_of_several_starts_are_several() -> None:
    last: dict[str, AuditEntry] = {}
    found = [start(last, load_settings(), monitors(QUIET), minutes=n)[0] for n in range(3)]
    assert len({entry.entry_id for entry in found}) == 3


def test_no_secret_is_noted_in_any_form() -> None:
    settings = load_settings(
        kafka={"sasl_password": "s3cret"},
        clickhouse={"url": "http://u:pa55@clickhouse:8123", "password": "s3cret"},
        page={"token": "s3cret"},
    )
    last: dict[str, AuditEntry] = {}
    noted = b"".join(
        map(encode_audit_entry, start(last, settings, monitors(receivers=(HOOK,))))
    ).decode()
    for secret in ("s3cret", "pa55", "T0ken"):
        assert secret not in noted
    # Another secret is no change that an audit could tell: not even a digest is kept.
    other = load_settings(
        kafka={"sasl_password": "other"},
        clickhouse={"url": "http://u:pa55@clickhouse:8123", "password": "other"},
        page={"token": "other"},
    )
    changed = msgspec.structs.replace(HOOK, secret="other", url="https://u:x@a.example/0ther")
    assert len(start(last, other, monitors(receivers=(changed,)), minutes=1)) == 1


@pytest.mark.parametrize(("actor", "expected"), [("ci run 7", "ci run 7"), ("", "@")])
def test_who_starts_it(actor: str, expected: str) -> None:
    assert expected in actor_of(load_settings(actor=actor))
