"""Which events a monitor calls bad: conditions, by which examples are sampled and looked up."""

from collections.abc import Iterable

from schemas.monitors.compared import ComparedMetric
from schemas.monitors.conditions import Comparison, Condition, Operator, Present
from schemas.monitors.resolved import AnyMonitor, ThresholdMonitor

_OF_ALL_VALUES = ("count", "sum", "distinct")


def bad_for_objective(signal: str) -> Condition:
    """The events that count against an objective, by the signal of its indicator.

    >>> bad_for_objective("sli.fast")
    Comparison(name='sli.fast', operator='=', value=False)
    """
    return Comparison(name=signal, operator="=", value=False)


def bad_for_threshold(monitor: ThresholdMonitor, *, too_high: bool) -> Condition | None:
    """The events that pull a statistic beyond its bound: the flags, or the values beyond it.

    Of a count, a sum or a number of values every event with a value. ``None`` where there is no
    such bound or signal, or single events do not pull.
    """
    bound = monitor.upper if too_high else monitor.lower
    if bound is None or not monitor.signal or monitor.statistic == "commonest_share":
        return None
    if monitor.statistic in _OF_ALL_VALUES:
        return Present(name=monitor.signal)
    if monitor.statistic == "rate":
        return Comparison(name=monitor.signal, operator="=", value=too_high)
    return Comparison(name=monitor.signal, operator=">" if too_high else "<", value=bound)


def bad_for_comparison(metric: ComparedMetric, baseline: float | None) -> Condition | None:
    """A candidate's events that are bad, or worse than what the baseline's statistic is."""
    if metric.statistic == "rate":
        return Comparison(name=metric.signal, operator="=", value=metric.higher_is_worse)
    if baseline is None:
        return None
    operator: Operator = ">" if metric.higher_is_worse else "<"
    return Comparison(name=metric.signal, operator=operator, value=float(f"{baseline:.4g}"))


def sampled_conditions(monitors: Iterable[AnyMonitor]) -> tuple[Condition, ...]:
    """The conditions of thresholds that examples are sampled by, each once.

    Not those that ordinary events fulfil as well, and not those of objectives, which scoring has of
    its indicators.
    """
    found = (
        bad_for_threshold(monitor, too_high=too_high)
        for monitor in monitors
        if isinstance(monitor, ThresholdMonitor)
        for too_high in (True, False)
    )
    return tuple(dict.fromkeys(each for each in found if isinstance(each, Comparison)))
