"""Copies of an event are one row, whichever way they came."""

import itertools
import uuid
from datetime import timedelta

from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.streams.store.stored import NOW, inference, insert, row_of


def test_a_later_scoring_of_an_event_replaces_the_earlier(store: Client) -> None:
    later = NOW + timedelta(seconds=5)
    for first, second in ((NOW, later), (later, NOW)):
        event_id = uuid.uuid4().hex
        insert(store, [inference(event_id)], first, detector_versions={"d": str(first)})
        insert(store, [inference(event_id)], second, detector_versions={"d": str(second)})
        assert row_of(store, event_id)["detector_versions"] == f"d={later}"


def test_a_copy_that_was_replaced_is_found_by_nothing_it_alone_has(store: Client) -> None:
    """Indexes find it where it lies; the newest copy lies elsewhere and says something else."""
    old = {"conversation_id": "c1", "trace_id": "t1", "user_id": "u1"}
    insert(store, [inference(**old)], NOW)
    insert(store, [inference(**dict.fromkeys(old, "new"))], NOW + timedelta(seconds=1))
    for name, value in old.items():
        assert not store.query(f"SELECT 1 FROM events WHERE {name} = '{value}'").result_rows
        both = f"SELECT 1 FROM events WHERE {name} = 'new' AND event_id = 'e1'"
        assert len(store.query(both).result_rows) == 1


deliveries = st.lists(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5)), min_size=1, max_size=8),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=deliveries, merge=st.booleans())
def test_any_delivery_of_copies_shows_each_event_once(
    store: Client, batches: list[list[tuple[int, int]]], merge: bool
) -> None:
    store.command("TRUNCATE TABLE raw_events")
    expected: dict[str, int] = {}
    for batch in batches:
        # The same event always has the same time: some on another day, some in another hour.
        events = [inference(f"e{n}", time=NOW - timedelta(hours=7 * n)) for n, _ in batch]
        for n, second in batch:
            expected[f"e{n}"] = max(second, expected.get(f"e{n}", 0))
        for second, group in itertools.groupby(
            sorted(zip(batch, events, strict=True), key=lambda pair: pair[0][1]),
            key=lambda pair: pair[0][1],
        ):
            insert(store, [event for _, event in group], NOW + timedelta(seconds=second))
    if merge:
        store.command("OPTIMIZE TABLE raw_events FINAL")
    rows = store.query("SELECT event_id, scored_at FROM events").result_rows
    assert len(rows) == len(expected)
    assert dict(rows) == {name: NOW + timedelta(seconds=s) for name, s in expected.items()}
    counted = store.query(
        "SELECT count(), countIf(response_refusal) FROM events WHERE time >= {since:DateTime64(6)}",
        {"since": NOW - timedelta(hours=30)},
    ).first_row
    recent = sum(1 for name in expected if int(name[1:]) * 7 <= 30)
    assert counted == (recent, recent)


def test_copies_that_drift_within_the_hour_are_one_row(store: Client) -> None:
    hour = NOW.replace(minute=0, second=0)
    insert(store, [inference(time=hour + timedelta(minutes=2))])
    insert(store, [inference(time=hour + timedelta(minutes=58))], NOW + timedelta(seconds=1))
    assert row_of(store, "e1")["time"] == hour + timedelta(minutes=58)
