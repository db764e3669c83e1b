"""Verdicts of several metrics, and what they say."""

from typing import Any

import numpy as np
import pytest

from detectors.comparing.comparison import Comparison, MetricComparison, compare
from detectors.comparing.words import deciding, metric_words
from detectors.summaries import CategoryCounts, Distribution, FlagCounts
from schemas.monitors.compared import ComparedMetric, ComparisonRules

UP = ComparedMetric(signal="up", statistic="rate", margin=0.02, higher_is_worse=False)
COST = ComparedMetric(
    signal="cost", statistic="mean", margin=0.1, higher_is_worse=True, relative=True, unit="{USD}"
)


def numbers(mean: float, count: int = 4000) -> Distribution:
    return Distribution.empty().observe(np.random.default_rng(1).gamma(4, mean / 4, count))


def both(up: int, cost: float, count: int = 4000, **options: Any) -> Comparison:
    rules = ComparisonRules(metrics=(UP, COST), **options)
    baseline = {"up": FlagCounts(4000, 3960), "cost": numbers(1.0)}
    candidate = {"up": FlagCounts(count, up), "cost": numbers(cost, count)}
    return compare(rules, baseline, candidate)


@pytest.mark.parametrize(
    ("up", "cost", "verdict", "metric"),
    [
        (3960, 1.0, "promote", None),
        (3700, 1.0, "roll back", "up rate"),
        (3960, 1.3, "roll back", "cost mean"),
        (3880, 1.0, "wait", None),
        (3990, 0.5, "promote", None),
    ],
)
def test_all_have_to_be_known_to_promote_and_one_to_roll_back(
    up: int, cost: float, verdict: str, metric: str | None
) -> None:
    found = both(up, cost)
    assert found.verdict == verdict
    if metric:
        assert deciding(found).name == metric
    assert [each.superior for each in found.metrics][1] == (cost < 1)


def test_few_events_and_missing_or_wrong_summaries_wait() -> None:
    assert [m.verdict for m in both(99, 1.0, count=99).metrics] == ["few events", "few events"]
    rules = ComparisonRules(metrics=(UP,))
    for summary in (None, CategoryCounts({"a": 500}, 0), numbers(1.0)):
        found = compare(rules, {"up": FlagCounts(500, 400)}, {"up": summary})
        assert found.verdict == "wait"
        assert found.metrics[0].low is None


def test_arms_that_answered_the_same_requests_are_judged_with_more_care() -> None:
    apart, same = both(3960, 1.0), both(3960, 1.0, same_requests=True)
    for mine, theirs in zip(same.metrics, apart.metrics, strict=True):
        assert mine.low < theirs.low
        assert mine.high > theirs.high


def test_words() -> None:
    metric = both(3700, 1.0).metrics[0]
    assert metric_words(metric).startswith("up rate -6.5 % (-8.")
    assert metric_words(metric).endswith("lower is worse, -2 % is allowed)")


def test_a_difference_has_its_unit_in_words() -> None:
    metric = MetricComparison(
        name="cost mean",
        verdict="inferior",
        baseline=0.01,
        candidate=0.013,
        baseline_events=500,
        candidate_events=500,
        difference=0.003,
        low=0.002,
        high=None,
        margin=0.001,
        relative=False,
        higher_is_worse=True,
        unit="{USD}",
    )
    assert metric_words(metric) == (
        "cost mean +0.003 USD (+0.002 USD to unbounded; higher is worse, +0.001 USD is allowed)"
    )
