"""The witness of a difference: its mean changed by the distance, and parts add up to the whole."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.conditions import compile_condition
from detectors.drift.distances import kolmogorov_smirnov, total_variation
from detectors.drift.effects import standardised_shift
from detectors.drift.witness import grown_side, witness
from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    merge_summaries,
)
from schemas.monitors.parse_condition import format_condition

KINDS = ("flag", "amount", "category", "categories", "vector")


def drawn(kind: str, random: np.random.Generator, count: int) -> Summary:
    """A summary of values that lie elsewhere each time."""
    where = random.normal()
    match kind:
        case "flag":
            return FlagCounts.empty().observe(random.random(count) < random.random())
        case "amount":
            return Distribution.empty().observe(random.normal(where, 2, count))
        case "vector":
            return VectorSum.empty().observe(random.normal(where, 1, (count, 5)))
    # More values than are counted one by one, so that some are among the others.
    most = 5 if kind == "category" else 2000
    values = (random.beta(1 + abs(where), 2, count) * most).astype(int)
    return CategoryCounts.empty().observe([f"value {value}" for value in values])


def mean(found: object, summary: Summary) -> float:
    return found(summary) / summary.count


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 2**32 - 1), sizes=st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_parts_add_up_to_the_whole(kind: str, seed: int, sizes: list[int]) -> None:
    random = np.random.default_rng(seed)
    before, *parts = (drawn(kind, random, size) for size in [300, *sizes])
    now = parts[0]
    for part in parts[1:]:
        now = merge_summaries(now, part)
    found = witness(before, now)
    if found is None:
        return
    assert sum(map(found, parts)) == pytest.approx(found(now), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_mean_changes_by_the_distance(kind: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    before, now = drawn(kind, random, 300), drawn(kind, random, 200)
    found = witness(before, now)
    match before, now:
        case FlagCounts(), FlagCounts():
            distance = abs((before.rate or 0) - (now.rate or 0))
        case Distribution(), Distribution():
            distance = kolmogorov_smirnov(before, now)
        case CategoryCounts(), CategoryCounts():
            distance = total_variation(before, now)
        case VectorSum(), VectorSum():
            # What as few vectors show by chance is left in.
            assert found is not None
            apart = np.square(now.mean - before.mean).sum() / before.variance
            assert mean(found, now) - mean(found, before) == pytest.approx(np.sqrt(apart))
            assert (standardised_shift(before, now) or 0) <= np.sqrt(apart)
            return
    changed = 0.0 if found is None else mean(found, now) - mean(found, before)
    assert changed == pytest.approx(distance)


@given(seed=st.integers(0, 2**32 - 1), integral=st.booleans())
def test_the_larger_side_of_numbers_is_what_the_witness_counts(seed: int, integral: bool) -> None:
    random = np.random.default_rng(seed)
    one, other = (random.normal(random.normal(), 20, 200) for _ in range(2))
    if integral:
        one, other = one.round(), other.round()
    before, now = (Distribution.empty().observe(values) for values in (one, other))
    found, side = witness(before, now), grown_side("change", before, now)
    if found is None:
        assert side is None
        return
    frame = pl.DataFrame({"change": other})
    inside = frame.select(compile_condition(side, frame.schema)).to_series().sum()
    # The bound is told rounded: what lies between is on either side.
    near = np.isclose(other, side.value, rtol=1e-3).sum()
    assert abs(inside - found(now)) <= near
    assert inside / len(other) + near / len(other) >= found(before) / before.count


def test_the_larger_side_of_flags_and_categories() -> None:
    assert format_condition(grown_side("grounded", FlagCounts(9, 8), FlagCounts(9, 2))) == (
        "grounded = false"
    )
    before = CategoryCounts({"pay": 5, "ship": 3, "return": 2}, 0)
    now = CategoryCounts({"pay": 1, "ship": 4, "return": 8}, 0)
    side = grown_side("prompt.topic", before, now)
    assert format_condition(side) == "prompt.topic = 'return' or prompt.topic = 'ship'"
    assert grown_side("prompt.topic", before, before) is None
    vectors = VectorSum.empty().observe([[1.0, 2.0]]), VectorSum.empty().observe([[2.0, 1.0]])
    assert grown_side("prompt.embedding", *vectors) is None


def test_what_does_not_compare_has_none() -> None:
    flag, number = FlagCounts(10, 5), Distribution.empty().observe([1.0])
    vectors = VectorSum.empty().observe([[1.0, 2.0]]), VectorSum.empty().observe([[1.0]])
    assert witness(flag, number) is None
    assert witness(*vectors) is None
    for same in (flag, number, vectors[0], CategoryCounts({"a": 2}, 0)):
        assert witness(same, same) is None
    assert witness(FlagCounts.empty(), flag) is None
