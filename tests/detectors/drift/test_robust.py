"""References without what stood out in them: alarms come again, and none the more by chance."""

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
import pytest

from detectors.drift.baseline import Baseline
from detectors.drift.robust import robust_baseline
from detectors.summaries import FlagCounts, VectorSum, merge_summaries
from tests.detectors.drift.references import (
    BLOCK,
    KINDS,
    Stretch,
    draw,
    during,
    reference,
)

WINDOWS = (BLOCK, 6 * BLOCK)
A_MONTH = -np.log(30 * 86400)
"""The rate of an alarm in thirty days."""

NEVER = -np.log(1e6 * 365 * 86400)
"""The rate of one in a million years: what is rarer is extrapolated too far to be compared."""


def robust(
    past: list[Stretch],
    *,
    interval: int = BLOCK,
    again: Callable[[], Sequence[Stretch]] | None = None,
) -> Baseline:
    made = robust_baseline(
        past,
        block=BLOCK,
        windows=WINDOWS,
        interval=interval,
        random=np.random.default_rng(1),
        again=again,
        level=A_MONTH,
    )
    assert made is not None
    return made


def plain(past: list[Stretch], *, interval: int = BLOCK) -> Baseline:
    random = np.random.default_rng(1)
    made = Baseline.of(past, block=BLOCK, windows=WINDOWS, interval=interval, random=random)
    assert made is not None
    return made


def log_rate(baseline: Baseline, kind: str, fault: float) -> float:
    """Of ten minutes with a fault behind fifty without."""
    random = np.random.default_rng(9)
    live = [draw(kind, random, share) for share in (0, 0, 0, 0, 0, fault)]
    now = [live[-1], reduce(merge_summaries, live)]
    finding = baseline.judge(now, 1000 * BLOCK, minimum=20, interval=BLOCK, level=A_MONTH)
    assert finding is not None
    return finding.log_rate


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spans", [[(30, 31)], [(30, 45)], [(20, 22), (50, 52)]])
def test_the_next_incident_is_seen_as_if_there_had_been_none(
    kind: str, spans: list[tuple[int, int]]
) -> None:
    hurt, clean = reference(kind, during(*spans)), reference(kind, during())
    assert log_rate(plain(hurt), kind, 0.2) > A_MONTH > log_rate(robust(hurt), kind, 0.2)
    ready = robust(hurt).settled
    assert ready.left_out == tuple((BLOCK * begin, BLOCK * end) for begin, end in spans)
    without = log_rate(robust(clean), kind, 0.2)
    assert max(log_rate(ready, kind, 0.2), NEVER) == pytest.approx(max(without, NEVER), rel=0.4)


def test_the_example_of_the_page() -> None:
    """1 % of errors, ten minutes at 14 % ten hours ago: ten minutes at 10 % now."""
    random = np.random.default_rng(3)
    rates = [0.14 if n == 36 else 0.01 for n in range(96)]
    past = [
        Stretch(BLOCK * n, 1000, FlagCounts(1000, int(random.binomial(1000, rate))))
        for n, rate in enumerate(rates)
    ]
    now = [FlagCounts(1000, 100), FlagCounts(6000, 150)]
    judged = [
        each.judge(now, 120 * BLOCK, minimum=20, interval=60, level=A_MONTH)
        for each in (plain(past, interval=60), robust(past, interval=60))
    ]
    assert judged[0] is not None
    assert judged[1] is not None
    assert judged[0].log_rate > A_MONTH > judged[1].log_rate
    assert judged[1].left_out == ((36 * BLOCK, 37 * BLOCK),)


def test_bursts_that_are_usual_stay() -> None:
    for apart in (9, 16, 30):
        ready = robust(reference("flag", during(*((n, n + 1) for n in range(5, 90, apart)))))
        assert ready.settled.left_out == ()
        assert log_rate(ready, "flag", 0.4) > A_MONTH


def test_what_lasts_is_the_new_normal() -> None:
    for since in (90, 70, 50):
        ready = robust(reference("flag", during((since, 96), share=0.2)))
        assert ready.settled.left_out == ()
        assert log_rate(ready, "flag", 0.2) > A_MONTH


def test_nothing_is_decided_before_a_calibration_is_needed() -> None:
    ready = robust(reference("flag", during((30, 32))))
    assert ready.settle is not None
    assert log_rate(ready, "flag", 0.0) > A_MONTH
    assert not ready.null.calibrated
    assert "settled" not in vars(ready)


def test_what_chance_makes_is_put_back() -> None:
    """What looks odd beside its neighbours at first, and is not so seldom as all that."""
    random = np.random.default_rng(0)
    made = 0
    for seed in range(8):
        past = reference("flag", lambda n: 0.0, seed=seed)
        at = int(random.integers(80))
        past[at] = Stretch(past[at].start, 80, FlagCounts(80, 13))
        ready = robust(past)
        if ready.settle is None or ready.settled.left_out:
            continue
        made += 1
        before = log_rate(plain(past), "flag", 0.1)
        assert log_rate(ready, "flag", 0.1) == pytest.approx(before, rel=0.2)
    assert made


def test_blocks_are_read_again_and_may_be_gone() -> None:
    past, asked = reference("flag", during((30, 32))), []

    def again() -> list[Stretch]:
        asked.append(1)
        return past

    assert log_rate(robust(past, again=again), "flag", 0.2) == log_rate(robust(past), "flag", 0.2)
    assert asked
    assert log_rate(robust(past, again=list), "flag", 0.2) < A_MONTH


def test_chance_leaves_next_to_nothing_out() -> None:
    """Also of blocks that wander for an hour: a rate by log-normal factors."""
    left_out = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        keep, state, past = np.exp(-1 / 6), random.normal(), []
        for n in range(96):
            state = keep * state + np.sqrt(1 - keep**2) * random.normal()
            bad = int(random.binomial(80, 0.04 * np.exp(0.4 * state)))
            past.append(Stretch(BLOCK * n, 80, FlagCounts(80, bad)))
        left_out += bool(robust(past).settled.left_out)
    assert left_out <= 1


def test_days_are_told_apart_as_before() -> None:
    """Without the first ten of sixty-six hours, hours of the day could not be."""
    past = reference("flag", during((0, 60)), blocks=6 * 66)
    ready = robust(past)
    assert ready.rhythm.period
    assert ready.settled.left_out == ()


def test_a_sum_that_is_not_a_number_spoils_nothing() -> None:
    past = reference("vector", during((30, 32)))
    odd = VectorSum.of(80, np.full(20, np.nan), 80.0)
    past[50] = Stretch(past[50].start, 80, odd)
    ready = robust(past)
    assert ready.settled.left_out == ((30 * BLOCK, 32 * BLOCK),)
    assert log_rate(ready, "vector", 0.2) < A_MONTH
