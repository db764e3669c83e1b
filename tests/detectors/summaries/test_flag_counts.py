import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from detectors.summaries import FlagCounts


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_interval_is_wilsons(counts: tuple[int, int]) -> None:
    count, positive = counts
    low, high = FlagCounts(count, positive).interval()
    expected = binomtest(positive, count).proportion_ci(0.95, method="wilson")
    assert low == pytest.approx(expected.low, abs=1e-12)
    assert high == pytest.approx(expected.high, abs=1e-12)
    assert low <= FlagCounts(count, positive).rate <= high


def test_nothing_known_has_no_rate_and_the_widest_interval() -> None:
    nothing = FlagCounts.empty().observe([None, None])
    assert nothing.rate is None
    assert nothing.interval() == (0.0, 1.0)
