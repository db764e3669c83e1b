"""Costly work waits for its turn, and everybody gets one."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from detectors.summaries import FlagCounts, encode_summary
from detectors.watching.work_budget import MOST, WorkBudget
from schemas.monitors.resolved import DriftMonitor
from schemas.panes import Pane
from schemas.signals import Signal

START = 1_772_409_600
SIGNALS = tuple(Signal(name=f"f{n}", kind="flag", description="A flag.") for n in range(4))
SEGMENTS = [{"service_name": f"s{number:02d}"} for number in range(20)]


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=40),
    st.integers(1, 20),
    st.sets(st.integers(0, 20)),
)
def test_all_get_their_turn_in_order_and_no_moment_holds_too_much(
    works: list[int], most: int, closed: set[int]
) -> None:
    budget, done = WorkBudget(most), list[int]()
    for at in range(1000):
        spent = []
        if at in closed:
            budget.close(at)
        for number, work in enumerate(works):
            where = ("drift", str(number))
            asks = at == 0 or budget.has_turn(at, where)
            if number not in done and asks and budget.take(at, where, work):
                done.append(number)
                spent.append(work)
        # What is more than a moment's is done alone.
        assert sum(spent) <= most or len(spent) == 1
        assert not (spent and at in closed)
        if len(done) == len(works):
            break
    assert done == list(range(len(works)))


def test_segments_warm_up_by_turns_and_say_so(make: SimpleNamespace) -> None:
    # More signals than a moment has work for.
    assert 2 * len(SEGMENTS) * len(SIGNALS) > MOST
    drift = DriftMonitor(
        name="drift",
        segmentation=("service_name",),
        signals=SIGNALS,
        severity="ticket",
        windows_seconds=(300,),
        interval_seconds=60,
        trailing_seconds=1200,
        minimum_effect=0.1,
        minimum_events=20,
    )
    run = make.run(drift)
    undecided = []
    for minute in range(40):
        random = np.random.default_rng(minute)
        panes = []
        for segment in SEGMENTS:
            worse = minute >= 32 and segment == SEGMENTS[-1]
            bad = random.binomial(10, 0.9 if worse else 0.1, len(SIGNALS))
            flags = {
                signal.name: Raw(encode_summary(FlagCounts(10, int(count))))
                for signal, count in zip(SIGNALS, bad, strict=True)
            }
            panes.append(Pane(start=START + 60 * minute, segment=segment, events=10, signals=flags))
        until = float(START + 60 * (minute + 1))
        run.apply(make.batch(panes, until=until, pane_seconds=10))
        undecided.append(run.watcher.undecided["drift"])
    assert undecided[8] == len(SEGMENTS)
    assert undecided[31] == 0
    assert run.states == ["firing"]
    assert run.alerts[0].segment == SEGMENTS[-1]
