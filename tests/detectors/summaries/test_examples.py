from hypothesis import given
from hypothesis import strategies as st

from detectors.summaries import merge_examples
from schemas.panes import Example

examples = st.lists(
    st.builds(
        lambda number, time: Example(number * 7919 % 101, f"event {number}", time, "p", "r"),
        st.integers(0, 40),
        st.sampled_from([1.0, 2.0]),
    )
)


@given(examples, examples, examples)
def test_merging_is_a_bottom_k_sample(a: list[Example], b: list[Example], c: list[Example]) -> None:
    assert merge_examples(a, b) == merge_examples(b, a)
    assert merge_examples(merge_examples(a, b), c) == merge_examples(a, merge_examples(b, c))
    kept = merge_examples(a, [])
    assert merge_examples(kept, []) == kept
    smallest = sorted({example.priority for example in a})[:3]
    assert [example.priority for example in kept] == smallest
