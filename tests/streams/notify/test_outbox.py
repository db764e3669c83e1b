from random import Random

import msgspec
import pytest

from schemas.alerts import Alert
from schemas.deliveries import Delivery, DeliveryOutcome
from schemas.monitors.resolved import Receiver
from streams.notify.backoff import Backoff
from streams.notify.outbox import Outbox
from streams.receivers.protocol import DELIVERED, Outcome
from tests.streams.notify.conftest import START, make_alert

ANY = Receiver(name="any", type="console")
RETRY = Outcome(kind="retry")
REFUSED = Outcome(kind="refused")


def outbox(resend_seconds: float | None = None) -> Outbox:
    backoff = Backoff(first_seconds=1, longest_seconds=60)
    return Outbox(ANY, resend_seconds=resend_seconds, backoff=backoff, random=Random(1))


def send(box: Outbox, now: float, outcome: Outcome = DELIVERED) -> str | None:
    """The id of what was sent at ``now``, if anything."""
    waiting = box.take(now)
    if waiting is None:
        return None
    box.settle(outcome, now)
    return waiting.notification.id


def delivery(alert: Alert, outcome: DeliveryOutcome, told: Alert | None) -> Delivery:
    return Delivery(
        fingerprint=alert.fingerprint,
        receiver="any",
        transition_id=alert.transition_id,
        state=alert.state,
        severity=alert.severity,
        time=START,
        outcome=outcome,
        attempts=1,
        told_transition_id=told and told.transition_id,
        told_state=told and told.state,
        told_severity=told and told.severity,
    )


def test_what_is_delivered_is_not_sent_again() -> None:
    box, alert = outbox(), make_alert()
    box.offer(alert, 0)
    assert len(box) == 1
    assert send(box, 0) == alert.transition_id
    box.offer(alert, 1)
    assert box.next_due() is None
    assert len(box) == 0


def test_a_failure_is_tried_again_later_and_later() -> None:
    box = outbox()
    box.offer(make_alert(), 0)
    now, waits = 0.0, []
    for _ in range(10):
        send(box, now, RETRY)
        due = box.next_due()
        assert due is not None
        assert box.take(due - 0.01) is None
        waits.append(due - now)
        now = due
    assert all(0.5 * 2**n <= waits[n] <= 2**n for n in range(6))
    assert all(30 <= wait <= 60 for wait in waits[6:])
    assert len(box) == 1


def test_retry_after_holds_the_whole_receiver() -> None:
    box = outbox()
    box.offer(make_alert(monitor="a"), 0)
    box.offer(make_alert(monitor="b"), 0)
    send(box, 0, Outcome(kind="retry", retry_after=100))
    assert box.next_due() == 100
    assert box.take(99) is None
    sent = {send(box, 100), send(box, 100)}
    assert len(sent) == 2
    assert None not in sent


def test_an_endless_retry_after_is_not_believed() -> None:
    box = outbox()
    box.offer(make_alert(), 0)
    send(box, 0, Outcome(kind="retry", retry_after=1e12))
    assert box.next_due() == Backoff().longest_asked_seconds


def test_a_newer_transition_takes_the_place_of_the_older() -> None:
    box = outbox()
    box.offer(make_alert(), 0)
    send(box, 0, RETRY)
    newer = make_alert(episode=1)
    box.offer(newer, 0.1)
    assert len(box) == 1
    assert send(box, 0.1) == newer.transition_id
    assert box.next_due() is None


def test_what_resolves_before_it_was_told_is_never_told() -> None:
    box = outbox()
    box.offer(make_alert(), 0)
    send(box, 0, RETRY)
    box.offer(make_alert("resolved"), 1)
    assert box.next_due() is None
    assert len(box) == 0


def test_newer_values_of_a_waiting_transition_are_sent_without_a_new_start() -> None:
    box = outbox()
    box.offer(make_alert(value=1.0), 0)
    send(box, 0, RETRY)
    due = box.next_due()
    box.offer(make_alert(value=2.0), 0.1)
    assert box.next_due() == due
    waiting = box.take(10)
    assert waiting is not None
    assert waiting.notification.alert.value == 2.0
    assert waiting.attempts == 1


