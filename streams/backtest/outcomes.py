"""What the alerts of a monitor were worth, held against what is known to have gone wrong."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from schemas.alerts import Alert
from schemas.events import Instant
from schemas.segments import Segment, compatible

MONTH: Final = 30 * 86400
AFTERWARDS: Final = 3600
"""Seconds after an incident in which an alert still belongs to it."""


class Incident(Struct, frozen=True, kw_only=True):
    """Something that is known to have gone wrong; a line of ``tidewatch replay``'s truth file.

    Raises ``ValueError`` when it ends before it starts.
    """

    start: Instant
    fault: str = "incident"
    end: Instant | None = None
    scope: dict[str, str] = {}

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"its end {self.end} is before its start {self.start}")

    def overlaps(self, begin: int, end: int) -> bool:
        """Whether any of it was between two moments, in epoch seconds."""
        last = self.end is None or self.end.timestamp() > begin
        return last and self.start.timestamp() < end


class Episode(Struct, frozen=True, kw_only=True):
    """One time that a monitor fired; ``resolved`` is ``None`` while it has not.

    ``incident`` is the place of the incident it belongs to, ``None`` of a false alarm.
    """

    segment: Segment
    fired: datetime
    resolved: datetime | None
    incident: int | None
    summary: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What one monitor did with one setting.

    ``delays`` are seconds from the start of each incident that was noticed to the first alert;
    ``false_alarms`` alerts that belong to no incident, ``false_alarms_a_month`` as many in 30 days.
    Incidents ``outside`` of the time looked at, or noticed before it, are neither detected nor
    missed. Not ``decided`` is a monitor that had no verdict at any time: no alert of it says
    nothing. The month is of the ``judged_seconds``, which are without the first
    ``undecided_seconds``, before it had one.
    """

    monitor: str
    setting: str
    alerts: int
    detected: int
    missed: int
    outside: int
    delays: tuple[float, ...]
    false_alarms: int
    false_alarms_a_month: float
    episodes: tuple[Episode, ...] = ()
    decided: bool = True
    undecided_seconds: float = 0.0
    judged_seconds: float = 0.0


def judge(
    alerts: Sequence[Alert],
    incidents: Sequence[Incident],
    *,
    monitor: str,
    setting: str,
    begin: int,
    end: int,
    decided_from: int | None,
) -> Outcome:
    """What the alerts of one monitor were worth.

    An alert that fires belongs to an incident when it does so between its start and an hour after
    its end, for a segment that can have events in common with its scope; of several incidents, to
    the one that began last. Alerts that belong to an incident already noticed are neither
    detections nor false.

    Parameters
    ----------
    alerts
        Transitions in order of time; those of other monitors, and verdicts that a candidate may be
        promoted, are left out.
    incidents
        What is known to have gone wrong.
    monitor, setting
        The monitor's name, and in words how it was set.
    begin, end
        The time looked at, in epoch seconds; alerts that were over before it do not count.
    decided_from
        When the monitor first had a verdict, in epoch seconds; ``None`` of never.
    """
    mine = [a for a in alerts if a.monitor == monitor and is_alarm(a)]
    found = _episodes(mine, incidents)
    episodes = [e for e in found if e.resolved is None or e.resolved.timestamp() >= begin]
    before = {episode.incident for episode in found if episode.fired.timestamp() < begin}
    inside = [
        incident.overlaps(begin, end) and place not in before
        for place, incident in enumerate(incidents)
    ]
    delays, missed = [], 0
    for place, incident in enumerate(incidents):
        fired = [e.fired for e in episodes if e.incident == place and place not in before]
        if fired:
            delays.append((min(fired) - incident.start).total_seconds())
        elif inside[place]:
            missed += 1
    false = sum(episode.incident is None for episode in episodes)
    since = begin if decided_from is None else max(begin, decided_from)
    return Outcome(
        monitor=monitor,
        setting=setting,
        alerts=len(episodes),
        detected=len(delays),
        missed=missed,
        outside=len(incidents) - len(delays) - missed,
        delays=tuple(delays),
        false_alarms=false,
        false_alarms_a_month=false * MONTH / (end - since) if end > since else 0.0,
        episodes=tuple(episodes),
        decided=decided_from is not None,
        undecided_seconds=float((end if decided_from is None else since) - begin),
        judged_seconds=0.0 if decided_from is None else float(end - since),
    )


def _episodes(alerts: Sequence[Alert], incidents: Sequence[Incident]) -> list[Episode]:
    fired: dict[str, Alert] = {}
    resolved: dict[str, datetime] = {}
    for alert in alerts:
        if alert.state == "firing":
            fired.setdefault(alert.episode_id, alert)
        elif alert.state == "resolved":
            resolved[alert.episode_id] = alert.changed_at
    return [
        Episode(
            segment=alert.segment,
            fired=alert.changed_at,
            resolved=resolved.get(name),
            incident=belongs_to(alert, incidents),
            summary=alert.summary,
        )
        for name, alert in fired.items()
    ]


def is_alarm(alert: Alert) -> bool:
    """Whether an alert tells of something bad; that a candidate may be promoted is none."""
    return not (alert.kind == "comparison" and alert.severity == "info")


def belongs_to(alert: Alert, incidents: Sequence[Incident]) -> int | None:
    """The place of the incident that an alert belongs to, ``None`` when it is a false alarm."""
    fitting = [n for n, incident in enumerate(incidents) if _belongs(alert, incident)]
    return max(fitting, key=lambda n: incidents[n].start) if fitting else None


def _belongs(alert: Alert, incident: Incident) -> bool:
    since = (alert.changed_at - incident.start).total_seconds()
    if since < 0 or not compatible(alert.segment, incident.scope):
        return False
    return incident.end is None or ((alert.changed_at - incident.end).total_seconds() <= AFTERWARDS)
