"""What came of a game day."""

from collections.abc import Sequence
from statistics import median, mode

from msgspec import Struct

from schemas.alerts import Alert
from schemas.segments import segment_label
from streams.backtest.outcomes import MONTH, Incident, belongs_to
from streams.gameday.scenarios import Scenario
from streams.replay.faults import FaultTruth


class Result(Struct, frozen=True, kw_only=True):
    """One fault with one seed.

    ``delay`` is in seconds from its start to the first alert that belongs to it, ``None`` where
    there was none; ``first`` that alert's monitor. ``explanation`` is what it names first as a
    cause: a change, or the sub-segment that contributes most; ``explained`` whether that is the
    fault's own. ``alerts`` fired in all; ``false_alarms`` were of segments that the fault did not
    touch.
    """

    fault: str
    seed: int
    scope: dict[str, str]
    affected_events: int
    delay: float | None
    first: str
    summary: str
    explanation: str
    explained: bool | None
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
    """A whole game day. ``precision`` is the share of alerts that belong to the faults."""

    results: list[Result]
    quiet: Quiet | None

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
        if alert.state == "firing" and alert.episode_id not in known:
            fired.setdefault(alert.episode_id, alert)
    mine = [alert for alert in fired.values() if belongs_to(alert, [incident]) is not None]
    first = min(mine, key=lambda a: (a.changed_at, a.severity != "page"), default=None)
    words, right = ("", None) if first is None else _explanation(first, scenario, truth)
    return Result(
        fault=scenario.name,
        seed=seed,
        scope=scenario.scope,
        affected_events=truth.affected_events,
        delay=None if first is None else (first.changed_at - truth.start).total_seconds(),
        first="" if first is None else first.monitor,
        summary="" if first is None else first.summary,
        explanation=words,
        explained=right,
        alerts=len(fired),
        false_alarms=len(fired) - len(mine),
    )


def _explanation(alert: Alert, scenario: Scenario, truth: FaultTruth) -> tuple[str, bool | None]:
    """What an alert names as a cause, and whether it is the right one; ``None``: it names none."""
    if alert.changes:
        change = alert.changes[0]
        caused = scenario.kind in {"bad_canary", "model_swap"}
        right = caused and change.time >= truth.start
        return f"{change.kind} {change.before} to {change.after}", right
    if alert.contributions:
        part = alert.contributions[0].segment
        finer = {name: part[name] for name in part.keys() - alert.segment.keys()}
        hit = all(part.get(name, value) == value for name, value in scenario.scope.items())
        return segment_label(finer), hit
    return "", None


def summed(results: Sequence[Result]) -> tuple[str, str, str, str, str]:
    """All seeds of a fault in words: detected, delay, first alert, first cause, false alarms."""
    delays = [result.delay for result in results if result.delay is not None]
    causes = [result for result in results if result.explanation]
    right = sum(result.explained is True for result in causes)
    commonest = mode(result.explanation for result in causes) if causes else ""
    return (
        f"{len(delays)} of {len(results)}",
        f"{median(delays) / 60:.1f} min" if delays else "-",
        mode(result.first for result in results if result.first) if delays else "-",
        f"{commonest} (right in {right} of {len(causes)})" if causes else "-",
        str(sum(result.false_alarms for result in results)),
    )
