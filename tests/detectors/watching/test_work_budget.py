"""Costly work waits for its turn, and everybody gets one."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from detectors.summaries import FlagCounts, encode_summary
from detectors.watching.work_budget import WorkBudget
from schemas.monitors.resolved import DriftMonitor
from schemas.panes import Pane
from schemas.signals import Signal

START = 1_772_409_600
ERROR = Signal(name="error", kind="flag", description="Error.")


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.integers(1, 20))
def test_all_get_their_turn_in_order_and_no_moment_holds_too_much(
    works: list[int], most: int
) -> None:
    budget, done = WorkBudget(most), list[int]()
    for at in range(1000):
        spent = []
        for number, work in enumerate(works):
            where = ("drift", str(number))
            asks = at == 0 or budget.has_turn(at, where)
            if number not in done and asks and budget.take(at, where, work):
                done.append(number)
                spent.append(work)
        # What is more than a moment's is done alone.
        assert sum(spent) <= most or len(spent) == 1
        if len(done) == len(works):
            break
    assert done == list(range(len(works)))


def test_hundreds_of_segments_warm_up_by_turns_and_say_so(make: SimpleNamespace) -> None:
    segments = [{"service_name": f"s{number:03d}"} for number in range(150)]
    drift = DriftMonitor(
        name="drift",
        segmentation=("service_name",),
        signals=(ERROR,),
        severity="ticket",
        windows_seconds=(300,),
        interval_seconds=600,
        trailing_seconds=3600,
        minimum_effect=0.1,
        minimum_events=20,
    )
    run = make.run(drift)
    undecided = []
    for minute in range(130):
        random = np.random.default_rng(minute)
        bad = random.binomial(10, [0.1] * 149 + [0.1 if minute < 110 else 0.9])
        panes = [
            Pane(
                start=START + 60 * minute,
                segment=segment,
                events=10,
                signals={"error": Raw(encode_summary(FlagCounts(10, int(count))))},
            )
            for segment, count in zip(segments, bad, strict=True)
        ]
        until = float(START + 60 * (minute + 1))
        run.apply(make.batch(panes, until=until, pane_seconds=10))
        undecided.append(run.watcher.undecided["drift"])
    assert undecided[30] == 150
    assert undecided[109] == 0
    assert run.states == ["firing"]
    assert run.alerts[0].segment == segments[-1]
