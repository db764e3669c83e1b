"""A comparison in words."""

from detectors.comparing.comparison import Comparison, MetricComparison
from schemas.quantity_words import SHARE, percent, points, quantity


def deciding(comparison: Comparison) -> MetricComparison:
    """The metric that decides: the worst by its margin."""

    def worst(metric: MetricComparison) -> tuple[bool, float]:
        if metric.difference is None:
            return metric.verdict == "inferior", float("-inf")
        worse = metric.difference if metric.higher_is_worse else -metric.difference
        return metric.verdict == "inferior", worse / metric.margin

    return max(comparison.metrics, key=worst)


def metric_words(metric: MetricComparison) -> str:
    """Both arms' values, their difference with its interval, and the margin.

    The difference of two rates is told in percentage points, a relative one in percent.
    """
    if metric.baseline is None or metric.candidate is None:
        return f"{metric.name}: nothing to compare yet"

    def shown(difference: float | None) -> str:
        if difference is None:
            return "unbounded"
        sign = "+" if difference >= 0 else ""
        if metric.relative:
            return sign + percent(difference)
        if metric.unit == SHARE:
            return sign + points(difference)
        return sign + quantity(difference, metric.unit)

    both = (
        f"{metric.name} {quantity(metric.candidate, metric.unit)} against "
        f"{quantity(metric.baseline, metric.unit)}"
    )
    if metric.difference is None:
        return f"{both}: it cannot be held against a baseline of 0 by a relative margin"
    side = "higher" if metric.higher_is_worse else "lower"
    allowed = metric.margin if metric.higher_is_worse else -metric.margin
    return (
        f"{both}, {shown(metric.difference)} ({shown(metric.low)} to {shown(metric.high)}; "
        f"{side} is worse, {shown(allowed)} is allowed)"
    )
