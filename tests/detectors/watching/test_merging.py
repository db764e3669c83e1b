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


@given(st.lists(st.one_of(distributions, flags, categories), max_size=8))
def test_many_are_decoded_as_one_by_one(parts: list[Summary]) -> None:
    raws = [encode_summary(part) for part in parts]
    assert decode_summaries(raws) == parts


def test_what_is_no_summary_is_told_among_many() -> None:
    raws = [encode_summary(FlagCounts(2, 1)), b"\x93\xa1z\x01\x02"]
    with pytest.raises(msgspec.ValidationError, match="upgrade this process first"):
        decode_summaries(raws)
