"""Slots as they are held: in their records alone, and as long as windows look at them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from detectors.summaries import CategoryCounts, Distribution, encode_summary
from detectors.watching.blocks import Blocks, encode_slot
from detectors.watching.journal import StateJournal
from detectors.watching.needs import Need, SegmentNeeds
from detectors.watching.past_slot import RawSlot, still_needed
from detectors.watching.phases import PHASES, Phases
from detectors.watching.state_records import StateRecords
from detectors.watching.tiers import cover, reach

segments = st.sampled_from([f"s{n:02d}" for n in range(40)])
changes = st.lists(
    st.one_of(
        st.tuples(st.just("put"), segments, st.integers(0, 9)),
        st.tuples(st.just("forget"), segments),
        st.tuples(st.just("drop")),
        st.tuples(st.sampled_from(["flush", "restore"])),
    ),
    max_size=60,
)


@given(changes, st.sampled_from([60, 300, 100_000]))
def test_blocks_are_a_dictionary_that_restores(what: list[tuple], limit: int) -> None:
    phases = Phases()
    blocks, plain = Blocks("past", RawSlot, limit, phases), dict[str, RawSlot]()
    journal, state, step = StateJournal(), dict[str, bytes](), 0
    for name, *given_ in what:
        if name == "put":
            plain[given_[0]] = RawSlot(given_[1], {"error": (given_[1], 0)})
            blocks.put(60, 120, [(given_[0], encode_slot(plain[given_[0]]))])
        elif name == "forget":
            plain.pop(given_[0], None)
            blocks.forget(set(given_))
        elif name == "drop":
            plain = {key: slot for key, slot in plain.items() if phases[key] != 3}
            blocks.drop(60, 120, 3)
        else:
            blocks.flush(journal)
            puts = journal.commit(step, b"")
            step += 1
            state = {key: value for key, value in (state | puts).items() if value is not None}
            if name == "restore":
                journal = StateJournal(state.items())
                blocks = Blocks("past", RawSlot, limit, phases)
                blocks.restore(journal.records)
                assert not journal.records
        assert contents(blocks) == plain
        assert {key: blocks.slot(60, 120, key) for key in plain} == plain
        assert blocks.slot(60, 120, "never") is None
    assert dict(blocks) == plain


def slot(value: float) -> RawSlot:
    latency = Distribution.empty().observe([value])
    topic = CategoryCounts({"latency": 2, "é": 1}, 0)
    return RawSlot(
        3,
        {"error": (3, 1)},
        {"latency": Raw(encode_summary(latency)), "topic": Raw(encode_summary(topic))},
    )


def contents(blocks: Blocks[RawSlot]) -> dict[str, RawSlot]:
    return {key: slot for phase in range(PHASES) for key, slot in blocks.slots(60, 120, phase)}


def test_what_is_held_is_the_table_s_own_bytes() -> None:
    blocks, journal = Blocks("past", RawSlot, 1000, Phases()), StateJournal()
    blocks.put(60, 120, ((f"s{n}", encode_slot(slot(n))) for n in range(50)))
    blocks.flush(journal)
    state = {key: value for key, value in journal.commit(0, b"").items() if value is not None}
    table = {id(value) for value in state.values()}
    restored = Blocks("past", RawSlot, 1000, Phases())
    restored.restore(StateJournal(state.items()).records)
    for each in (blocks, restored):
        held = [record for records in each._records.values() for record in records]
        assert len(held) == len(state) - 1  # all but meta
        assert {id(record.stored) for record in held} < table
    assert contents(restored) == contents(blocks) == {f"s{n}": slot(n) for n in range(50)}


def test_a_damaged_record_says_what_to_do() -> None:
    blocks, journal = Blocks("past", RawSlot, 1000, Phases()), StateJournal()
    blocks.put(60, 120, [("s", encode_slot(slot(1)))])
    blocks.flush(journal)
    (name, value), *_ = journal.commit(0, b"").items()
    for damaged in (value[:-1], value[:11], value[:9] + b"\xff" * 20):
        records = StateRecords()
        records.keep(name.removesuffix("~0"), damaged)
        with pytest.raises(ValueError, match="is damaged: rebuild the table from panes"):
            Blocks("past", RawSlot, 1000, Phases()).restore(records)
    records = StateRecords()
    records.keep(name.removesuffix("~0"), value[:-20] + bytes(20))
    found = Blocks("past", RawSlot, 1000, Phases())
    found.restore(records)
    with pytest.raises(RuntimeError, match="is damaged: rebuild the table from panes"):
        contents(found)


@given(st.integers(60, 30 * 86400), st.integers(10**8, 10**8 + 10**6), st.data())
def test_what_any_window_looks_at_is_kept(longest: int, at: int, data: st.DataObject) -> None:
    needs = SegmentNeeds.of([Need("latency", longest), Need("topic", longest // 2)])
    for tier, start in cover(at, data.draw(st.integers(10, longest))):
        assert "latency" in still_needed(slot(1), needs, tier, at - start - tier).summaries
    old = still_needed(slot(1), needs, 86400, reach(longest // 2))
    assert list(old.summaries) == ["latency"]
    assert old.flags == {"error": (3, 1)}


def test_hours_are_kept_for_references_alone_beyond_what_windows_need() -> None:
    month = 35 * 86400
    needs = SegmentNeeds.of([Need("latency", month, hourly=True), Need("topic", month)])
    for age, kept in (
        (95 * 3600, ["latency", "topic"]),
        (96 * 3600, ["latency"]),
        (36 * 86400, []),
    ):
        found = still_needed(slot(1), needs, 3600, age)
        assert list(found.summaries) == kept
        assert bool(found.flags) is (age < 96 * 3600)
        assert found.events == 3


def test_blocks_let_go_what_is_not_needed_any_more() -> None:
    needs = SegmentNeeds.of([Need("latency", 3600), Need("topic", 600)])
    blocks, journal = Blocks("past", RawSlot, 10_000, Phases()), StateJournal()
    blocks.put(60, 120, ((f"s{n}", encode_slot(slot(n))) for n in range(9)))
    blocks.flush(journal)
    before = sum(len(value or b"") for value in journal.commit(0, b"").values())
    for phase in range(PHASES):
        blocks.thin(60, 120, phase, lambda _, each: still_needed(each, needs, 60, 3000))
    assert all(list(each.summaries) == ["latency"] for each in contents(blocks).values())
    blocks.flush(journal)
    assert 0 < sum(len(value or b"") for value in journal.commit(1, b"").values()) < before
    for phase in range(PHASES):
        blocks.thin(60, 120, phase, lambda _, each: each)
    blocks.flush(journal)
    assert not any(key.startswith("past") and v for key, v in journal.commit(2, b"").items())
