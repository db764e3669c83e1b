"""The states of an alert: pending, firing, resolved. Pure: a record and a verdict give the next."""

from dataclasses import dataclass
from typing import Literal

from msgspec import Struct, field, structs

from detectors.watching.verdict import Level, Verdict
from schemas.alerts import AlertState, MonitorKind, Severity


class AlertRecord(Struct, frozen=True, kw_only=True):
    """One alert that is pending or firing. Times are grid points, in seconds since the epoch.

    ``held`` says since when each level's condition holds without a break; ``level`` is the one
    that decides the severity; ``unknown_since`` when verdicts stopped, ``good_since`` when all
    became well.
    """

    monitor: str
    kind: MonitorKind
    segment: str
    state: Literal["pending", "firing"]
    severity: Severity
    level: str
    started_at: int
    fired_at: int | None = None
    held: dict[str, int] = field(default_factory=dict)
    unknown_since: int | None = None
    good_since: int | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A change to tell of. ``record`` is as it was left behind when the alert resolved."""

    state: AlertState
    record: AlertRecord
    reason: Literal["condition", "silence", "unwatched"] = "condition"


def open_alert(
    monitor: str, segment: str, kind: MonitorKind, verdict: Verdict, at: int
) -> tuple[AlertRecord, Transition]:
    """The alert that a first *bad* verdict raises: firing at once when no level has to wait."""
    record = AlertRecord(
        monitor=monitor,
        kind=kind,
        segment=segment,
        state="pending",
        severity=verdict.levels[0].severity,
        level=verdict.levels[0].name,
        started_at=at,
        held={level.name: at for level in verdict.levels},
    )
    ripe = _ripe(record, verdict, at)
    if ripe is not None:
        record = _fire(record, ripe, at)
    return record, Transition(record.state, record)


def next_state(
    record: AlertRecord, verdict: Verdict, at: int, silence_resolves_seconds: int
) -> tuple[AlertRecord | None, Transition | None]:
    """The alert after a verdict at ``at``, and what to tell.

    - *good* resolves: what fires, when it has lasted as long as the verdict asks for. *between*
      resolves what is only pending.
    - *unknown* changes nothing until it has lasted ``silence_resolves_seconds``; then the alert
      resolves for silence. A level must hold at ``at`` itself to fire.
    - *bad* fires when a level has held for its time. The worst such level decides the severity: a
      change of severity while firing is told as firing again.
    """
    if verdict.outcome == "unknown":
        return _when_unknown(record, at, silence_resolves_seconds)
    if verdict.outcome == "good":
        return _when_good(record, verdict, at)
    if verdict.outcome == "between" and record.state == "pending":
        return None, Transition("resolved", record)
    held = {level.name: record.held.get(level.name, at) for level in verdict.levels}
    if held != record.held or (record.unknown_since, record.good_since) != (None, None):
        record = structs.replace(record, held=held, unknown_since=None, good_since=None)
    ripe = _ripe(record, verdict, at)
    if ripe is None or (record.state == "firing" and ripe.severity == record.severity):
        return record, None
    record = _fire(record, ripe, at)
    return record, Transition("firing", record)


def _when_unknown(
    record: AlertRecord, at: int, silence_resolves_seconds: int
) -> tuple[AlertRecord | None, Transition | None]:
    if record.unknown_since is None:
        return structs.replace(record, unknown_since=at), None
    if at - record.unknown_since >= silence_resolves_seconds:
        return None, Transition("resolved", record, "silence")
    return record, None


def _when_good(
    record: AlertRecord, verdict: Verdict, at: int
) -> tuple[AlertRecord | None, Transition | None]:
    since = at if record.good_since is None else record.good_since
    if record.state == "firing" and at - since < verdict.keep_firing_seconds:
        if record.good_since is not None and record.unknown_since is None:
            return record, None
        return structs.replace(record, good_since=since, unknown_since=None, held={}), None
    return None, Transition("resolved", record)


def _ripe(record: AlertRecord, verdict: Verdict, at: int) -> Level | None:
    """The worst level that has held long enough."""
    for level in verdict.levels:
        if at - record.held[level.name] >= level.for_seconds:
            return level
    return None


def _fire(record: AlertRecord, level: Level, at: int) -> AlertRecord:
    return structs.replace(
        record,
        state="firing",
        severity=level.severity,
        level=level.name,
        fired_at=at if record.fired_at is None else record.fired_at,
    )
