"""A crash anywhere loses nothing and counts nothing twice."""

from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detectors.watching.journal import StateJournal
from detectors.watching.slot_record import Frames, SlotRecord
from detectors.watching.state_records import StateRecords

T0 = 1_000_020
SEGMENTS = (
    {"service_name": "shop"},
    {"service_name": "help"},
    {"service_name": "shop", "request_model": "m1"},
)

panes = st.tuples(
    st.integers(-70, 6),  # start, relative to the batch's time
    st.sampled_from(SEGMENTS),
    st.integers(0, 3),
    st.integers(0, 3),
    st.lists(st.integers(1, 9), max_size=2),
)
batches = st.lists(
    st.tuples(st.integers(0, 25), st.lists(panes, max_size=4), st.sampled_from(("a", "b", "ab"))),
    min_size=2,
    max_size=14,
)
crashes = st.lists(
    st.tuples(st.integers(0, 13), st.floats(0, 1), st.integers(0, 13)), min_size=1, max_size=4
)

SHOP, HELP = SEGMENTS[:2]
LATE = [
    (0, [], "a"),
    (4, [], "a"),
    (6, [], "a"),
    (23, [], "a"),
    (24, [(0, SHOP, 0, 0, []), (-2, HELP, 0, 0, [1, 2])], "b"),
    (15, [], "a"),
    (0, [(-18, HELP, 0, 0, [1, 3])], "a"),
    (0, [], "b"),
]
"""A late pane whose buckets come in another order after the crash."""


def monitors(make: Any) -> Any:
    return (
        make.burn_rate(
            make.tier(factor=60, long_seconds=60, short_seconds=20, severity="page"),
            make.tier(
                factor=20, long_seconds=120, short_seconds=30, severity="ticket", for_seconds=5
            ),
        ),
        make.threshold(signal="latency", statistic="p95", window_seconds=30, upper=6.0),
        make.threshold(
            name="few", signal="", statistic="count", window_seconds=40, lower=2, for_seconds=3
        ),
        make.no_data(30),
    )


def build(make: Any, drawn: Any) -> Any:
    now, found = T0, []
    for step, parts, sources in drawn:
        now += step
        found.append(
            make.batch(
                [
                    make.pane(now + at, segment, good=good, bad=bad, latencies=latencies)
                    for at, segment, good, bad, latencies in parts
                    if good + bad + len(latencies)
                ],
                until={f"inference/{name}": now for name in sources},
            )
        )
    # Silence at the end closes windows and moves alerts on.
    found += [make.batch(until={"inference/a": now + 40 * i}) for i in (1, 2, 3)]
    return found


def told(run: Any) -> Any:
    return {
        (alert.transition_id, alert.changed_at, alert.severity, alert.summary)
        for alert in run.alerts
    }


@settings(max_examples=150, deadline=None)
@given(drawn=batches, crashed=crashes, chunk_bytes=st.sampled_from((300, 400_000)))
@example(drawn=LATE, crashed=[(7, 0.0, 0)], chunk_bytes=400_000)
def test_crashed_runs_tell_and_keep_what_an_undisturbed_run_does(
    make: Any, drawn: Any, crashed: Any, chunk_bytes: Any
) -> None:
    todo = build(make, drawn)
    options = {"chunk_bytes": chunk_bytes, "allowed_lateness_seconds": 3, "max_segments": 2}
    calm = make.run(*monitors(make), **options)
    calm.apply(*todo)

    run = make.run(*monitors(make), **options)
    for at, share, back in sorted(crashed):
        stop = min(at, len(todo) - 1)
        while run.watcher.offset < stop - 1:
            run.apply(todo[run.offset + 1])
        if run.watcher.offset >= stop:
            continue
        step = run.watcher.apply(todo[stop], stop, told_at=stop + 1.0)
        run.tell(step)
        run.keep(step, int(share * len(step.puts)))
        run.restart()
        run.offset = min(back, stop) - 1  # replay from anything acknowledged or before
        while run.offset < stop:
            run.apply(todo[run.offset + 1])
    while run.offset < len(todo) - 1:
        run.apply(todo[run.offset + 1])

    assert run.windows == calm.windows
    assert told(run) == told(calm)
    mine, theirs = StateJournal(run.state.items()), StateJournal(calm.state.items())
    assert (mine.offset, mine.meta) == (theirs.offset, theirs.meta)
    if chunk_bytes > 1000:
        assert held(mine.records) == held(theirs.records)


def held(records: StateRecords) -> dict[str, Any]:
    """Records, of slots what they hold: in which order a summary's buckets came is all the same."""
    found: dict[str, Any] = {}
    for name in list(records):
        stored = records.take_stored(name)
        if name.startswith(("full|", "past|")):
            slots = SlotRecord(0, stored).items(Frames(1))
            found[name] = {key: msgspec.msgpack.decode(slot) for key, slot in slots}
        else:
            found[name] = stored
    return found


def test_a_batch_applied_before_is_skipped_whole(make: Any) -> None:
    run = make.run(*monitors(make))
    run.apply(make.batch([make.pane(T0, good=5)], until=T0 + 5))
    again = run.watcher.apply(make.batch([make.pane(T0, good=5)], until=T0 + 5), 0, told_at=0)
    assert not again.windows
    assert not again.puts


def test_a_value_half_written_is_not_seen(make: Any) -> None:
    run = make.run()
    run.apply(make.batch([make.pane(T0, good=5)], until=T0 + 5))
    before = StateJournal(run.state.items()).records
    step = run.watcher.apply(make.batch([make.pane(T0 + 3, good=5)], until=T0 + 100), 1, told_at=1)
    for puts in range(len(step.puts)):
        state = dict(run.state)
        for key, value in list(step.puts.items())[:puts]:
            if value is None:
                state.pop(key, None)
            else:
                state[key] = value
        journal = StateJournal(state.items())
        assert (journal.records == before) == (journal.offset == 0)
