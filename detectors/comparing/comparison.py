"""Whether a candidate may replace a baseline: promote, wait or roll back.

A candidate is promoted when every metric is known to be worse by less than its margin
(non-inferiority), rolled back when any is known to be worse by more. Metrics share the error, so
that the probability of ever telling anything false about any of them is at most ``1 - confidence``,
however often one looks.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from detectors.comparing.interval import ANYTHING, Interval
from detectors.comparing.means import mean_difference
from detectors.comparing.paired import Pairs, paired_means, paired_rates
from detectors.comparing.quantiles import quantile_comparison
from detectors.comparing.rates import rate_difference
from detectors.summaries import Distribution, FlagCounts, Summary
from schemas.monitors.compared import ComparedMetric, ComparisonRules
from schemas.quantity_words import SHARE

CompareVerdict = Literal["promote", "wait", "roll back"]
MetricVerdict = Literal["non-inferior", "unknown", "inferior", "few events"]

_QUANTILES: Final = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}


class MetricComparison(Struct, frozen=True, kw_only=True):
    """One metric of both arms.

    ``low..high`` is what its ``difference`` may be, candidate less baseline (or, where ``relative``
    is true, that by the baseline), at the confidence that all metrics share. ``superior`` says
    that it is known to be better, whatever the margin; ``paired`` that events are pairs of answers
    to the same request.
    """

    name: str
    verdict: MetricVerdict
    baseline: float | None
    candidate: float | None
    baseline_events: int
    candidate_events: int
    difference: float | None
    low: float | None
    high: float | None
    margin: float
    relative: bool
    higher_is_worse: bool
    unit: str
    superior: bool = False
    paired: bool = False


class Comparison(Struct, frozen=True, kw_only=True):
    """The verdict of all metrics together."""

    verdict: CompareVerdict
    metrics: list[MetricComparison]


def compare(
    rules: ComparisonRules,
    baseline: Mapping[str, Summary | None],
    candidate: Mapping[str, Summary | None],
    pairs: Mapping[str, Pairs] | None = None,
) -> Comparison:
    """Compare two arms by their summaries since the comparison began, by signal.

    Of arms that answered the same requests, rates and means go by ``pairs`` where at least half of
    the candidate's values are in one: that does not hang on what they are.
    """
    alpha = (1 - rules.confidence) / len(rules.metrics)
    known = pairs or {}
    metrics = [
        _of_pairs(each, rules, known[each.signal], alpha)
        if _is_paired(each, rules, known, candidate)
        else _metric(each, rules, baseline.get(each.signal), candidate.get(each.signal), alpha)
        for each in rules.metrics
    ]
    return Comparison(verdict=_overall(metrics), metrics=metrics)


def _overall(metrics: Sequence[MetricComparison]) -> CompareVerdict:
    if any(metric.verdict == "inferior" for metric in metrics):
        return "roll back"
    if all(metric.verdict == "non-inferior" for metric in metrics):
        return "promote"
    return "wait"


def _metric(
    metric: ComparedMetric,
    rules: ComparisonRules,
    baseline: Summary | None,
    candidate: Summary | None,
    alpha: float,
) -> MetricComparison:
    interval = ANYTHING
    values: tuple[float | None, float | None] = (None, None)
    counts = _count(baseline), _count(candidate)
    enough = min(counts) >= rules.minimum_events
    if isinstance(baseline, FlagCounts) and isinstance(candidate, FlagCounts):
        values = baseline.rate, candidate.rate
        interval = rate_difference(baseline, candidate, alpha, dependent=rules.same_requests)
    elif isinstance(baseline, Distribution) and isinstance(candidate, Distribution):
        values, interval = _of_numbers(metric, rules, baseline, candidate, alpha)
    return _judged(metric, interval, values, counts, enough=enough)


def _is_paired(
    metric: ComparedMetric,
    rules: ComparisonRules,
    pairs: Mapping[str, Pairs],
    candidate: Mapping[str, Summary | None],
) -> bool:
    found = pairs.get(metric.signal)
    if found is None or not rules.same_requests or metric.statistic not in ("rate", "mean"):
        return False
    return 0 < found.count >= _count(candidate.get(metric.signal)) / 2


def _of_pairs(
    metric: ComparedMetric, rules: ComparisonRules, pairs: Pairs, alpha: float
) -> MetricComparison:
    if metric.statistic == "rate":
        interval = paired_rates(pairs, alpha)
    elif metric.relative:
        interval = _relative(pairs.means, lambda f: paired_means(pairs, alpha, factor=f))
    else:
        interval = paired_means(pairs, alpha)
    counts = pairs.count, pairs.count
    enough = pairs.count >= rules.minimum_events
    return _judged(metric, interval, pairs.means, counts, enough=enough, paired=True)


def _judged(
    metric: ComparedMetric,
    interval: Interval,
    values: tuple[float | None, float | None],
    counts: tuple[int, int],
    *,
    enough: bool,
    paired: bool = False,
) -> MetricComparison:
    low, high = interval
    # The side on which the candidate is worse.
    better, worse = (low, high) if metric.higher_is_worse else (-high, -low)
    verdict: MetricVerdict = "unknown"
    if not enough:
        verdict = "few events"
    elif worse < metric.margin:
        verdict = "non-inferior"
    elif better > metric.margin:
        verdict = "inferior"
    difference = None
    if values[0] is not None and values[1] is not None:
        difference = values[1] - values[0]
        if metric.relative:
            difference = difference / values[0] if values[0] else None
    return MetricComparison(
        name=metric.name,
        verdict=verdict,
        baseline=values[0],
        candidate=values[1],
        baseline_events=counts[0],
        candidate_events=counts[1],
        difference=difference,
        low=_finite(low),
        high=_finite(high),
        margin=metric.margin,
        relative=metric.relative,
        higher_is_worse=metric.higher_is_worse,
        unit=SHARE if metric.statistic == "rate" else metric.unit,
        superior=enough and worse < 0,
        paired=paired,
    )


def _of_numbers(
    metric: ComparedMetric,
    rules: ComparisonRules,
    baseline: Distribution,
    candidate: Distribution,
    alpha: float,
) -> tuple[tuple[float | None, float | None], Interval]:
    """Both values, and the interval of their difference or relative difference."""
    dependent = rules.same_requests
    q = _QUANTILES.get(metric.statistic)
    if q is not None:
        values = baseline.quantile(q), candidate.quantile(q)
        by: Literal["difference", "ratio"] = "ratio" if metric.relative else "difference"
        low, high = quantile_comparison(baseline, candidate, q, alpha, by=by, dependent=dependent)
        return values, Interval(low - 1, high - 1) if metric.relative else Interval(low, high)
    values = baseline.mean, candidate.mean
    if not metric.relative:
        return values, mean_difference(baseline, candidate, alpha, dependent=dependent)
    return values, _relative(
        values,
        lambda f: mean_difference(baseline, candidate, alpha, factor=f, dependent=dependent),
    )


def _relative(
    means: tuple[float | None, float | None], difference: Callable[[float], Interval]
) -> Interval:
    """How much higher the mean is, by the baseline's: every share that is not refuted (Fieller).

    ``difference`` gives the interval of the candidate's mean less so many times the baseline's.
    """
    mean, other = means
    if mean is None or other is None or mean <= 0:
        return ANYTHING
    share = other / mean

    def possible(factor: float) -> bool:
        low, high = difference(factor)
        return low <= 0 <= high

    bounds = []
    for far in (0.0, 10 * max(share, 1.0)):
        near, edge = share, far
        if possible(edge):
            bounds.append(-1.0 if far == 0.0 else ANYTHING.high)
            continue
        for _ in range(40):
            middle = (near + edge) / 2
            near, edge = (middle, edge) if possible(middle) else (near, middle)
        bounds.append(edge - 1)
    return Interval(*bounds)


def _count(summary: Summary | None) -> int:
    return summary.count if isinstance(summary, FlagCounts | Distribution) else 0


def _finite(value: float) -> float | None:
    return value if abs(value) != float("inf") else None
