"""Many summaries at once are what one after the other gives."""

from functools import reduce

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.summaries import CategoryCounts, Distribution, FlagCounts, Summary
from detectors.watching.merging import merge_many, merge_newest

numbers = st.lists(st.integers(-1000, 1000).map(float), max_size=5)
distributions = numbers.map(lambda values: Distribution.empty().observe(np.array(values)))
flags = st.integers(0, 50).map(lambda count: FlagCounts(count, count // 2))
categories = st.integers(0, 9).map(lambda count: CategoryCounts({"a": count + 1}, count))
many = st.one_of(
    *(st.lists(each, min_size=1, max_size=8) for each in (distributions, flags, categories)),
    st.lists(st.one_of(distributions, flags, categories), min_size=1, max_size=8),
)


@given(many)
def test_many_at_once(parts: list[Summary]) -> None:
    assert merge_many(parts) == reduce(merge_newest, parts)
