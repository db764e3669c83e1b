"""Verdicts of several metrics, and what they say."""

from typing import Any

import numpy as np
import pytest

from detectors.comparing.comparison import Comparison, compare
from detectors.comparing.words import deciding, metric_words
from detectors.summaries import CategoryCounts, Distribution, FlagCounts
from schemas.monitors.compared import ComparedMetric, ComparisonRules

UP = ComparedMetric(signal="up", statistic="rate", margin=0.02, higher_is_worse=False)
COST = ComparedMetric(
    signal="cost", statistic="mean", margin=0.1, higher_is_worse=True, relative=True, unit="{USD}"
)


def numbers(mean: float, count: int = 4000) -> Distribution:
    return Distribution.empty().observe(np.random.default_rng(1).gamma(4, mean / 4, count))


def free_of(cost: float) -> Distribution:
    return Distribution.empty().observe([cost] * 400)


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
    assert metric_words(metric).startswith("up rate 92.5 % against 99 %, -6.5 points (-8.")
    assert metric_words(metric).endswith("lower is worse, -2 points is allowed)")
    tokens = ComparedMetric(
        signal="tokens", statistic="mean", margin=100, higher_is_worse=True, unit="{token}"
    )
    rules = ComparisonRules(metrics=(tokens,))
    arms = [Distribution.empty().observe([base, base + 100.0] * 400) for base in (1000.0, 2500.0)]
    told = metric_words(compare(rules, {"tokens": arms[0]}, {"tokens": arms[1]}).metrics[0])
    assert told.startswith("tokens mean 2550 tokens against 1050 tokens, +1500 tokens (+14")
    free = metric_words(
        compare(
            ComparisonRules(metrics=(COST,)), {"cost": free_of(0.0)}, {"cost": free_of(0.2)}
        ).metrics[0]
    )
    assert free.endswith("it cannot be held against a baseline of 0 by a relative margin")
