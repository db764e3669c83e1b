"""Sliding windows against a plain list of events."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.summaries import Distribution, FlagCounts
from detectors.watching.tiers import BLOCK, PAST_TIERS, cover, far_edge, far_tier

T0 = 86400 * 100
KEY = '{"service_name":"shop"}'


@given(st.integers(10**8, 10**8 + 10**6), st.integers(1, 90 * 86400))
def test_the_pieces_of_a_window_join_without_gaps_and_are_kept_long_enough(
    at: int, window: int
) -> None:
    position = far_edge(at, window)
    assert at - window - far_tier(window) < position <= at - window
    for tier, start in cover(at, window):
        assert start == position
        assert start % tier == 0
        assert at - (start + tier) < PAST_TIERS[tier]
        position += tier
    assert at - BLOCK < position <= at


def test_a_window_is_few_pieces() -> None:
    assert max(len(cover(10**8 + at, 3 * 86400)) for at in range(0, 86400, 130)) < 100


events = st.lists(st.tuples(st.integers(0, 20_000), st.booleans(), st.integers(1, 9)), max_size=60)


@settings(max_examples=60, deadline=None)
@given(events, st.lists(st.integers(1, 1500), min_size=1, max_size=20), st.booleans())
def test_windows_hold_what_happened_in_them(
    make: Any, happened: list[Any], steps: list[int], restart: bool
) -> None:
    """Some events come late: whatever is past the newest complete time when its turn comes."""
    windows = (60, 300, 3600, 7200)
    run = make.run(
        *(
            make.threshold(
                name=f"{signal}{window}",
                signal=signal,
                statistic="rate" if signal == make.signal else "sum",
                window_seconds=window,
                upper=10**9,
            )
            for window in windows
            for signal in (make.signal, "latency")
        )
    )
    now, sent = 0, []
    todo = list(happened)
    for step in steps:
        now += step
        send, todo = todo[:4], todo[4:]
        run.apply(
            make.batch(
                [
                    make.pane(T0 + at, good=int(good), bad=int(not good), latencies=[latency])
                    for at, good, latency in send
                ],
                until=T0 + now,
            )
        )
        sent += send
        if restart:
            run.restart()
        at = run.watcher.evaluated_until
        past = run.watcher._past
        for window in windows:
            edge = far_edge(at, window)
            inside = [e for e in sent if edge <= T0 + e[0] < at]
            known, good = len(inside), sum(e[1] for e in inside)
            assert past.flag(KEY, make.signal, window) == FlagCounts(known, good)
            counted = past.counts(KEY).get((make.signal, window), [0, 0])
            assert counted == [known, good]
            summary = past.summary(KEY, "latency", window)
            expected = Distribution.empty().observe([e[2] for e in inside])
            assert (summary or Distribution.empty()) == expected


@pytest.mark.parametrize("days", [4, 30])
def test_the_budgets_window_reaches_back_for_days(make: Any, days: int) -> None:
    run = make.run(make.burn_rate(window_seconds=days * 86400), max_evaluations=6)
    for hour in range(24 * days):
        run.apply(
            make.batch([make.pane(T0 + hour * 3600, good=99, bad=1)], until=T0 + 3600 * hour + 10)
        )
    whole = run.watcher._past.flag(KEY, make.signal, days * 86400)
    assert whole == FlagCounts(2400 * days, 24 * days * 99)
    for hour in range(24 * 4):
        run.apply(make.batch(until=T0 + (24 * days + hour) * 3600))
    left = run.watcher._past.flag(KEY, make.signal, days * 86400).count
    # Also where a segment was silent for longer than others are remembered.
    assert 2400 * (days - 4) <= left <= 2400 * (days - 3) + 100


def test_state_is_bounded(make: Any) -> None:
    run = make.run(
        make.burn_rate(),
        make.threshold(signal="latency", statistic="p95", window_seconds=300, upper=100),
        max_evaluations=10,
    )
    sizes = []
    for hour in range(60):
        for part in range(6):
            at = T0 + hour * 3600 + part * 600
            run.apply(make.batch([make.pane(at, good=9, latencies=[1])], until=at + 5))
        sizes.append(len(run.state))
    assert max(sizes[40:]) < 1.4 * max(sizes[28:34])
    assert sizes[-1] < 400
