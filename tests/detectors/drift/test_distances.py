"""Distances from summaries against scipy's on the raw values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import distance as spatial

from detectors.drift.counts import (
    chance_beyond,
    counts_by_name,
    g_test,
    missing,
    rate_shift,
)
from detectors.drift.distances import (
    aligned,
    category_shares,
    jensen_shannon,
    kolmogorov_smirnov,
    population_stability,
    standardised_wasserstein,
    total_variation,
    wasserstein,
)
from detectors.drift.effects import effect_size
from detectors.summaries import CategoryCounts, Distribution, FlagCounts, VectorSum
from detectors.summaries.log_buckets import RELATIVE_ERROR

numbers = st.lists(
    st.floats(-1e6, 1e6).map(lambda x: 0.0 if abs(x) < 1e-6 else x), min_size=1, max_size=60
)
counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 200), min_size=1)


def summary(values: list[float]) -> Distribution:
    return Distribution.empty().observe(values)


@given(numbers, numbers)
@settings(max_examples=150, deadline=None)
def test_numbers_are_within_the_summary_s_error(one: list[float], other: list[float]) -> None:
    a, b = summary(one), summary(other)
    both = aligned(a, b)
    ks = kolmogorov_smirnov(a, b)
    true = stats.ks_2samp(one, other, method="asymp").statistic
    widest = max(both.one.max(), both.other.max())
    assert ks <= true + 1e-9
    assert true <= ks + widest + 1e-9
    error = RELATIVE_ERROR * (np.abs(one).mean() + np.abs(other).mean()) + 1e-9
    assert wasserstein(a, b) == pytest.approx(stats.wasserstein_distance(one, other), abs=error)
    expected = spatial.jensenshannon(both.one, both.other, base=2)
    assert jensen_shannon(both.one, both.other) == pytest.approx(expected, abs=1e-6)


@given(counts, counts)
@settings(max_examples=100, deadline=None)
def test_categories_equal_scipy(one: dict[str, int], other: dict[str, int]) -> None:
    a, b = CategoryCounts(one, 0), CategoryCounts(other, 0)
    names = sorted(one.keys() | other.keys())
    table = np.array([[side.get(name, 0) for name in names] for side in (one, other)])
    test = g_test(a, b)
    if len(names) > 1:
        found = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        assert test.statistic == pytest.approx(found.statistic, abs=1e-8)
        assert test.p_value == pytest.approx(found.pvalue, abs=1e-9)
    shares = table / table.sum(axis=1, keepdims=True)
    assert total_variation(a, b) == pytest.approx(np.abs(shares[0] - shares[1]).sum() / 2)
    assert set(test.new) == other.keys() - one.keys()
    _, p, q = category_shares(a, b)
    assert population_stability(p, q) >= 0


@given(st.integers(1, 300), st.integers(0, 300), st.floats(0.01, 0.99))
@settings(max_examples=60, deadline=None)
def test_exact_binomial_equals_scipy(n: int, k: int, rate: float) -> None:
    k = min(k, n)
    for more, side in ((True, "greater"), (False, "less")):
        expected = stats.binomtest(k, n, rate, alternative=side).pvalue
        assert chance_beyond(FlagCounts(n, k), rate, more=more) == pytest.approx(expected, abs=1e-9)


def test_nothing_is_no_surprise() -> None:
    assert chance_beyond(FlagCounts(0, 0), 0.1, more=True) == 1.0
    assert chance_beyond(FlagCounts(0, 0), 0.1, more=False) == 1.0


def test_rates_carry_interval_effect_and_exact_p() -> None:
    shift = rate_shift(FlagCounts(1000, 10), FlagCounts(200, 10))
    assert shift.difference == pytest.approx(0.04)
    assert shift.low < shift.difference < shift.high
    assert shift.low > 0
    assert shift.p_value == stats.fisher_exact([[10, 990], [10, 190]]).pvalue
    assert rate_shift(FlagCounts(0, 0), FlagCounts(1, 1)) is None
    assert missing(10, 7) == FlagCounts(10, 3)


def test_nothing_and_constants() -> None:
    empty, constant = Distribution.empty(), summary([2.0] * 5)
    assert kolmogorov_smirnov(empty, constant) is None
    assert wasserstein(constant, constant) == 0
    assert standardised_wasserstein(constant, summary([3.0])) is None
    assert g_test(CategoryCounts({}, 0), CategoryCounts({"a": 1}, 0)) is None
    nan = summary([float("nan"), float("inf"), 2.0])
    assert effect_size(constant, nan) == 0
    assert effect_size(constant, FlagCounts(1, 1)) is None


def test_vectors_of_different_lengths_do_not_compare() -> None:
    one = VectorSum.empty().observe([[1.0, 0.0], [0.0, 1.0]] * 50)
    assert effect_size(one, VectorSum.empty().observe([[1.0, 0.0, 0.0]])) is None
    assert effect_size(one, VectorSum.empty().observe([[1.0, 0.0]] * 100)) == pytest.approx(
        1, abs=0.05
    )


def test_a_category_that_one_side_alone_names_seems_neither_new_nor_gone() -> None:
    same = [f"value {n}" for n in range(900)] * 30
    more = [*same, *(f"value {n}" for n in range(900, 1500))]
    many, most = CategoryCounts.empty().observe(same), CategoryCounts.empty().observe(more)
    test = g_test(many, most)
    assert test is not None
    assert (test.new, test.vanished) == ((), ())
    names, table = counts_by_name(many, most)
    assert set(names) - {""} <= many.counts.keys() | most.counts.keys()
    assert table.sum(axis=1).tolist() == [len(same), len(more)]
    assert 0 < (total_variation(many, most) or 0) <= 600 / len(more)
