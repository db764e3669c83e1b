"""Budgets, burn rates and forecasts of all objectives."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.objectives.budget import Budget, budget_of_all, burn_rate_of_all
from detectors.objectives.forecast import RECENT_HOURS, Forecast, forecast
from schemas.monitors.calendar_window import CalendarWindow
from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    BurnRateTier,
    CompositeMonitor,
)
from schemas.segments import Segment, parse_segment_key
from streams.objectives.reading import HOUR, Counts, Objective, counts_by_segment
from streams.objectives.source import FlagSource, instant

Hourly = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Counted and bad, a value an hour."""


class TierStatus(Struct, frozen=True, kw_only=True):
    """A tier's burn rates; ``burns`` when both are above its factor."""

    severity: str
    factor: float
    long_seconds: int
    short_seconds: int
    long_burn_rate: float | None
    short_burn_rate: float | None
    burns: bool


class ObjectiveStatus(Struct, frozen=True, kw_only=True):
    """What is left of the budget of one objective in one segment.

    ``counted`` and ``bad`` are events, or slices where the budget counts those. Shares are of the
    budget: ``left`` below 0 is overspent; of a window of which less than ``window_seconds`` was
    seen, what was spent is in proportion. ``target`` is none where those of a composite's parts
    differ.
    """

    objective: str
    segment: Segment
    target: float | None
    until: datetime
    counted: float
    bad: float
    left: float
    seen_seconds: float
    window_seconds: float
    burn_rate_last_hour: float | None
    tiers: list[TierStatus]
    period: str
    forecast: Forecast | None = None


def objectives_of(monitors: Iterable[AnyMonitor]) -> list[Objective]:
    """The monitors that have budgets."""
    return [m for m in monitors if isinstance(m, BurnRateMonitor | CompositeMonitor)]


def statuses(
    objectives: Sequence[Objective],
    source: FlagSource,
    *,
    at: int | None = None,
    random: np.random.Generator | None = None,
) -> list[ObjectiveStatus]:
    """The status of every objective and segment that has counted events.

    ``at`` is the moment, by default the end of the newest window. With ``random``, forecasts are
    made too.
    """
    newest = source.newest()
    until = newest if at is None else at
    if until is None:
        return []
    found = []
    for objective in objectives:
        begin, end = _window(objective, until)
        longest = max((tier.long_seconds for tier in objective.tiers), default=0)
        recent = max(longest, 0 if random is None else RECENT_HOURS * HOUR)
        segments = counts_by_segment(objective, source, min(begin, until - recent), begin, until)
        for key in sorted(segments):
            parts = segments[key]
            found.append(
                _status(objective, parse_segment_key(key), parts, begin, end, until, random)
            )
    return found


def _window(objective: Objective, until: int) -> tuple[int, int]:
    """Begin of the budget's window, and its end: a calendar's period goes on."""
    if objective.calendar is None:
        return until - objective.window_seconds, until
    begin, end = objective.calendar.period(until - 1)
    return int(begin), int(end)


def _status(
    objective: Objective,
    segment: Segment,
    parts: Sequence[Counts],
    begin: int,
    end: int,
    until: int,
    random: np.random.Generator | None,
) -> ObjectiveStatus:
    budgets = [_budget(part, begin, end, until, objective.calendar) for part in parts]
    whole: Budget | None = budgets[0]
    if isinstance(objective, CompositeMonitor):
        weighted = [(part.weight, each) for part, each in zip(parts, budgets, strict=True)]
        whole = budget_of_all(weighted, objective.missing)
    return ObjectiveStatus(
        objective=objective.name,
        segment=segment,
        target=parts[0].target if len({part.target for part in parts}) == 1 else None,
        until=instant(until),
        counted=sum(budget.counted for budget in budgets),
        bad=sum(budget.bad for budget in budgets),
        left=1.0 if whole is None else whole.left,
        seen_seconds=max(budget.seen_seconds for budget in budgets),
        window_seconds=end - begin,
        burn_rate_last_hour=_burn_rate(objective, parts, until - HOUR, until),
        tiers=[_tier(objective, tier, parts, until) for tier in objective.tiers],
        period=f"{instant(begin):%Y-%m-%d %H:%M} to {instant(end):%Y-%m-%d %H:%M} UTC",
        forecast=None if random is None else _forecast(objective, parts, begin, end, until, random),
    )


def _budget(
    part: Counts, begin: int, end: int, until: int, calendar: CalendarWindow | None
) -> Budget:
    counted, bad = part.series.between(begin, until)
    return Budget(
        target=part.target,
        counted=counted,
        bad=bad,
        window_seconds=end - begin,
        seen_seconds=max(until - max(begin, part.seen_since), 1),
        ends_in=None if calendar is None else end - until,
    )


def _burn_rate(objective: Objective, parts: Sequence[Counts], begin: int, end: int) -> float | None:
    """The weighted mean of the parts' burn rates; of parts without events as the monitor says."""
    missing = objective.missing if isinstance(objective, CompositeMonitor) else "ignore"
    found = []
    for part in parts:
        counted, bad = part.series.between(begin, end)
        found.append((part.weight, part.target, bad / counted if counted else None))
    since = min(part.seen_since for part in parts)
    return burn_rate_of_all(found, missing, min(max(end - since, 0) / (end - begin), 1.0))


def _tier(
    objective: Objective, tier: BurnRateTier, parts: Sequence[Counts], until: int
) -> TierStatus:
    long = _burn_rate(objective, parts, until - tier.long_seconds, until)
    short = _burn_rate(objective, parts, until - tier.short_seconds, until)
    return TierStatus(
        severity=tier.severity,
        factor=tier.factor,
        long_seconds=tier.long_seconds,
        short_seconds=tier.short_seconds,
        long_burn_rate=long,
        short_burn_rate=short,
        burns=long is not None and short is not None and long > tier.factor and short > tier.factor,
    )


def _forecast(
    objective: Objective,
    parts: Sequence[Counts],
    begin: int,
    end: int,
    until: int,
    random: np.random.Generator,
) -> Forecast | None:
    first = min(part.seen_since for part in parts)
    since = max(min(begin, until - RECENT_HOURS * HOUR), first)
    hours = [part.series.hourly(since, until) for part in parts]
    if isinstance(objective, BurnRateMonitor):
        (counted, bad), target = hours[0], parts[0].target
    else:
        target = 0.5
        counted, bad = _spending(objective, parts, hours, target)
    return forecast(
        counted,
        bad,
        target=target,
        window_hours=max(round((end - begin) / HOUR), 1),
        random=random,
        period_ends_in=None if objective.calendar is None else max(-(-(end - until) // HOUR), 1),
        before=max(len(counted) - -(-(until - begin) // HOUR), 0),
    )


def _spending(
    objective: CompositeMonitor, parts: Sequence[Counts], hours: Sequence[Hourly], target: float
) -> Hourly:
    """One budget of weighted spending, hour by hour, held against one target."""
    # Each hour is held against the part's usual traffic: a quiet one spends little.
    usual = [total.mean() for total, _ in hours]
    burning = [
        burn_rate_of_all(
            [
                (part.weight, part.target, bad[hour] / mean if mean else None)
                for part, (_, bad), mean in zip(parts, hours, usual, strict=True)
            ],
            objective.missing,
        )
        for hour in range(len(hours[0][0]))
    ]
    counted = np.array([float(rate is not None) for rate in burning])
    return counted, np.array([rate or 0.0 for rate in burning]) * (1 - target)
