"""How far a partition is complete."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.score.progress import LAST_EVENTS, Progress


def test_read_to_the_end_it_is_complete_up_to_the_clock_less_lateness() -> None:
    progress = Progress(2.0)
    assert progress.complete_until({0: True, 1: True}, 100.0) == {0: 98.0, 1: 98.0}


def test_with_a_backlog_up_to_the_newest_event_less_lateness() -> None:
    progress = Progress(2.0)
    progress.observe(0, [50.0])
    progress.observe(0, [40.0])
    assert progress.complete_until({0: False}, 100.0) == {0: 48.0}


def test_of_a_backlog_without_an_event_nothing_is_known() -> None:
    assert Progress(2.0).complete_until({0: False, 1: True}, 100.0) == {0: 0.0, 1: 98.0}


def test_an_event_of_the_future_does_not_run_ahead_of_the_clock() -> None:
    progress = Progress(2.0)
    progress.observe(0, [400.0])
    assert progress.complete_until({0: False}, 100.0) == {0: 98.0}


@given(st.lists(st.floats(0, 1e6), max_size=LAST_EVENTS // 2), st.randoms(use_true_random=False))
def test_clocks_that_are_ahead_do_not_end_the_wait_for_a_backlog(
    ahead: list[float], random: Random
) -> None:
    backlog = [50.0 + number / 10 for number in range(LAST_EVENTS - len(ahead))]
    last = backlog + [100.0 + seconds for seconds in ahead]
    random.shuffle(last)
    progress = Progress(2.0)
    progress.observe(0, [10.0, *last])
    assert progress.complete_until({0: False}, 90.0)[0] <= max(backlog) - 2.0


def test_a_partition_that_left_is_not_told_and_starts_anew() -> None:
    progress = Progress(2.0)
    progress.observe(0, [90.0])
    progress.complete_until({0: True, 1: True}, 100.0)
    assert progress.complete_until({1: True}, 101.0) == {1: 99.0}
    progress.forget([0])
    assert progress.complete_until({0: False}, 102.0) == {0: 0.0}
    progress.observe(0, [10.0])
    assert progress.complete_until({0: False}, 102.0) == {0: 8.0}


@given(
    st.lists(
        st.tuples(st.floats(0, 1e4), st.floats(0, 1e4), st.booleans(), st.integers(0, 2)),
        max_size=30,
    )
)
def test_it_never_goes_back_and_never_passes_the_clock(
    told: list[tuple[float, float, bool, int]],
) -> None:
    progress, before = Progress(3.0), dict[int, float]()
    latest = 0.0
    for now, event_time, ended, partition in told:
        latest = max(latest, now)
        progress.observe(partition, [event_time])
        complete = progress.complete_until(dict.fromkeys(range(3), ended), now)
        for each, until in complete.items():
            assert before.get(each, 0.0) <= until <= max(latest - 3.0, 0.0)
        before |= complete
