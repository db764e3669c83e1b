"""A comparison in words."""

from detectors.comparing.comparison import Comparison, MetricComparison
from schemas.quantity_words import percent, quantity


def signed(words: str) -> str:
    """A number in words, with its sign.

    >>> signed("12.3 %"), signed("-50 tokens")
    ('+12.3 %', '-50 tokens')
    """
    return words if words.startswith("-") else f"+{words}"


def deciding(comparison: Comparison) -> MetricComparison:
    """The metric that decides: the worst by its margin."""

    def worst(metric: MetricComparison) -> tuple[bool, float]:
        if metric.difference is None:
            return metric.verdict == "inferior", float("-inf")
        worse = metric.difference if metric.higher_is_worse else -metric.difference
        return metric.verdict == "inferior", worse / metric.margin

    return max(comparison.metrics, key=worst)


def metric_words(metric: MetricComparison) -> str:
    """A metric's difference with its interval, and its margin."""
    if metric.difference is None:
        return f"{metric.name}: nothing to compare yet"
    as_share = metric.relative or metric.unit in ("1", "%")

    def shown(value: float | None) -> str:
        if value is None:
            return "unbounded"
        return signed(percent(value) if as_share else quantity(value, metric.unit))

    side = "higher" if metric.higher_is_worse else "lower"
    allowed = metric.margin if metric.higher_is_worse else -metric.margin
    return (
        f"{metric.name} {shown(metric.difference)} ({shown(metric.low)} to {shown(metric.high)}; "
        f"{side} is worse, {shown(allowed)} is allowed)"
    )
