"""Pairs of answers to the same request: exact or asymptotic at any time, and sharper than apart."""

import numpy as np
import pytest

from detectors.comparing.comparison import compare
from detectors.comparing.means import mean_difference
from detectors.comparing.paired import Pairs, paired_means, paired_rates
from detectors.comparing.rates import rate_difference
from detectors.summaries import Distribution, FlagCounts
from schemas.monitors.compared import ComparedMetric, ComparisonRules

UP = ComparedMetric(signal="up", statistic="rate", margin=0.02, higher_is_worse=False)
COST = ComparedMetric(
    signal="cost", statistic="mean", margin=0.05, higher_is_worse=True, relative=True, unit="{USD}"
)
RULES = ComparisonRules(metrics=(UP, COST), same_requests=True)


def pairs_of(first: np.ndarray, second: np.ndarray) -> Pairs:
    x, y = first.astype(float), second.astype(float)
    return Pairs(len(x), x.sum(), y.sum(), (x * x).sum(), (y * y).sum(), (x * y).sum())


def answers(
    seed: int, size: int = 2000, worse: float = 0.0
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Flags and costs of both arms: what is asked decides most."""
    random = np.random.default_rng(seed)
    hard = random.random(size) < 0.1
    up = [~(hard & (random.random(size) < 0.9)) for _ in range(2)]
    up[1] &= random.random(size) >= worse
    length = random.lognormal(0, 1, size)
    costs = [length * random.lognormal(0, 0.1, size) for _ in range(2)]
    return (up[0], up[1]), (costs[0], costs[1] * (1 + worse))


def width(interval: tuple[float, float]) -> float:
    return interval[1] - interval[0]


def test_pairs_tell_more_than_arms_apart() -> None:
    flags, costs = answers(1)
    arms = [FlagCounts(len(each), int(each.sum())) for each in flags]
    apart = rate_difference(*arms, 0.05, dependent=True)
    assert width(paired_rates(pairs_of(*flags), 0.05)) < 0.6 * width(apart)
    sums = [Distribution.empty().observe(each) for each in costs]
    apart = mean_difference(*sums, 0.05, dependent=True)
    assert width(paired_means(pairs_of(*costs), 0.05)) < 0.2 * width(apart)


def test_verdicts_are_right_at_all_looks() -> None:
    looks, wrong = range(100, 2001, 100), 0
    for seed in range(60):
        flags, costs = answers(seed)
        for n in looks:
            low, high = paired_rates(pairs_of(*(each[:n] for each in flags)), 0.05)
            less, more = paired_means(pairs_of(*(each[:n] for each in costs)), 0.05)
            if not (low <= 0 <= high and less <= 0 <= more):
                wrong += 1
                break
    assert wrong <= 6  # two sequences at 5 % each


def verdict(seed: int, worse: float, size: int = 2000, **options: object) -> str:
    flags, costs = answers(seed, size, worse)
    baseline, candidate = (
        {
            "up": FlagCounts(size, int(up.sum())),
            "cost": Distribution.empty().observe(cost),
        }
        for up, cost in zip(flags, costs, strict=True)
    )
    pairs = {"up": pairs_of(*flags), "cost": pairs_of(*costs)}
    found = compare(RULES, baseline, candidate, options.get("pairs", pairs))
    assert all(metric.paired is ("pairs" not in options) for metric in found.metrics)
    return found.verdict


def test_a_shadow_is_judged_by_its_pairs() -> None:
    assert verdict(3, 0.0) == "promote"
    assert verdict(3, 0.12) == "roll back"
    assert verdict(3, 0.0, size=60) == "wait"
    assert verdict(3, 0.0, pairs={}) == "wait"
    # A few pairs among many answers say little of them.
    few = {name: Pairs(900, 450, 450, 450, 450, 225) for name in ("up", "cost")}
    assert verdict(3, 0.0, pairs=few) == "wait"


@pytest.mark.parametrize(
    "pairs", [Pairs(), Pairs(1, 1, 1, 1, 1, 1), Pairs(500, 5, 5, 0.05, 0.05, 0.05)]
)
def test_what_never_varied_says_nothing(pairs: Pairs) -> None:
    assert paired_means(pairs, 0.05) == (-np.inf, np.inf)
