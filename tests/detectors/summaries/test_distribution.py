import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.summaries import Distribution
from detectors.summaries.log_buckets import (
    RELATIVE_ERROR,
    ZERO_FLOOR,
    bucket_index,
    bucket_upper,
    bucket_value,
)

samples = st.lists(
    st.floats(-1e9, 1e9) | st.integers(-50, 50).map(float) | st.floats(0, 1), min_size=1
)
magnitudes = st.floats(ZERO_FLOOR, 1.7976931348623157e308)


@given(magnitudes)
def test_a_bucket_holds_what_lies_within_its_bounds(magnitude: float) -> None:
    index = bucket_index(np.array([magnitude]))
    # Bounds that are no powers of two are irrational: what is next to them may fall either way.
    assert bucket_upper(index - 1)[0] <= magnitude * (1 + 1e-12)
    assert magnitude <= bucket_upper(index)[0] * (1 + 1e-12)
    assert bucket_value(int(index[0])) == pytest.approx(magnitude, rel=RELATIVE_ERROR + 1e-12)


def test_powers_of_two_are_the_upper_bounds_of_their_buckets() -> None:
    exponents = np.arange(-1074, 1024)
    assert (bucket_index(2.0**exponents) == exponents * 16 - 1).all()


@settings(deadline=None)
@given(samples, st.floats(0, 1))
def test_quantile_is_within_the_stated_error(values: list[float], q: float) -> None:
    true = float(np.quantile(values, q, method="inverted_cdf"))
    estimate = Distribution.empty().observe(values).quantile(q)
    assert estimate == pytest.approx(true, rel=RELATIVE_ERROR + 1e-9, abs=ZERO_FLOOR)


@given(st.lists(st.integers(-22, 22), min_size=1), st.floats(0, 1))
def test_quantile_of_small_whole_numbers_is_exact(values: list[int], q: float) -> None:
    true = float(np.quantile(values, q, method="inverted_cdf"))
    assert Distribution.empty().observe(values).quantile(q) == true


@given(samples)
def test_moments_and_extremes_are_those_of_the_values(values: list[float]) -> None:
    summary = Distribution.empty().observe(values)
    assert summary.count == len(values)
    assert summary.mean == pytest.approx(np.mean(values), abs=1e-6)
    assert summary.variance == pytest.approx(
        np.var(values), rel=1e-6, abs=1e-6 * max(1, summary.sum_squares / summary.count)
    )
    assert (summary.minimum, summary.maximum) == (min(values), max(values))
    assert summary.integral == all(value.is_integer() for value in values)


@given(samples, st.floats(-1e9, 1e9) | st.integers(-50, 50).map(float))
def test_counts_at_most_x_bracket_the_truth(values: list[float], x: float) -> None:
    summary = Distribution.empty().observe(values)
    # A value and x on either side of an irrational bound by less than rounding are one.
    least, most = summary.count_at_most(x)
    assert least <= sum(value <= x + abs(x) * 1e-12 for value in values)
    assert most >= sum(value <= x - abs(x) * 1e-12 for value in values)
    assert least / summary.count <= summary.cdf(x) <= most / summary.count


@given(samples)
def test_cdf_rises_from_nothing_to_one(values: list[float]) -> None:
    summary = Distribution.empty().observe(values)
    points = [summary.cdf(x) for x in np.linspace(min(values) - 1, max(values), 30)]
    assert points == sorted(points)
    assert points[0] == 0
    assert points[-1] == 1


@given(st.lists(st.integers(-22, 22), min_size=1), st.integers(-23, 23))
def test_cdf_of_small_whole_numbers_is_exact(values: list[int], x: int) -> None:
    assert Distribution.empty().observe(values).cdf(x) == sum(v <= x for v in values) / len(values)


def test_histogram_bins_hold_what_they_count() -> None:
    rng = np.random.default_rng(5)
    values = np.concatenate((rng.lognormal(0, 2, 300), -rng.lognormal(1, 1, 200), np.zeros(20)))
    lower, upper, counts = Distribution.empty().observe(values).histogram()
    inside = (lower[:, None] < values) & (values <= upper[:, None])
    inside[0] |= values == lower[0]
    assert (inside.sum(axis=1) == counts).all()
    assert (lower[0], upper[-1]) == (values.min(), values.max())
    assert (np.diff(lower) > 0).all()


def test_what_is_not_finite_or_not_known_is_no_observation() -> None:
    values = pl.Series([1.0, None, float("nan"), float("inf"), -float("inf"), 3.0])
    assert Distribution.empty().observe(values) == Distribution.empty().observe([1, 3])


def test_the_largest_numbers_are_counted() -> None:
    summary = Distribution.empty().observe([1.7e308, 1.7e308, -1.7e308])
    assert summary.count == 3
    assert summary.quantile(0.5) == pytest.approx(1.7e308, rel=RELATIVE_ERROR)


def test_nothing_observed_has_no_statistics() -> None:
    empty = Distribution.empty()
    assert empty.mean is None
    assert empty.variance is None
    assert empty.quantile(0.5) is None
    assert empty.cdf(0) is None
    assert empty.count_at_most(0) == (0, 0)


def test_a_quantile_outside_the_unit_interval_is_refused() -> None:
    with pytest.raises(ValueError, match=r"quantile 95 is outside 0\.\.1"):
        Distribution.empty().quantile(95)
