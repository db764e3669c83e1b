"""Many comparisons at once: how many false alarms there are, and of how many in all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.drift.discoveries import ALONE, Others, benjamini_hochberg

RATES = st.lists(st.floats(-40, 0), max_size=12)


def test_more_signals_need_more_certainty_one_by_one() -> None:
    assert benjamini_hochberg([-10, -1, -1, -1], -9) == [False] * 4
    assert benjamini_hochberg([-10.5, -9.8, -1, -1], -9) == [True, True, False, False]
    assert benjamini_hochberg([], -9) == []


@given(RATES, st.integers(0, 500), st.integers(0, 500))
def test_the_rest_of_a_family_asks_for_more_and_its_alarms_for_less(
    rates: list[float], comparisons: int, alarms: int
) -> None:
    alone = benjamini_hochberg(rates, -9)
    calm = benjamini_hochberg(rates, -9, Others(comparisons, 0))
    alarmed = benjamini_hochberg(rates, -9, Others(comparisons, min(alarms, comparisons)))
    assert all(a >= c for a, c in zip(alone, calm, strict=True))
    assert all(a >= c for a, c in zip(alarmed, calm, strict=True))
    assert benjamini_hochberg(rates, -9, ALONE) == alone
    # What any comparison may have is never more than the family's level.
    assert all(r <= -9 for r, chosen in zip(rates, alarmed, strict=True) if chosen)


@given(RATES, RATES)
def test_one_by_one_nothing_stands_out_that_does_not_among_all(
    some: list[float], more: list[float]
) -> None:
    """Where those that stand out are what they are among all, the rest agrees with it."""
    together = benjamini_hochberg([*some, *more], -9)
    standing = Others(len(more), sum(together[len(some) :]))
    assert benjamini_hochberg(some, -9, standing) == together[: len(some)]


@pytest.mark.parametrize(("drifting", "days"), [(0, 40), (10, 6)])
def test_a_familys_false_alarms_are_as_rare_as_is_borne(drifting: int, days: int) -> None:
    """Each of 50 is looked at every minute; those that drift stand out always.

    While nothing does, there is one false alarm a day; beside ten that stand there may be eleven.
    """
    random, members = np.random.default_rng(3), 50
    level, interval = -np.log(86400.0), 60.0
    false = 0
    standing: dict[int, bool] = dict.fromkeys(range(drifting), True)
    for _ in range(days * 1440):
        # Rates of chance: a look's probability by the looks there are.
        rates = np.log(random.random(members)) - np.log(interval)
        rates[:drifting] = -60.0
        for member in np.flatnonzero(rates <= level):
            others = Others(members - 1, sum(standing.values()) - standing.get(member, False))
            (alarm,) = benjamini_hochberg([rates[member]], level, others)
            false += alarm and member >= drifting
            standing[int(member)] = alarm and member < drifting
    expected = days * (drifting + 1) * (members - drifting) / members
    assert abs(false - expected) < 4 * np.sqrt(expected)
