"""Laws of budgets: what is spent and left, how long it lasts or takes to recover."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.objectives.budget import Budget, budget_of_all, burn_rate_of_all

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
    half = Budget(target=0.9, counted=100, bad=5, window_seconds=100, seen_seconds=50, ends_in=50)
    assert half.left == pytest.approx(0.75)
    assert half.lasts_for(1.4) is None
    assert half.lasts_for(3.0) == pytest.approx(25)
    over = Budget(target=0.9, counted=100, bad=40, window_seconds=100, seen_seconds=50, ends_in=50)
    assert over.left == pytest.approx(-1)
    assert over.recovers_in(0.0) == 50


def test_what_is_first_seen_late_in_a_period_still_ends_with_it() -> None:
    late = Budget(target=0.9, counted=100, bad=5, window_seconds=100, seen_seconds=5, ends_in=20)
    assert late.lasts_for(4.0) is None  # 24 of the 20 seconds that are left
    assert late.lasts_for(6.0) == pytest.approx(late.left * 100 / 6)
    over = Budget(target=0.9, counted=9, bad=9, window_seconds=100, seen_seconds=15, ends_in=20)
    assert over.recovers_in(0.0) == 20


def walked(budget: Budget, burn: float) -> tuple[float | None, float | None]:
    """When a rolling budget is gone, and in credit, by following it second by second."""
    window, seen = int(budget.window_seconds), int(budget.seen_seconds)
    past = (budget.burn_rate or 0.0) / window
    spending = [0.0] * (window - seen) + [past] * seen
    gone = credit = None
    spent = sum(spending)
    for second in range(1, window + 1):
        spent += burn / window - spending[second - 1]
        if gone is None and spent >= 1:
            gone = float(second)
        if credit is None and spent < 1:
            credit = float(second)
    return gone, credit


@given(
    st.integers(1, 400),
    st.integers(1, 400),
    st.floats(0, 6),
    st.floats(0, 6),
)
def test_a_rolling_budget_goes_and_recovers_as_when_followed(
    window: int, seen: int, past: float, burn: float
) -> None:
    seen = min(seen, window)
    budget = Budget(target=0.5, counted=2.0, bad=past, window_seconds=window, seen_seconds=seen)
    gone, credit = walked(budget, burn)
    if budget.left < 0:
        recovers = budget.recovers_in(burn)
        assert (recovers is None) == (burn >= 1)
        if recovers is not None and credit is not None:
            assert credit == pytest.approx(recovers, abs=1.01)
    elif budget.left > 0:
        lasts = budget.lasts_for(burn)
        if gone is not None and gone < window - seen:
            # Nothing falls out before: it is gone when arithmetic says so.
            assert lasts == pytest.approx(gone, abs=1.01)
        elif lasts is not None and gone is not None:
            assert lasts <= gone + 1  # to be safe, what falls out is not counted on


@given(
    st.lists(
        st.tuples(st.floats(0.1, 5), st.floats(0.5, 0.99), st.integers(0, 100), st.integers(0, 50)),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["ignore", "good", "bad"]),
)
def test_the_budget_of_all_burns_as_all_do(
    found: list[tuple[float, float, int, int]], missing: str
) -> None:
    parts = [
        (
            weight,
            Budget(
                target=target,
                counted=counted,
                bad=min(bad, counted),
                window_seconds=60,
                seen_seconds=60,
            ),
        )
        for weight, target, counted, bad in found
    ]
    whole = budget_of_all(parts, missing)
    shares = [(w, b.target, b.bad / b.counted if b.counted else None) for w, b in parts]
    burning = burn_rate_of_all(shares, missing)
    if burning is None:
        assert whole is None
    else:
        assert whole is not None
        assert whole.burn_rate == pytest.approx(burning)
        assert whole.left == pytest.approx(1 - burning)


def test_nothing_counted_is_nothing_spent() -> None:
    empty = Budget(target=0.9, counted=0, bad=0, window_seconds=60, seen_seconds=60)
    assert (empty.burn_rate, empty.left, empty.lasts_for(5)) == (None, 1.0, 12.0)
