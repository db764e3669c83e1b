from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from schemas.alerts import Alert, AlertState
from schemas.monitors.resolved import Receiver
from streams.notify.backoff import Backoff
from streams.notify.outbox import Outbox
from streams.receivers.protocol import DELIVERED, Outcome
from tests.streams.notify.conftest import make_alert

RETRY = Outcome(kind="retry")
REFUSED = Outcome(kind="refused")
STATES: list[AlertState] = ["pending", "firing", "resolved"]
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("offer"),
            st.sampled_from(["a", "b"]),
            st.sampled_from(STATES),
            st.integers(0, 2),
        ),
        st.tuples(st.just("take"), st.floats(0, 100)),
        st.tuples(st.just("settle"), st.sampled_from([DELIVERED, RETRY, REFUSED])),
    ),
    max_size=40,
)


@given(STEPS, st.sampled_from([None, 30.0]))
@example(
    [
        ("offer", "a", "firing", 0),
        ("take", 0.0),
        ("settle", DELIVERED),
        ("offer", "a", "resolved", 2),
        ("take", 0.0),
        ("offer", "a", "firing", 2),
    ],
    None,
)
def test_in_the_end_the_receiver_knows_what_is(steps: list, resend: float | None) -> None:
    """Whatever happens in between: nothing twice in a row, and once all is well, all is told."""
    box, now = (
        Outbox(
            Receiver(name="any", type="console"),
            resend_seconds=resend,
            backoff=Backoff(),
            random=Random(1),
        ),
        0.0,
    )
    current: dict[str, Alert] = {}
    told: dict[str, Alert] = {}
    refused: dict[str, str] = {}
    under_way = None

    def settle(outcome: Outcome) -> None:
        sent = box.settle(outcome, now)
        alert = sent.notification.alert
        if outcome is DELIVERED and not sent.again:
            before = told.get(alert.monitor)
            assert before is None or before.transition_id != alert.transition_id
            assert alert.state == "firing" or (before is not None and before.state == "firing")
            told[alert.monitor] = alert
        if outcome is REFUSED and not sent.again:
            refused[alert.monitor] = alert.transition_id

    for step in steps:
        match step:
            case "offer", monitor, state, episode:
                current[monitor] = make_alert(state, monitor=monitor, episode=episode)
                box.offer(current[monitor], now)
            case "take", wait if under_way is None:
                now += wait
                under_way = box.take(now)
            case "settle", outcome if under_way is not None:
                settle(outcome)
                under_way = None
        assert len(box) <= len(current)
    if under_way is not None:
        settle(DELIVERED)
    for _ in range(10):
        now += 60
        if box.take(now) is not None:
            settle(DELIVERED)

    for monitor, alert in current.items():
        last = told.get(monitor)
        if alert.state == "firing" and refused.get(monitor) != alert.transition_id:
            assert last is not None
            # Or its end, of which what is offered last may be a replay.
            assert last.episode_id == alert.episode_id
            assert last.state == "resolved" or last.transition_id == alert.transition_id
        if alert.state == "resolved" and refused.get(monitor) != alert.transition_id:
            assert last is None or last.state == "resolved"
