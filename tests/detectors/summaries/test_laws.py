"""The laws of every summary class, found by discovery: a new class is covered when it is listed."""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detectors.summaries
from detectors.summaries import (
    Cardinality,
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    decode_summary,
    encode_summary,
)

CLASSES = typing.get_args(Summary)
numbers = st.floats(-1e6, 1e6) | st.integers(-1000, 1000).map(float) | st.just(float("nan"))
# Stretches of names that overlap, so that merging meets limits and shared names.
names = st.builds(
    lambda start, length: [f"name {i}" for i in range(start, start + length)],
    st.integers(0, 300),
    st.integers(0, 700),
)
VALUES: dict[type, st.SearchStrategy[list[Any]]] = {
    FlagCounts: st.lists(st.booleans() | st.none()),
    Distribution: st.lists(numbers | st.none()),
    CategoryCounts: names | st.lists(st.text(max_size=3) | st.none()),
    Cardinality: names | st.lists(st.text(max_size=3) | st.none()),
    VectorSum: st.lists(st.lists(st.floats(-100, 100), min_size=3, max_size=3) | st.none()),
}


def test_every_summary_class_is_in_the_union_and_has_values_here() -> None:
    found = set()
    for module in pkgutil.iter_modules(detectors.summaries.__path__):
        imported = importlib.import_module(f"detectors.summaries.{module.name}")
        for _, each in inspect.getmembers(imported, inspect.isclass):
            if issubclass(each, msgspec.Struct) and hasattr(each, "merge"):
                found.add(each)
    assert found == set(CLASSES)
    assert set(VALUES) == set(CLASSES), "give every summary class a strategy in VALUES"


def assert_same(left: Any, right: Any) -> None:
    """Equal, integers exactly and sums of floats to rounding."""
    assert type(left) is type(right)
    for field, mine in msgspec.structs.asdict(left).items():
        theirs = getattr(right, field)
        if isinstance(left, VectorSum) and field == "total":
            np.testing.assert_allclose(left.sum, right.sum, atol=1e-9)
        elif isinstance(mine, float):
            assert mine == pytest.approx(theirs, rel=1e-12, abs=1e-6), field
        else:
            assert mine == theirs, field


def law(check: Callable[..., None], parts: int) -> Callable[[type], None]:
    """Run ``check(empty, *values)`` on examples of a class."""

    def run(summary_class: Any) -> None:
        strategy = st.tuples(*(VALUES[summary_class] for _ in range(parts)))

        @settings(max_examples=60, deadline=None)
        @given(strategy)
        def holds(values: tuple[list[Any], ...]) -> None:
            check(summary_class.empty(), *values)

        holds()

    return run


@pytest.mark.parametrize("summary_class", CLASSES)
def test_empty_is_the_identity(summary_class: type) -> None:
    def check(empty: Any, a: list[Any]) -> None:
        observed = empty.observe(a)
        assert empty.merge(observed) == observed
        assert observed.merge(empty) == observed
        assert empty.observe([]) == empty

    law(check, 1)(summary_class)


@pytest.mark.parametrize("summary_class", CLASSES)
def test_merge_is_commutative(summary_class: type) -> None:
    def check(empty: Any, a: list[Any], b: list[Any]) -> None:
        left, right = empty.observe(a), empty.observe(b)
        assert_same(left.merge(right), right.merge(left))

    law(check, 2)(summary_class)


@pytest.mark.parametrize("summary_class", CLASSES)
def test_merge_is_associative(summary_class: type) -> None:
    def check(empty: Any, a: list[Any], b: list[Any], c: list[Any]) -> None:
        x, y, z = empty.observe(a), empty.observe(b), empty.observe(c)
        assert_same(x.merge(y).merge(z), x.merge(y.merge(z)))

    law(check, 3)(summary_class)


@pytest.mark.parametrize("summary_class", CLASSES)
def test_observing_all_is_merging_what_the_parts_observe(summary_class: type) -> None:
    def check(empty: Any, a: list[Any], b: list[Any]) -> None:
        assert_same(empty.observe(a + b), empty.observe(a).merge(empty.observe(b)))
        assert_same(empty.observe(a + b), empty.observe(a).observe(b))

    law(check, 2)(summary_class)


@pytest.mark.parametrize("summary_class", CLASSES)
def test_decoding_gives_what_was_encoded(summary_class: type) -> None:
    def check(empty: Any, a: list[Any]) -> None:
        observed = empty.observe(a)
        assert decode_summary(encode_summary(observed)) == observed
        assert decode_summary(msgspec.Raw(encode_summary(observed))) == observed

    law(check, 1)(summary_class)


@pytest.mark.parametrize("summary_class", CLASSES)
def test_merging_leaves_the_parts_as_they_were(summary_class: type) -> None:
    def check(empty: Any, a: list[Any], b: list[Any]) -> None:
        left, right = empty.observe(a), empty.observe(b)
        before = encode_summary(left), encode_summary(right)
        left.merge(right)
        assert (encode_summary(left), encode_summary(right)) == before

    law(check, 2)(summary_class)