@pytest.mark.parametrize("outcome", [DELIVERED, RETRY])
def test_a_resolution_during_the_telling(outcome: Outcome) -> None:
    box, resolved = outbox(), make_alert("resolved")
    box.offer(make_alert(), 0)
    assert box.take(0) is not None
    box.offer(resolved, 0.1)
    assert box.take(0.1) is None
    box.settle(outcome, 0.2)
    expected = resolved.transition_id if outcome is DELIVERED else None
    assert send(box, 0.2) == expected
    assert box.next_due() is None


def test_what_is_refused_is_given_up_until_something_changes() -> None:
    box = outbox()
    box.offer(make_alert(), 0)
    send(box, 0, REFUSED)
    box.offer(make_alert(value=3.0), 1)
    assert box.next_due() is None
    assert len(box) == 0
    box.offer(make_alert(episode=1), 2)
    assert send(box, 2) == make_alert(episode=1).transition_id


def test_receivers_that_forget_are_told_again_while_it_fires() -> None:
    box, alert = outbox(resend_seconds=30), make_alert()
    box.offer(alert, 0)
    assert send(box, 0) == alert.transition_id
    assert box.next_due() == 30
    assert len(box) == 0
    assert send(box, 30) == alert.transition_id
    assert send(box, 60, RETRY) == alert.transition_id
    due = box.next_due()
    assert due is not None
    assert 60 < due <= 61
    assert send(box, due, REFUSED) == alert.transition_id
    assert box.next_due() == due + 30
    box.offer(make_alert("resolved"), 70)
    assert send(box, 70) == make_alert("resolved").transition_id
    assert box.next_due() is None


def test_failing_repetitions_are_no_rarer_than_repetitions() -> None:
    box = outbox(resend_seconds=30)
    box.offer(make_alert(), 0)
    send(box, 0)
    now = 30.0
    for _ in range(20):
        assert send(box, now, RETRY) is not None
        due = box.next_due()
        assert due is not None
        assert due - now <= 30
        now = due


def test_a_restart_repeats_nothing_told_and_tells_the_rest() -> None:
    firing, resolved = make_alert(), make_alert("resolved")
    box = outbox()
    box.restore(delivery(firing, "delivered", firing))
    box.offer(firing, 0)
    assert box.next_due() is None

    box = outbox()
    box.restore(delivery(resolved, "retrying", firing))
    box.offer(resolved, 0)
    assert send(box, 0) == resolved.transition_id

    box = outbox()
    box.restore(delivery(firing, "retrying", None))
    box.offer(firing, 0)
    assert send(box, 0) == firing.transition_id

    box = outbox()
    box.restore(delivery(firing, "given_up", None))
    box.offer(firing, 0)
    assert box.next_due() is None


def test_a_restart_tells_receivers_that_forget_at_once() -> None:
    box, firing = outbox(resend_seconds=30), make_alert()
    box.restore(delivery(firing, "delivered", firing))
    box.offer(firing, 5)
    assert box.next_due() == 5
    waiting = box.take(5)
    assert waiting is not None
    assert waiting.again


def test_a_forgotten_alert_is_not_sent() -> None:
    box = outbox()
    box.offer(make_alert(), 0)
    box.forget(make_alert().fingerprint)
    assert box.next_due() is None


def test_a_rise_in_severity_is_sent_under_a_name_of_its_own() -> None:
    box, ticket = outbox(), make_alert(severity="ticket")
    box.offer(ticket, 0)
    assert send(box, 0) == ticket.transition_id
    page = msgspec.structs.replace(ticket, severity="page")
    box.offer(page, 1)
    assert send(box, 1) == page.transition_id
    box.offer(ticket, 2)
    box.offer(page, 3)
    assert box.next_due() is None


def test_settling_nothing_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="nothing is under way"):
        outbox().settle(DELIVERED, 0)
