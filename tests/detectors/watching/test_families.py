"""Drift monitors and segments that bear their false alarms together."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.drift.discoveries import Others
from detectors.summaries import FlagCounts
from detectors.watching.families import Families
from schemas.monitors.resolved import DriftMonitor
from schemas.panes import Pane
from schemas.segments import Segment, segment_key
from tests.detectors.watching.drifting import ERROR, LATENCY, SHOP, START, TOPIC, monitor, raw

ALONE = monitor(ERROR, name="alone")
JOINED = [
    monitor(ERROR, LATENCY, name="one", family="quality"),
    monitor(TOPIC, name="other", family="quality"),
]
EVALUATORS = [SimpleNamespace(monitor=each) for each in (ALONE, *JOINED)]
SEGMENTS: list[Segment] = [
    {"service_name": name, "use_case": case} for name in ("shop", "search") for case in "ab"
]
STEPS = st.lists(
    st.tuples(st.sampled_from(range(4)), st.sampled_from(range(3)), st.integers(0, 2)), max_size=30
)


@given(STEPS, st.sets(st.sampled_from(range(4))))
def test_others_are_all_of_the_service_and_family_but_oneself(
    steps: list[tuple[int, int, int]], gone: set[int]
) -> None:
    families = Families(EVALUATORS)
    for segment in SEGMENTS:
        families.enter(EVALUATORS, segment)
    levels: dict[tuple[int, int], int] = {}
    for place, which, count in steps:
        name, segment = EVALUATORS[which].monitor.name, SEGMENTS[place]
        families.note(name, segment_key(segment), segment, ["x"] * count)
        levels[place, which] = count
    for place in gone:
        families.leave(EVALUATORS, SEGMENTS[place])
        for which, each in enumerate(EVALUATORS):
            key = segment_key(SEGMENTS[place])
            families.note(each.monitor.name, key, SEGMENTS[place], [])
            levels[place, which] = 0
    for place in set(range(4)) - gone:
        for which, each in enumerate(EVALUATORS):
            joined = {0} if which == 0 else {1, 2}
            others = [
                (p, w)
                for p in set(range(4)) - gone
                for w in joined
                if p // 2 == place // 2 and (p, w) != (place, which)
            ]
            found = families.others(each.monitor, segment_key(SEGMENTS[place]), SEGMENTS[place])
            assert found == Others(
                sum(len(EVALUATORS[w].monitor.signals) for _, w in others),
                sum(levels.get(other, 0) for other in others),
            )


def traffic(
    run: SimpleNamespace, make: SimpleNamespace, minutes: range, cases: int, bad: dict[int, float]
) -> None:
    """A pane a minute and use case, drawn by the minute's own seed."""
    for minute in minutes:
        end, random = START + 60 * (minute + 1), np.random.default_rng(minute)
        panes = []
        for case in range(cases):
            count = int(random.binomial(40, bad.get(case, 0.05)))
            signals = raw({"error": FlagCounts(40, count)})
            segment = SHOP | {"use_case": f"case-{case}"}
            panes.append(Pane(start=end - 10, segment=segment, events=40, signals=signals))
        run.apply(make.batch(panes, until=float(end), pane_seconds=10))


def by_case(**options: object) -> DriftMonitor:
    usual = {"segmentation": ("service_name", "use_case"), "minimum_effect": 0.0}
    return monitor(ERROR, **(usual | options))


def test_an_alarm_that_stands_lets_others_stand_out_sooner(make: SimpleNamespace) -> None:
    minutes = []
    for failing in (1, 6):
        run = make.run(by_case())
        traffic(run, make, range(110), 8, {})
        assert not run.alerts
        traffic(run, make, range(110, 125), 8, dict.fromkeys(range(failing), 0.22))
        fired = {a.segment["use_case"]: a.changed_at for a in run.alerts if a.state == "firing"}
        assert len(fired) == failing
        minutes.append(fired["case-0"])
    assert minutes[1] <= minutes[0]


def test_a_restart_knows_what_stands_out(make: SimpleNamespace) -> None:
    monitors = by_case(family="quality"), by_case(family="quality", name="more", minimum_events=60)
    run = make.run(*monitors)

    def others() -> list[Others]:
        return [view.others(each) for view in run.watcher._watched.in_order() for each in monitors]

    traffic(run, make, range(110), 6, {})
    traffic(run, make, range(110, 118), 6, {0: 0.4, 1: 0.4})
    known = others()
    assert {each.comparisons for each in known} == {11}
    assert {each.alarms for each in known} == {3, 4}
    run.restart()
    traffic(run, make, range(118, 119), 6, {0: 0.4, 1: 0.4})
    assert others() == known
