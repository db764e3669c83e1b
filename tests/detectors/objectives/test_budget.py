"""Laws of budgets: what is spent and left, how long it lasts or takes to recover."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.objectives.budget import Budget

BUDGETS = st.builds(
    lambda target, counted, bad, window, seen: Budget(
        target=target,
        counted=counted,
        bad=min(bad, counted),
        window_seconds=window,
        seen_seconds=min(seen, window),
    ),
    st.floats(0, 0.999),
    st.integers(1, 10**6),
    st.integers(0, 10**6),
    st.integers(60, 10**7),
    st.integers(1, 10**7),
)


@given(BUDGETS, st.floats(0, 100))
def test_lasting_and_recovering_exclude_each_other(budget: Budget, burn: float) -> None:
    assert budget.left == pytest.approx(1 - budget.spent)
    lasts, recovers = budget.lasts_for(burn), budget.recovers_in(burn)
    if budget.left > 0:
        assert recovers == 0
        # Spending at this rate for so long uses up what is left, exactly.
        if lasts is not None:
            assert burn * lasts / budget.window_seconds == pytest.approx(budget.left)
    if budget.left < 0:
        assert lasts == 0
        if recovers is not None:
            assert 0 < recovers <= budget.window_seconds * (1 + 1e-9)


def test_a_calendars_budget_has_to_last_until_its_period_ends() -> None:
    half = Budget(
        target=0.9, counted=100, bad=5, window_seconds=100, seen_seconds=50, calendar=True
    )
    assert half.left == pytest.approx(0.75)
    assert half.lasts_for(1.4) is None
    assert half.lasts_for(3.0) == pytest.approx(25)
    over = Budget(
        target=0.9, counted=100, bad=40, window_seconds=100, seen_seconds=50, calendar=True
    )
    assert over.left == pytest.approx(-1)
    assert over.recovers_in(0.0) == 50


def test_nothing_counted_is_nothing_spent() -> None:
    empty = Budget(target=0.9, counted=0, bad=0, window_seconds=60, seen_seconds=60)
    assert (empty.burn_rate, empty.left, empty.lasts_for(5)) == (None, 1.0, 12.0)
