"""Phases of days and weeks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.drift.rhythm import DAY, HOUR, WEEK, Rhythm


@pytest.mark.parametrize(
    ("days", "block", "period", "phases"),
    [
        (2, 600, 0, 1),
        (3, 600, DAY, 24),
        (3, HOUR, DAY, 24),
        (14, HOUR, DAY, 24),
        (21, HOUR, WEEK, 168),
        (14, DAY, 0, 1),
        (28, DAY, WEEK, 7),
    ],
)
def test_what_a_reference_can_tell_apart(days: int, block: int, period: int, phases: int) -> None:
    # The first block is missing, as at the begin of a segment.
    rhythm = Rhythm.of(np.arange(block, days * DAY, block), block)
    assert (rhythm.period, rhythm.phases) == (period, phases)


@given(
    st.sampled_from([Rhythm(), Rhythm(DAY, HOUR), Rhythm(WEEK, HOUR), Rhythm(WEEK, DAY)]),
    st.integers(10**9, 10**9 + 10**6),
    st.integers(1, 20 * DAY),
)
def test_phases_of_a_window_hold_all_of_it(rhythm: Rhythm, at: int, window: int) -> None:
    phases, seconds = rhythm.overlaps(at, window)
    assert sum(seconds) == window
    assert len(set(phases)) == len(phases) <= rhythm.phases
    assert set(rhythm.phase(np.array([at - window, at - 1])).tolist()) <= set(phases)
