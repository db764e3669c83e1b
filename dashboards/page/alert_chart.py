"""The line of what an alert looked at, over the stretch around it; of a comparison both arms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from dashboards.page.charts import signal_chart
from dashboards.page.context import Store
from schemas.monitors.conditions import Any as Either
from schemas.monitors.conditions import Comparison, Condition, Not, Present, names_in
from schemas.monitors.parse_condition import ConditionError, parse_condition
from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    ComparisonMonitor,
    ThresholdMonitor,
)
from schemas.segments import Segment, segment_key
from schemas.signals import Signal

_BY_KIND = {"flag": "rate", "score": "mean", "amount": "mean"}


class _Shown(NamedTuple):
    """What is drawn of an alert's segment."""

    signal: str
    statistic: str
    unit: str
    thresholds: Sequence[dict[str, Any]] = ()
    categories: Sequence[str] = ()
    baseline: Segment | None = None


_EVENTS = _Shown("", "count", "1")


async def alert_chart(
    store: Store,
    story: Mapping[str, Any],
    *,
    monitor: AnyMonitor | None,
    condition: str,
    signals: Sequence[Signal],
    changes: Sequence[Mapping[str, Any]],
    begin: datetime,
    end: datetime,
) -> dict[str, Any] | None:
    """The chart's data; ``None`` when there is nothing.

    ``story`` is the alert's row of ``alert_stories``, ``condition`` what its events fulfil,
    ``changes`` those that went live about then.
    """
    marks = [{"at": story["started_at"].timestamp(), "name": "began"}]
    if story["resolved_at"]:
        marks.append({"at": story["resolved_at"].timestamp(), "name": "resolved"})
    for change in changes:
        time = datetime.fromisoformat(change["time"])
        marks.append({"at": time.timestamp(), "name": change["kind"]})
    shown = _of_monitor(monitor, story) or _of_condition(condition, signals)
    return await signal_chart(
        store,
        segment_key=segment_key(story["segment"]),
        signal=shown.signal,
        statistic=shown.statistic,
        unit=shown.unit,
        begin=begin,
        end=end,
        marks=marks,
        thresholds=shown.thresholds,
        categories=shown.categories,
        baseline=shown.baseline,
    )


def _of_monitor(monitor: AnyMonitor | None, story: Mapping[str, Any]) -> _Shown | None:
    """What the monitor holds against a bound or a baseline; ``None`` of others."""
    if isinstance(monitor, BurnRateMonitor):
        threshold = {"at": 1 - monitor.target, "level": "warning"}
        return _Shown(monitor.indicator.signal.name, "bad", "1", [threshold])
    if isinstance(monitor, ThresholdMonitor):
        bounds = (monitor.lower, monitor.upper)
        thresholds = [{"at": at, "level": "critical"} for at in bounds if at is not None]
        return _Shown(monitor.signal, monitor.statistic, story["unit"], thresholds)
    if isinstance(monitor, ComparisonMonitor):
        metrics = monitor.rules.metrics
        # The summary tells the metric that decided.
        told = (each for each in metrics if f": {each.name} " in story["summary"])
        metric = next(told, metrics[0])
        matched = {name: story["segment"].get(name, "") for name in monitor.matched}
        baseline = {**matched, **monitor.baseline}
        return _Shown(metric.signal, metric.statistic, metric.unit, baseline=baseline)
    return None


def _of_condition(text: str, signals: Sequence[Signal]) -> _Shown:
    """What the condition is about, or the number of events.

    Of categories the share of those it names, of a lack the share of events that have the signal.
    """
    try:
        condition = parse_condition(text, signals=signals)
    except ConditionError:  # none, or a signal that is declared no more
        return _EVENTS
    names = names_in(condition)
    signal = next((each for each in signals if each.name in names), None)
    if signal is None:
        return _EVENTS
    if isinstance(condition, Present | Not):
        return _Shown(signal.name, "known", "1")
    if signal.kind == "category":
        return _Shown(signal.name, "share", "1", categories=_values(condition))
    return _Shown(signal.name, _BY_KIND.get(signal.kind, "count"), signal.unit)


def _values(condition: Condition) -> list[str]:
    operands = condition.operands if isinstance(condition, Either) else (condition,)
    return [str(each.value) for each in operands if isinstance(each, Comparison)]
