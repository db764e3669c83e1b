"""What came of a game day."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from statistics import median, mode

from msgspec import Struct

from schemas.alerts import Alert
from schemas.segments import segment_label
from streams.backtest.outcomes import MONTH, Incident, belongs_to, is_alarm
from streams.gameday.scenarios import Scenario
from streams.replay.faults import FaultTruth


class Result(Struct, frozen=True, kw_only=True):
    """One fault with one seed.

    ``delay`` is in seconds from its start to the first alert that belongs to it, ``None`` where
    there was none; ``first`` that alert's monitor. ``part`` is the sub-segment that it says
    contributes most; ``part_right`` whether that is the one which the fault is about, ``None``
    where it is about a service as a whole, or no part is named. ``change`` is the change that it
    names first; ``change_right`` whether that is the fault's own, ``None`` where none is named.
    ``alerts`` fired in all; ``false_alarms`` were of segments that the fault did not touch.
    """

    fault: str
    seed: int
    scope: dict[str, str]
    affected_events: int
    delay: float | None
    first: str
    summary: str
    part: str
    part_right: bool | None
    change: str
    change_right: bool | None
    alerts: int
    false_alarms: int


class Quiet(Struct, frozen=True, kw_only=True):
    """Traffic without faults: false alarms by monitor, and how many that is in 30 days."""

    days: float
    events: int
    false_alarms: dict[str, int]
    a_month: float

    @classmethod
    def of(cls, days: float, events: int, alerts: Sequence[Alert]) -> "Quiet":
        """From the alerts that fired."""
        counts: dict[str, int] = {}
        for alert in alerts:
            counts[alert.monitor] = counts.get(alert.monitor, 0) + 1
        month = len(alerts) * MONTH / (days * 86400)
        return cls(days=days, events=events, false_alarms=counts, a_month=month)


class Report(Struct, frozen=True, kw_only=True):
    """A whole game day. ``precision`` is the share of alerts that belong to the faults.

    ``undecided`` names the monitors that had no verdict while faults were done: for too few events,
    or too short a past.
    """

    results: list[Result]
    quiet: Quiet | None
    undecided: list[str] = []

    @property
    def precision(self) -> float | None:
        """``None`` where nothing fired."""
        fired = sum(result.alerts for result in self.results)
        false = sum(result.false_alarms for result in self.results)
        return 1 - false / fired if fired else None


def result_of(
    scenario: Scenario,
    seed: int,
    truth: FaultTruth,
    alerts: Sequence[Alert],
    *,
    before: Sequence[Alert] = (),
) -> Result:
    """Hold the alerts against what was done. ``before``: those of the quiet hours."""
    incident = Incident(start=truth.start, end=truth.end, scope=truth.scope)
    known = {alert.episode_id for alert in before}
    fired: dict[str, Alert] = {}
    for alert in alerts:
        if alert.state == "firing" and alert.episode_id not in known and is_alarm(alert):
            fired.setdefault(alert.episode_id, alert)
    mine = [alert for alert in fired.values() if belongs_to(alert, [incident]) is not None]
    first = min(mine, key=lambda a: (a.changed_at, a.severity != "page"), default=None)
    part, part_right = ("", None) if first is None else _part(first, scenario)
    change, change_right = ("", None) if first is None else _change(first, scenario, truth)
    return Result(
        fault=scenario.name,
        seed=seed,
        scope=scenario.scope,
        affected_events=truth.affected_events,
        delay=None if first is None else (first.changed_at - truth.start).total_seconds(),
        first="" if first is None else first.monitor,
        summary="" if first is None else first.summary,
        part=part,
        part_right=part_right,
        change=change,
        change_right=change_right,
        alerts=len(fired),
        false_alarms=len(fired) - len(mine),
    )


def _part(alert: Alert, scenario: Scenario) -> tuple[str, bool | None]:
    """The sub-segment that contributes most, and whether the fault is about it."""
    if not alert.contributions:
        return "", None
    part = alert.contributions[0].segment
    finer = {name: part[name] for name in part.keys() - alert.segment.keys()}
    culprit = scenario.culprit
    hits = (fnmatchcase(finer.get(name, ""), pattern) for name, pattern in culprit.items())
    return segment_label(finer), any(hits) if culprit else None


def _change(alert: Alert, scenario: Scenario, truth: FaultTruth) -> tuple[str, bool | None]:
    """The change that is named first, and whether it is what the fault announced."""
    if not alert.changes:
        return "", None
    change = alert.changes[0]
    right = scenario.announced and change.time >= truth.start
    return f"{change.kind} {change.before} to {change.after}", right


def summed(results: Sequence[Result]) -> tuple[str, ...]:
    """All seeds of a fault in words.

    Detected, median delay, commonest first alert, part and change that it names first, false
    alarms. What hit no event could not be noticed.
    """
    hit = sum(result.affected_events > 0 for result in results)
    delays = [result.delay for result in results if result.delay is not None]
    return (
        f"{len(delays)} of {len(results)}" if hit else "hit no event",
        f"{median(delays) / 60:.1f} min" if delays else "-",
        mode(result.first for result in results if result.first) if delays else "-",
        _named([(result.part, result.part_right) for result in results]),
        _named([(result.change, result.change_right) for result in results]),
        str(sum(result.false_alarms for result in results)),
    )


def _named(found: Sequence[tuple[str, bool | None]]) -> str:
    """What is named most often, and how often what is named is right."""
    named = [(words, right) for words, right in found if words]
    if not named:
        return "-"
    judged = [right for _, right in named if right is not None]
    often = f"right in {sum(judged)} of {len(judged)}" if judged else f"in {len(named)}"
    return f"{mode(words for words, _ in named)} ({often})"
