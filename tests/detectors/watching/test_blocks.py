"""Slots as they are held: packed, with short names, and as long as windows look at them."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from detectors.summaries import CategoryCounts, Distribution, encode_summary
from detectors.watching.blocks import Blocks
from detectors.watching.journal import StateJournal
from detectors.watching.needs import Need, SegmentNeeds
from detectors.watching.packed_slots import Groups, PackedSlots
from detectors.watching.past_slot import PastSlot, still_needed
from detectors.watching.tiers import cover, reach

numbers = st.integers(0, 12)
changes = st.lists(
    st.one_of(
        st.tuples(st.just("put"), numbers, st.binary(min_size=1, max_size=9)),
        st.tuples(st.just("remove"), numbers),
        st.tuples(st.sampled_from(["settle", "pack"])),
    ),
    max_size=40,
)


@given(changes)
def test_packed_slots_are_a_dictionary(what: list[tuple]) -> None:
    packed, plain = PackedSlots(Groups(300)), dict[int, bytes]()
    for name, *given_ in what:
        getattr(packed, name)(*given_)
        if name == "put":
            plain[given_[0]] = given_[1]
        elif name == "remove":
            plain.pop(given_[0], None)
        assert dict(packed.items()) == plain
        assert [packed.get(n) for n in range(13)] == [plain.get(n) for n in range(13)]


def slot(value: float) -> PastSlot:
    latency = Distribution.empty().observe([value])
    topic = CategoryCounts({"latency": 2, "é": 1}, 0)
    return PastSlot(
        3,
        {"error": (3, 1)},
        {"latency": Raw(encode_summary(latency)), "topic": Raw(encode_summary(topic))},
    )


def contents(blocks: Blocks[PastSlot]) -> dict[str, PastSlot]:
    return dict(blocks.slots(60, 120))


def test_records_hold_names_in_full_and_restore() -> None:
    blocks, journal = Blocks("past", PastSlot, 1000), StateJournal()
    blocks.put(60, 120, ((f"s{n}", slot(n)) for n in range(50)))
    blocks.flush(journal)
    puts = journal.commit(0, b"")
    found = Blocks("past", PastSlot, 1000)
    state = StateJournal((key, value) for key, value in puts.items() if value is not None)
    assert state.records
    assert all(b"latency" in value for value in state.records.values())
    found.restore(state.records)
    assert contents(found) == contents(blocks) == {f"s{n}": slot(n) for n in range(50)}


def test_a_place_that_is_free_again_holds_nothing_of_before() -> None:
    blocks = Blocks("past", PastSlot, 1000)
    for start in (60, 120):
        blocks.put(60, start, ((f"s{n}", slot(n)) for n in range(9)))
    blocks.flush(StateJournal())
    blocks.forget({"s3", "s4", "never"})
    blocks.put(60, 120, [("new", slot(1)), ("newer", slot(2))])
    assert blocks.slot(60, 60, "new") is blocks.slot(60, 60, "s3") is None
    assert contents(blocks).keys() == {f"s{n}" for n in (0, 1, 2, 5, 6, 7, 8)} | {"new", "newer"}


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
    blocks = Blocks("past", PastSlot, 1000)
    blocks.put(60, 120, ((f"s{n}", slot(n)) for n in range(9)))
    journal = StateJournal()
    blocks.flush(journal)
    journal.commit(0, b"")
    blocks.thin(60, 120, lambda _where, _key, each: still_needed(each, needs, 60, 3000))
    assert all(list(each.summaries) == ["latency"] for each in contents(blocks).values())
    blocks.flush(journal)
    assert not any(key.startswith("past") for key in journal.commit(1, b""))
    blocks.thin(60, 120, lambda *_: PastSlot(3), rewrite=True)
    blocks.flush(journal)
    assert any(key.startswith("past") for key in journal.commit(2, b""))
