"""Distributions encoded in bulk are those that observing gives, byte for byte."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.folding.packing import pack_distributions
from detectors.summaries import Distribution, decode_summary, encode_summary
from detectors.summaries.log_buckets import ZERO_FLOOR, bucket_index

# Sums of such numbers are exact in any order.
WHOLE = st.integers(-(2**20), 2**20).map(float)
EIGHTHS = st.integers(-(2**20), 2**20).map(lambda n: n / 8)
TINY = st.sampled_from([0.0, -0.0, 1e-13, -1e-13])
UNKNOWN = st.sampled_from([np.nan, np.inf, -np.inf])
SIGNALS = st.lists(
    st.lists(WHOLE | EIGHTHS | UNKNOWN, min_size=6, max_size=6), min_size=1, max_size=4
)


def packed(values: np.ndarray, leaf_bounds: list[int], rows: list[list[int]]) -> list[bytes]:
    plain = np.isfinite(values) & (np.abs(values) >= ZERO_FLOOR)
    data, ends = pack_distributions(
        values,
        bucket_index(np.where(plain, np.abs(values), 1.0)),
        np.array(leaf_bounds),
        np.array([leaf for row in rows for leaf in row], np.int64),
        np.cumsum([0, *map(len, rows)]),
    )
    return [data[begin:end].tobytes() for begin, end in pairwise(ends.tolist())]


@given(SIGNALS)
def test_the_same_bytes_as_one_by_one(signals: list[list[float]]) -> None:
    values = np.array(signals)
    leaves = [slice(0, 1), slice(1, 4), slice(4, 6)]
    rows = [[0, 2], [1], [0, 1, 2]]

    found = packed(values, [0, 1, 4, 6], rows)

    for (signal, row), encoded in zip(np.ndindex(len(signals), 3), found, strict=True):
        observed = Distribution.empty()
        for leaf in rows[row]:
            observed = observed.observe(values[signal, leaves[leaf]])
        assert encoded == (encode_summary(sorted_buckets(observed)) if observed.count else b"")


def sorted_buckets(found: Distribution) -> Distribution:
    return msgspec.structs.replace(
        found,
        positive=dict(sorted(found.positive.items())),
        negative=dict(sorted(found.negative.items())),
    )


@pytest.mark.parametrize("events", [40, 300, 70_000])
def test_many_values_and_many_buckets(events: int) -> None:
    rng = np.random.default_rng(events)
    values = np.exp(rng.normal(0, 12, (1, events))) * rng.choice([-1, 1], events)

    (encoded,) = packed(values, [0, events], [[0]])

    found, expected = decode_summary(encoded), Distribution.empty().observe(values[0])
    assert isinstance(found, Distribution)
    assert (found.positive, found.negative) == (expected.positive, expected.negative)
    assert found.sum == pytest.approx(expected.sum)
    assert list(found.positive) == sorted(found.positive)
    assert encoded == encode_summary(found)


@given(st.lists(TINY, min_size=1))
def test_what_is_near_zero_has_no_bucket(numbers: list[float]) -> None:
    (encoded,) = packed(np.array([numbers]), [0, len(numbers)], [[0]])

    found = decode_summary(encoded)
    assert isinstance(found, Distribution)
    assert (found.zeros, found.positive, found.negative) == (len(numbers), {}, {})
