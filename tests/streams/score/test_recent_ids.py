"""Recent ids are a set that forgets."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.score.recent_ids import RecentIds, hash_ids

HORIZON = 80.0
steps = st.lists(
    st.tuples(st.floats(0, 60), st.lists(st.integers(0, 40).map(str), max_size=12)), max_size=25
)


@given(steps)
def test_within_the_horizon_it_is_a_plain_set_that_forgets_soon_after(
    told: list[tuple[float, list[str]]],
) -> None:
    recent, added, now = RecentIds(HORIZON), dict[str, float](), 1000.0
    for pause, ids in told:
        now += pause
        hashes = hash_ids(ids)
        recent.add(hashes[:0], now)  # forgets, as every commit does
        new = recent.unseen(hashes)
        for position, each in enumerate(ids):
            age = now - added.get(each, -1e9)
            first = each not in ids[:position]
            if age < HORIZON:
                assert not new[position]
            elif age > HORIZON * 9 / 8:
                assert new[position] == first
        recent.add(hashes[new], now)
        added |= {each: now for each, is_new in zip(ids, new, strict=True) if is_new}
    assert len(recent) <= sum(now - at <= HORIZON * 9 / 8 for at in added.values())


@given(steps)
def test_the_order_of_adding_within_a_time_does_not_matter(
    told: list[tuple[float, list[str]]],
) -> None:
    one, other = RecentIds(HORIZON), RecentIds(HORIZON)
    everything = sorted({each for _, ids in told for each in ids})
    for _, ids in told:
        one.add(hash_ids(ids), 5.0)
    other.add(hash_ids([each for _, ids in reversed(told) for each in ids]), 5.0)
    probe = hash_ids([*everything, "never"])
    assert (
        list(one.unseen(probe)) == list(other.unseen(probe)) == [*[False] * len(everything), True]
    )


def test_copies_within_one_batch_count_once() -> None:
    assert list(RecentIds(10).unseen(hash_ids(["a", "b", "a", "a"]))) == [True, True, False, False]


def test_nothing_is_known_of_nothing() -> None:
    recent = RecentIds(10)
    recent.add(hash_ids([]), 0.0)
    assert len(recent) == 0
    assert list(recent.unseen(hash_ids([]))) == []
    assert list(recent.unseen(hash_ids(["a"]))) == [True]


def test_the_least_and_the_largest_hash_are_kept() -> None:
    recent = RecentIds(10)
    edges = np.array([0, 2**64 - 1], dtype=np.uint64)
    recent.add(edges, 0.0)
    assert list(recent.unseen(edges)) == [False, False]
    assert list(recent.unseen(np.array([1, 2**63], dtype=np.uint64))) == [True, True]


def test_runs_stay_few_and_memory_is_eight_bytes_an_id() -> None:
    recent = RecentIds(600)
    rng = np.random.default_rng(1)
    for second in range(600):
        recent.add(rng.integers(0, 2**64, 500, dtype=np.uint64), float(second))
    assert len(recent) == 300_000
    assert len(recent._runs) < 80


def test_hashes_are_the_same_for_ever() -> None:
    """They are in Kafka, and the next release reads them."""
    assert [int(each) for each in hash_ids(["", "event-1", "ä"])] == [
        13020603013274838756,
        2123818840965202205,
        4152366542966443504,
    ]
