"""Many summaries at once are what one after the other gives."""

from functools import reduce

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    decode_summaries,
    encode_summary,
)
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


@given(st.lists(st.integers(0, 400), min_size=2, max_size=6), st.booleans())
def test_many_buckets_at_once(sizes: list[int], negative: bool) -> None:
    values = np.geomspace(1e-9, 1e9, 400) * (-1 if negative else 1)
    parts: list[Summary] = [Distribution.empty().observe(np.tile(values[:n], 2)) for n in sizes]
    whole, apart = merge_many(parts), reduce(merge_newest, parts)
    assert isinstance(whole, Distribution)
    assert isinstance(apart, Distribution)
    assert (whole.count, whole.positive, whole.negative) == (
        apart.count,
        apart.positive,
        apart.negative,
    )


@pytest.mark.parametrize(("key", "count"), [(2**70, 1), (2**40, 1), (0, 2**63), (0, 2**62)])
def test_buckets_that_no_number_is_in(key: int, count: int) -> None:
    parts: list[Summary] = [
        Distribution(400, 1.0, 1.0, 0.0, 1.0, False, 0, dict.fromkeys(range(400), 1), {}),
        Distribution(count, 1.0, 1.0, 0.0, 1.0, False, 0, {key: count}, {}),
    ]
    assert merge_many(parts) == reduce(merge_newest, parts)


@given(st.lists(st.one_of(distributions, flags, categories), max_size=8))
def test_many_are_decoded_as_one_by_one(parts: list[Summary]) -> None:
    raws = [encode_summary(part) for part in parts]
    assert decode_summaries(raws) == parts


def test_what_is_no_summary_is_told_among_many() -> None:
    raws = [encode_summary(FlagCounts(2, 1)), b"\x93\xa1z\x01\x02"]
    with pytest.raises(msgspec.ValidationError, match="upgrade this process first"):
        decode_summaries(raws)
