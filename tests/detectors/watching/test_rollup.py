"""When slots are merged into longer ones, and that nothing costly is begun meanwhile."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from detectors.watching.moments import FEW, is_busy
from detectors.watching.phases import PHASES
from detectors.watching.rollup import PARTS, Merged
from detectors.watching.tiers import floor_to

DAY = 86400
LATENESS = 5


@given(
    st.lists(st.integers(0, 5000), min_size=1, max_size=50),
    st.integers(0, 3 * DAY),
    st.sampled_from([0, PHASES]),
)
def test_slots_are_merged_once_they_stay_no_longer_and_in_order(
    steps: list[int], begin: int, later: int
) -> None:
    merged, closed = Merged(), begin
    for step in steps:
        before, closed = merged, closed + step
        merged = before.advance(closed, later)
        for field in Merged.__struct_fields__:
            assert getattr(merged, field) >= getattr(before, field)
        assert merged.minutes % 60 == 0
        # Minutes stay until their ten minutes are over, and in parts a little longer.
        assert merged.minutes <= floor_to(closed - later, 600)
        assert merged.minutes >= floor_to(closed - PARTS * later, 600)
        assert merged.hours <= merged.minutes <= merged.tens <= merged.panes
    assert later or merged.minutes == floor_to(closed, 600)


@given(st.integers(0, 2 * DAY))
def test_ten_minutes_are_merged_in_parts_while_nothing_costly_is_begun(begin: int) -> None:
    moved = []
    for at in range(begin + 1, begin + 601):
        past = SimpleNamespace(at=at, since=at - 1)
        for phase in range(PHASES):
            before, after = (
                Merged().advance(moment - LATENESS - phase, PHASES) for moment in (at - 1, at)
            )
            moved.append(after.minutes - before.minutes)
            if moved[-1]:
                assert is_busy(past, FEW + 1, LATENESS)  # type: ignore[arg-type]
    assert sum(moved) == PHASES * 600
    assert sum(map(bool, moved)) == PHASES * PARTS
    assert max(moved) <= 600 // PARTS + 60
