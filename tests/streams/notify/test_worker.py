import threading
import time
from datetime import timedelta
from random import Random

from prometheus_client import CollectorRegistry

from schemas.deliveries import Delivery
from schemas.monitors.resolved import Receiver
from streams.notify.backoff import Backoff
from streams.notify.metrics import NotifyMetrics
from streams.notify.outbox import Outbox
from streams.notify.worker import ReceiverWorker
from streams.receivers.protocol import DELIVERED, AlertReceiver, Notification, Outcome
from tests.streams.conftest import wait_until
from tests.streams.notify.conftest import make_alert


class Faulty:
    """Fails twice in its own code, then works."""

    resend_seconds = None

    def __init__(self) -> None:
        self.calls = 0

    def send(self, _notification: Notification) -> Outcome:
        self.calls += 1
        if self.calls < 3:
            raise KeyError("secret value")
        return DELIVERED


class Hanging:
    """Does not answer until it is let go."""

    resend_seconds = None

    def __init__(self) -> None:
        self.called, self.let_go = threading.Event(), threading.Event()

    def send(self, _notification: Notification) -> Outcome:
        self.called.set()
        self.let_go.wait(30)
        return DELIVERED


def started(receiver: AlertReceiver, recorded: list[Delivery]) -> ReceiverWorker:
    config = Receiver(name="r", type="console")
    backoff = Backoff(first_seconds=0.01, longest_seconds=0.02)
    worker = ReceiverWorker(
        "r",
        receiver,
        Outbox(config, resend_seconds=None, backoff=backoff, random=Random(1)),
        record=recorded.append,
        clock=lambda: make_alert().changed_at + timedelta(seconds=3),
        steady=time.monotonic,
        metrics=NotifyMetrics(CollectorRegistry()),
    )
    worker.start()
    return worker


def test_a_bug_in_a_receiver_is_a_failure_to_try_again() -> None:
    recorded: list[Delivery] = []
    worker = started(Faulty(), recorded)
    worker.offer(make_alert())
    wait_until(lambda: len(recorded) == 3)
    worker.stop()
    assert worker.join(5)
    assert [delivery.outcome for delivery in recorded] == ["retrying", "retrying", "delivered"]
    assert recorded[0].error == "KeyError in the receiver's code"
    assert recorded[0].told_state is None
    assert recorded[2].told_state == "firing"


def test_a_thread_that_hangs_is_left_behind_and_records_nothing() -> None:
    """By then another process delivers; what this one says would be old news."""
    recorded: list[Delivery] = []
    receiver = Hanging()
    worker = started(receiver, recorded)
    worker.offer(make_alert())
    assert receiver.called.wait(5)
    worker.stop()
    assert not worker.join(0.05)
    receiver.let_go.set()
    wait_until(lambda: not worker.alive)
    assert recorded == []


def test_offers_return_while_the_receiver_hangs() -> None:
    recorded: list[Delivery] = []
    receiver = Hanging()
    worker = started(receiver, recorded)
    for number in range(100):
        worker.offer(make_alert(monitor=f"m{number}"))
    assert receiver.called.wait(5)
    worker.offer(make_alert(monitor="last"))
    assert recorded == []
    receiver.let_go.set()
    wait_until(lambda: len(recorded) == 101)
    worker.stop()
    assert worker.join(5)
