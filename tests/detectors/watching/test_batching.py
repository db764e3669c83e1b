"""Alerts and windows follow from the events, not from how they were cut into batches."""

from collections import defaultdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

T0 = 2_000_000
LENGTH = 400

events = st.lists(
    st.tuples(
        st.integers(0, LENGTH - 1),
        st.sampled_from(("shop", "help")),
        st.booleans(),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=60,
)
cuts = st.lists(st.integers(1, LENGTH), max_size=12)


def monitors(make: Any) -> Any:
    return (
        make.burn_rate(make.tier(factor=60, long_seconds=90, short_seconds=25, severity="page")),
        make.threshold(
            signal="latency", statistic="mean", window_seconds=45, upper=6, resolve_upper=4
        ),
        make.threshold(
            name="distinct", signal="latency", statistic="max", window_seconds=7, upper=8
        ),
        make.no_data(33),
    )


def run_cut(make: Any, happened: Any, until: Any, early: Any) -> Any:
    """Batches that end at ``until``; events listed in ``early`` come up to 20 s before others."""
    run = make.run(*monitors(make), allowed_lateness_seconds=2)
    sent = set()
    for end in sorted({*until, LENGTH, LENGTH + 100}):
        panes = defaultdict(lambda: ([], []))
        for number, (at, service, good, latency) in enumerate(happened):
            ahead = 20 if number in early else 0
            if number not in sent and at < end + ahead:
                sent.add(number)
                panes[at, service][0].append(good)
                panes[at, service][1].append(latency)
        run.apply(
            make.batch(
                [
                    make.pane(
                        T0 + at,
                        {"service_name": service},
                        good=sum(flags),
                        bad=len(flags) - sum(flags),
                        latencies=latencies,
                    )
                    for (at, service), (flags, latencies) in panes.items()
                ],
                until=T0 + end,
            )
        )
    return run


@settings(max_examples=150, deadline=None)
@given(events, cuts, cuts, st.sets(st.integers(0, 59)))
def test_cutting_changes_nothing(
    make: Any, happened: Any, first: Any, second: Any, early: Any
) -> None:
    one = run_cut(make, happened, first, set())
    other = run_cut(make, happened, second, early)
    assert one.alerts == other.alerts
    assert make.contents(one.windows) == make.contents(other.windows)
    assert sum(w.events for w in one.windows.values() if w.resolution_seconds == 10) == len(
        happened
    )
