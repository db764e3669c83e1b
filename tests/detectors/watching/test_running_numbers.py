"""Running numbers decide as the window's own summary would, or say that they cannot."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from detectors.summaries import Distribution, FlagCounts, encode_summary
from detectors.watching.running_numbers import Numbers, Undecided, cut_of, cuts_of, numbers_of
from detectors.watching.statistic import QUANTILES, statistic_of
from schemas.panes import Pane

T0 = 86400 * 100
KEY = '{"service_name":"shop"}'
RANKS = {**QUANTILES, "min": 0.0, "max": 1.0}
LARGEST = 1e12

# Whole numbers and powers of two lie where buckets end, others within them.
values = st.one_of(
    st.integers(-70, 70).map(float),
    st.integers(-45, 45).map(lambda power: 2.0**power),
    st.floats(-LARGEST, LARGEST, allow_subnormal=False),
)
parts = st.lists(st.lists(values, max_size=8), max_size=12)


def kept(added: list[list[float]], gone: int, bounds: list[float]) -> tuple[Numbers, Distribution]:
    """Numbers that ``gone`` parts went out of again, and the summary of the rest."""
    numbers, cuts = Numbers(), cuts_of(bounds)
    summaries = [Distribution.empty().observe(part) for part in added]
    for summary in summaries:
        numbers.add(summary, cuts)
    for summary in summaries[:gone]:
        numbers.add(summary, cuts, -1)
    whole = Distribution.empty()
    for summary in summaries[gone:]:
        whole = whole.merge(summary)
    return numbers, whole


@settings(max_examples=300, deadline=None)
@given(parts, st.integers(0, 12), values)
def test_a_decided_quantile_is_on_the_side_where_the_summary_has_it(
    added: list[list[float]], gone: int, bound: float
) -> None:
    numbers, whole = kept(added, gone, [bound])
    assert numbers.count == whole.count
    if cut_of(bound) is None or not whole.count:
        return
    for statistic, q in RANKS.items():
        value, _ = statistic_of(whole, statistic)
        assert value is not None
        with suppress(Undecided):
            assert numbers.side_of_quantile(q, bound) == (value > bound) - (value < bound)


@settings(max_examples=300, deadline=None)
@given(parts, st.integers(0, 12), values)
def test_a_decided_sum_is_on_the_side_where_the_summary_has_it(
    added: list[list[float]], gone: int, bound: float
) -> None:
    numbers, whole = kept(added, gone, [])
    for anchored in (False, True):
        if anchored:
            numbers.anchor(whole)
            assert numbers.sum == whole.sum
        with suppress(Undecided):
            assert numbers.side_of_sum(bound) == (whole.sum > bound) - (whole.sum < bound)


@pytest.mark.parametrize("bound", [60.0, 0.25, -7.0, 0.0])
def test_what_is_far_from_the_bound_is_decided(bound: float) -> None:
    far = [bound + side * (abs(bound) + 1) for side in (-1, 1)]
    numbers, _ = kept([[far[0]] * 90, [far[1]] * 10], 0, [bound])
    assert numbers.side_of_quantile(0.5, bound) == -1
    assert numbers.side_of_quantile(0.95, bound) == 1
    numbers, _ = kept([[bound] * 10], 0, [bound])
    with pytest.raises(Undecided):
        numbers.side_of_quantile(0.5, bound)


def test_a_huge_value_that_has_gone_leaves_a_sum_that_is_not_trusted_until_it_is_anchored() -> None:
    numbers, whole = kept([[1e300], [1.0, 2.0]], 1, [])
    with pytest.raises(Undecided):
        numbers.side_of_sum(100.0)
    numbers.anchor(whole)
    assert numbers.side_of_sum(100.0) == -1


@pytest.mark.parametrize("bound", [1e-12, -1e-13, 1.7976931348e308, float("inf")])
def test_buckets_do_not_tell_next_to_zero_and_far_out(bound: float) -> None:
    assert cut_of(bound) is None
    assert not cuts_of([bound])


@pytest.mark.parametrize("bounds", [(), (1.0,)])
def test_a_summary_of_another_class_is_none_of_numbers(bounds: tuple[float, ...]) -> None:
    assert numbers_of(Raw(encode_summary(FlagCounts(3, 1))), cuts_of(bounds)) is None
    found = numbers_of(Raw(encode_summary(Distribution.empty().observe([1, 2]))), cuts_of(bounds))
    assert found is not None
    assert (found.count, found.sum, found.sum_squares) == (2, 3.0, 5.0)


events = st.lists(
    st.tuples(st.integers(0, 9000), st.sampled_from([0.5, 3.0, 47.5, 50.0, 52.0, 900.0])),
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(events, st.lists(st.integers(1, 1500), min_size=1, max_size=20), st.booleans())
def test_a_watcher_keeps_what_is_in_the_windows(
    make: Any, happened: list[Any], steps: list[int], restart: bool
) -> None:
    """Some events come late, and time goes on in steps of any length."""
    windows = (60, 300, 3600, 7200)
    run = make.run(
        *(
            make.threshold(
                name=f"{statistic}{window}",
                signal="latency",
                statistic=statistic,
                window_seconds=window,
                upper=50,
            )
            for window in windows
            for statistic in ("p90", "mean")
        )
    )
    now, todo = 0, list(happened)
    for step in steps:
        now += step
        send, todo = todo[:4], todo[4:]
        run.apply(
            make.batch(
                [make.pane(T0 + at, latencies=[latency]) for at, latency in send], until=T0 + now
            )
        )
        if restart:
            run.restart()
        past = run.watcher._past
        for window in windows:
            whole = past.summary(KEY, "latency", window)
            numbers = past.numbers(KEY).get(("latency", window))
            count = 0 if whole is None else whole.count
            assert (numbers.count if numbers else 0) == count
            if count:
                assert abs(numbers.sum - whole.sum) <= numbers.error
                p90, _ = statistic_of(whole, "p90")
                with suppress(Undecided):
                    assert numbers.side_of_quantile(0.9, 50) == (p90 > 50) - (p90 < 50)


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("statistic", ["p50", "mean", "max", "sum", "min", "count"])
def test_verdicts_are_those_of_the_summary(make: Any, statistic: str, restart: bool) -> None:
    """Values wander around the bounds; what is told is what the window's summary says."""
    limit = {"sum": 900.0, "count": 90.0}.get(statistic, 16.0)
    run = make.run(
        make.threshold(
            signal="latency",
            statistic=statistic,
            window_seconds=60,
            upper=limit,
            resolve_upper=0.9 * limit,
        )
    )
    bad = False
    for second in range(900):
        height = abs(second % 300 - 150)
        latencies = [1 + height / 7] * (1 + second % 300 // 200)
        run.apply(make.batch([make.pane(T0 + second, latencies=latencies)], until=T0 + second + 1))
        if restart and second % 97 == 0:
            run.restart()
        past = run.watcher._past
        value, _ = statistic_of(past.summary(KEY, "latency", 60), statistic)
        bad = value > limit or (bad and value > 0.9 * limit)
        firing = len(run.states) > 0 and run.states[-1] == "firing"
        assert firing == bad
    assert len(run.states) >= 2


def test_a_signal_that_becomes_a_flag_is_judged_by_its_summary(make: Any) -> None:
    run = make.run(make.threshold(signal="latency", statistic="mean", window_seconds=60, lower=0.5))
    run.apply(make.batch([make.pane(T0, latencies=[3.0])], until=T0 + 1))
    flag = Raw(encode_summary(FlagCounts(100, 1)))
    run.apply(
        make.batch(
            [Pane(start=T0 + 1, segment=make.shop, events=100, signals={"latency": flag})],
            until=T0 + 2,
        )
    )
    assert run.watcher._past.numbers(KEY)["latency", 60] is None
    for second in range(2, 80):
        run.apply(make.batch([make.pane(T0 + second, latencies=[3.0])], until=T0 + second + 1))
    assert run.watcher._past.numbers(KEY)["latency", 60] is None
    run.restart()
    value, _ = statistic_of(run.watcher._past.summary(KEY, "latency", 60), "mean")
    assert value is not None
