"""Budgets, burn rates and forecasts of all objectives."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import numpy as np
from msgspec import Struct

from detectors.objectives.budget import Budget, burn_rate_of_all
from detectors.objectives.forecast import Forecast, forecast
from detectors.objectives.series import Series
from detectors.watching.needs import watches
from detectors.watching.slices import SliceSource, slice_source
from schemas.monitors.calendar_window import CalendarWindow
from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    BurnRateTier,
    CompositeMonitor,
)
from schemas.segments import Segment, parse_segment_key
from streams.objectives.source import FlagSource, instant

HOUR: Final = 3600
_BY_MINUTE: Final = 26 * HOUR
"""How far back windows of a minute are read, so that windows of a day end exactly."""

Objective = BurnRateMonitor | CompositeMonitor


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
    budget: ``left`` below 0 is overspent. ``exhausted_at`` and ``recovered_at`` go on as in the
    last hour; a forecast says more. ``target`` is none where those of a composite's parts differ.
    """

    objective: str
    segment: Segment
    target: float | None
    until: datetime
    counted: float
    bad: float
    left: float
    burn_rate_last_hour: float | None
    tiers: list[TierStatus]
    period: str
    forecast: Forecast | None = None


class _Counts(Struct, frozen=True, kw_only=True):
    """One indicator of an objective in one segment, in slices where there are any."""

    target: float
    weight: float
    series: Series
    seen_since: int


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
        segments = _segments(objective, source, min(begin, until - longest), until)
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


def _segments(
    objective: Objective, source: FlagSource, begin: int, until: int
) -> dict[str, list[_Counts]]:
    """By segment key, the counts of all parts of the objective, where any part has some."""
    parts: list[tuple[str, float, float, SliceSource | None]] = []
    if isinstance(objective, BurnRateMonitor):
        signal = objective.indicator.signal.name
        parts.append(
            (signal, objective.target, 1.0, slice_source(objective.name, signal, objective.slices))
        )
    else:
        for part in objective.parts:
            signal = part.indicator.signal.name
            slices = slice_source(f"{objective.name}.{part.name}", signal, part.slices)
            parts.append((signal, part.target, part.weight, slices))
    empty = [
        _Counts(target=target, weight=weight, series=Series.of(()), seen_since=until)
        for _, target, weight, _ in parts
    ]
    found: dict[str, list[_Counts]] = {}
    for place, (signal, target, weight, slices) in enumerate(parts):
        fine = (until - _BY_MINUTE) // HOUR * HOUR
        if slices is not None and slices.seconds < HOUR:
            fine = begin // HOUR * HOUR
        rows: dict[str, list[tuple[int, int, int, int]]] = {}
        for resolution, first, last in (
            (HOUR, begin // HOUR * HOUR, min(fine, until)),
            (60, max(fine, begin), until),
        ):
            if first < last:
                windows = source.flags(signal, objective.segmentation, resolution, first, last)
                for key, each in windows.items():
                    rows.setdefault(key, []).extend(each)
        for key, each in rows.items():
            if watches(objective, parse_segment_key(key)):
                series = _series(each, slices, until)
                first = each[0][0]
                found.setdefault(key, list(empty))[place] = _Counts(
                    target=target, weight=weight, series=series, seen_since=first
                )
    return found


def _series(
    rows: Sequence[tuple[int, int, int, int]], slices: SliceSource | None, until: int
) -> Series:
    if slices is None:
        return Series.of((begin, end, known, known - true) for begin, end, known, true in rows)
    length = slices.seconds
    sums: dict[int, list[int]] = {}
    for begin, _, known, true in rows:
        mine = sums.setdefault(begin // length * length, [0, 0])
        mine[0] += known
        mine[1] += true
    judged = []
    # A slice without a row had no event.
    for begin in range(min(sums), until - length + 1, length):
        found = slices.judge(*sums.get(begin, [0, 0]))
        if found is not None:
            whole = found.count / slices.per_slice
            bad = (found.count - found.positive) / slices.per_slice
            judged.append((begin, begin + length, whole, bad))
    return Series.of(judged)


def _status(
    objective: Objective,
    segment: Segment,
    parts: Sequence[_Counts],
    begin: int,
    end: int,
    until: int,
    random: np.random.Generator | None,
) -> ObjectiveStatus:
    counted = [part for part in parts if len(part.series.counted)] or parts
    budgets = [_budget(part, begin, end, until, objective.calendar) for part in counted]
    weights = sum(part.weight for part in counted)
    left = sum(p.weight * b.left for p, b in zip(counted, budgets, strict=True)) / weights
    return ObjectiveStatus(
        objective=objective.name,
        segment=segment,
        target=parts[0].target if len({part.target for part in parts}) == 1 else None,
        until=instant(until),
        counted=sum(budget.counted for budget in budgets),
        bad=sum(budget.bad for budget in budgets),
        left=left,
        burn_rate_last_hour=_burn_rate(objective, parts, until - HOUR, until),
        tiers=[_tier(objective, tier, parts, until) for tier in objective.tiers],
        period=f"{instant(begin):%Y-%m-%d %H:%M} to {instant(end):%Y-%m-%d %H:%M} UTC",
        forecast=None
        if random is None
        else _forecast(objective, counted, begin, end, until, random),
    )


def _budget(
    part: _Counts, begin: int, end: int, until: int, calendar: CalendarWindow | None
) -> Budget:
    counted, bad = part.series.between(begin, until)
    return Budget(
        target=part.target,
        counted=counted,
        bad=bad,
        window_seconds=end - begin,
        seen_seconds=max(until - max(begin, part.seen_since), 1),
        calendar=calendar is not None,
    )


def _burn_rate(
    objective: Objective, parts: Sequence[_Counts], begin: int, end: int
) -> float | None:
    """The weighted mean of the parts' burn rates; of parts without events as the monitor says."""
    missing = objective.missing if isinstance(objective, CompositeMonitor) else "ignore"
    found = []
    for part in parts:
        counted, bad = part.series.between(begin, end)
        found.append((part.weight, part.target, bad / counted if counted else None))
    return burn_rate_of_all(found, missing)


def _tier(
    objective: Objective, tier: BurnRateTier, parts: Sequence[_Counts], until: int
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
    parts: Sequence[_Counts],
    begin: int,
    end: int,
    until: int,
    random: np.random.Generator,
) -> Forecast | None:
    since = max(begin, min(part.seen_since for part in parts))
    hours = [part.series.hourly(since, until) for part in parts]
    weights = sum(part.weight for part in parts)
    # Of a composite: one budget of weighted spending, held against a target of one half.
    counted = sum((total for total, _ in hours), np.zeros(len(hours[0][0])))
    if len(parts) == 1:
        bad, target = hours[0][1], parts[0].target
    else:
        target = 0.5
        spending = np.zeros(len(counted))
        for part, (total, wrong) in zip(parts, hours, strict=True):
            mean = max(total.mean(), 1e-9)
            spending += part.weight / weights * wrong / (mean * (1 - part.target))
        counted = np.full(len(counted), 1.0)
        bad = spending * (1 - target)
    return forecast(
        counted,
        bad,
        target=target,
        window_hours=max(round((end - begin) / HOUR), 1),
        random=random,
        period_ends_in=None if objective.calendar is None else (end - until) // HOUR,
    )
