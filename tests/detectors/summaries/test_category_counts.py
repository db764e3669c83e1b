from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.summaries import CategoryCounts
from detectors.summaries.category_counts import CATEGORY_LIMIT


@settings(deadline=None)
@given(st.lists(st.integers(0, 400), max_size=1000), st.randoms())
def test_kept_counts_are_exact_and_the_rest_is_counted(values: list[int], random: object) -> None:
    names = [str(value) for value in values]
    summary = CategoryCounts.empty().observe(names)
    true = Counter(names)
    assert all(true[name] == count for name, count in summary.counts.items())
    assert summary.count == len(names)
    assert len(summary.counts) == min(len(true), CATEGORY_LIMIT)


def test_which_are_kept_depends_on_names_alone() -> None:
    names = [f"category {i}" for i in range(1000)]
    one_by_one = CategoryCounts.empty()
    for start in range(0, 1000, 10):
        one_by_one = one_by_one.observe(names[start : start + 10] * (start + 1))
    assert set(one_by_one.counts) == set(CategoryCounts.empty().observe(names[::-1]).counts)


def test_shares() -> None:
    summary = CategoryCounts.empty().observe(["stop", "stop", "length", None, ""])
    assert summary.share("stop") == 0.5
    assert summary.share("") == 0.25
    assert summary.share("never") == 0
    assert CategoryCounts.empty().share("stop") is None
