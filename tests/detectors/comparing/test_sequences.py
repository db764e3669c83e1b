"""Confidence sequences: they hold the truth at all looks together, and agree with each other."""

from math import comb, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.comparing.beta_binomial import log_evidence_of_rank, rate_bounds
from detectors.comparing.interval import ANYTHING
from detectors.comparing.means import mean_difference
from detectors.comparing.quantiles import quantile_comparison, quantile_interval
from detectors.comparing.rates import log_evidence, rate_difference
from detectors.summaries import Distribution, FlagCounts

ALPHA = 0.05
LIMIT = -np.log(ALPHA)
FLAGS = st.tuples(st.integers(1, 10**6), st.floats(0, 1)).map(
    lambda drawn: FlagCounts(drawn[0], round(drawn[0] * drawn[1]))
)


@given(FLAGS, FLAGS)
@settings(max_examples=60, deadline=None)
def test_a_rates_interval_holds_the_estimate_and_ends_where_the_evidence_does(
    baseline: FlagCounts, candidate: FlagCounts
) -> None:
    low, high = rate_difference(baseline, candidate, ALPHA)
    estimate = candidate.positive / candidate.count - baseline.positive / baseline.count
    assert -1 <= low <= estimate + 1e-9
    assert estimate - 1e-9 <= high <= 1
    for bound in (low, high):
        if abs(bound) < 1:
            assert log_evidence(bound, baseline, candidate, ALPHA) == pytest.approx(LIMIT, abs=0.05)
    mirrored = rate_difference(candidate, baseline, ALPHA)
    assert mirrored == pytest.approx((-high, -low), abs=1e-6)
    # Arms that may depend on each other in any way leave more open.
    wide = rate_difference(baseline, candidate, ALPHA, dependent=True)
    assert wide.low <= estimate <= wide.high


def test_false_verdicts_of_rates_under_constant_peeking() -> None:
    random, false = np.random.default_rng(3), 0
    for _ in range(80):
        baseline = candidate = FlagCounts(0, 0)
        for _ in range(25):
            # The candidate gets a fifth of the traffic, and is worse by the margin: 1 %.
            baseline = baseline.merge(FlagCounts(500, int(random.binomial(500, 0.01))))
            candidate = candidate.merge(FlagCounts(100, int(random.binomial(100, 0.02))))
            if log_evidence(0.01, baseline, candidate, ALPHA) >= LIMIT:
                false += 1
                break
    assert false <= 0.05 * 80


def test_false_verdicts_of_skewed_means_under_constant_peeking() -> None:
    random, missed = np.random.default_rng(5), 0
    for _ in range(80):
        arms = [Distribution.empty(), Distribution.empty()]
        for _ in range(25):
            arms = [arm.observe(random.lognormal(0, 1, 100)) for arm in arms]
            low, high = mean_difference(arms[0], arms[1], ALPHA)
            if not low <= 0 <= high:
                missed += 1
                break
    assert missed <= 0.05 * 80


def test_false_verdicts_of_quantiles_under_constant_peeking() -> None:
    random, missed = np.random.default_rng(7), 0
    for _ in range(30):
        arms = [Distribution.empty(), Distribution.empty()]
        for _ in range(15):
            arms = [
                arm.observe(random.lognormal(shift, 0.5, 150))
                for arm, shift in zip(arms, (0.0, 0.1), strict=True)
            ]
            low, high = quantile_comparison(arms[0], arms[1], 0.95, ALPHA, by="ratio")
            if not low <= np.exp(0.1) <= high:
                missed += 1
                break
    assert missed <= 0.05 * 30 + 1


def test_the_evidence_of_a_rank_is_a_martingale() -> None:
    # Its mean over all outcomes is one: summed exactly for a small number of events.
    for n in (1, 7, 40):
        below = np.arange(n + 1)
        chances = [comb(n, k) * 0.9**k * 0.1 ** (n - k) for k in below.tolist()]
        evidence = np.exp(log_evidence_of_rank(below, n, 0.9, ALPHA))
        assert (evidence * np.array(chances)).sum() == pytest.approx(1)


def test_quantiles_of_few_values_are_unbounded() -> None:
    few = Distribution.empty().observe([1.0, 2.0, 3.0])
    assert quantile_interval(few, 0.95, ALPHA) == (-inf, inf)
    many = Distribution.empty().observe(np.linspace(1, 2, 5000))
    low, high = quantile_comparison(few, many, 0.95, ALPHA)
    assert (low, high) == (-inf, inf)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=300), st.sampled_from([0.5, 0.9, 0.99]))
@settings(max_examples=40, deadline=None)
def test_a_quantile_lies_in_its_interval_with_ties_too(values: list[int], q: float) -> None:
    summary = Distribution.empty().observe([float(value) for value in values])
    low, high = quantile_interval(summary, q, ALPHA)
    assert low <= summary.quantile(q) <= high


def test_what_never_varied_and_what_is_not_there_say_nothing() -> None:
    constant = Distribution.empty().observe([3.0] * 500)
    assert mean_difference(constant, constant, ALPHA) == ANYTHING
    assert mean_difference(Distribution.empty(), constant, ALPHA) == ANYTHING
    assert rate_difference(FlagCounts(0, 0), FlagCounts(10, 1), ALPHA) == ANYTHING
    assert quantile_comparison(Distribution.empty(), constant, 0.5, ALPHA) == ANYTHING
    assert rate_bounds(0, 0, ALPHA) == (0, 1)
