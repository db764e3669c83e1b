"""The alert state machine by itself."""

import pytest

from detectors.watching.alert_states import AlertRecord, next_state, open_alert
from detectors.watching.verdict import BETWEEN, GOOD, UNKNOWN, Level, Verdict

PAGE = Level("page", "page", 60)
TICKET = Level("ticket", "ticket", 0)


def opened(*levels: Level, at: int = 0) -> AlertRecord:
    return open_alert("m", "{}", "threshold", Verdict("bad", levels), at)[0]


def test_an_alert_that_need_not_wait_fires_at_once() -> None:
    record, transition = open_alert("m", "{}", "threshold", Verdict("bad", (TICKET,)), 7)
    assert (transition.state, record.started_at, record.fired_at) == ("firing", 7, 7)


def test_an_alert_that_must_wait_is_pending_and_fires_when_it_lasted() -> None:
    record = opened(PAGE)
    assert record.state == "pending"
    after, transition = next_state(record, Verdict("bad", (PAGE,)), 59, 3600)
    assert transition is None
    after, transition = next_state(after, Verdict("bad", (PAGE,)), 60, 3600)
    assert transition.state == "firing"
    assert (after.started_at, after.fired_at) == (0, 60)


def test_a_break_starts_a_level_anew() -> None:
    record = opened(TICKET, at=0)
    record, _ = next_state(record, Verdict("bad", (PAGE, TICKET)), 10, 3600)
    record, _ = next_state(record, Verdict("bad", (TICKET,)), 40, 3600)
    record, _ = next_state(record, Verdict("bad", (PAGE, TICKET)), 50, 3600)
    record, transition = next_state(record, Verdict("bad", (PAGE, TICKET)), 100, 3600)
    assert transition is None
    record, transition = next_state(record, Verdict("bad", (PAGE, TICKET)), 110, 3600)
    assert (transition.state, record.severity, record.fired_at) == ("firing", "page", 0)


@pytest.mark.parametrize("state", ["pending", "firing"])
def test_good_resolves(state: str) -> None:
    record = opened(PAGE if state == "pending" else TICKET)
    assert record.state == state
    after, transition = next_state(record, GOOD, 5, 3600)
    assert after is None
    assert (transition.state, transition.reason) == ("resolved", "condition")


def test_an_alert_fires_on_until_all_has_been_well_for_long_enough() -> None:
    well, bad = Verdict("good", keep_firing_seconds=60), Verdict("bad", (TICKET,))
    record = opened(TICKET)
    for at, verdict in ((10, well), (60, well), (65, bad), (70, well), (100, BETWEEN), (110, well)):
        record, transition = next_state(record, verdict, at, 3600)
        assert (record.state, transition) == ("firing", None)
    # What is not known ends nothing, and begins nothing anew.
    record, _ = next_state(record, UNKNOWN, 130, 3600)
    after, transition = next_state(record, well, 170, 3600)
    assert after is None
    assert transition.state == "resolved"
    assert next_state(opened(PAGE), well, 5, 3600)[1].state == "resolved"


def test_between_the_bounds_firing_stays_and_pending_goes() -> None:
    assert next_state(opened(TICKET), BETWEEN, 5, 3600)[1] is None
    assert next_state(opened(PAGE), BETWEEN, 5, 3600)[1].state == "resolved"


def test_unknown_neither_fires_nor_resolves_until_the_silence_is_long() -> None:
    record = opened(PAGE)
    record, transition = next_state(record, UNKNOWN, 100, 3600)
    assert (record.state, transition) == ("pending", None)
    record, transition = next_state(record, UNKNOWN, 3699, 3600)
    assert transition is None
    record, transition = next_state(record, UNKNOWN, 3700, 3600)
    assert (record, transition.state, transition.reason) == (None, "resolved", "silence")


def test_a_verdict_ends_the_silence() -> None:
    record, _ = next_state(opened(TICKET), UNKNOWN, 100, 3600)
    record, _ = next_state(record, Verdict("bad", (TICKET,)), 3000, 3600)
    record, _ = next_state(record, UNKNOWN, 3100, 3600)
    assert next_state(record, UNKNOWN, 4000, 3600)[1] is None
