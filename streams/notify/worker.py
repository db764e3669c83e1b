"""One thread for each receiver, so that a dead one delays no other."""

import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from schemas.alerts import Alert
from schemas.deliveries import Delivery, DeliveryOutcome
from streams.notify.metrics import NotifyMetrics
from streams.notify.outbox import Outbox, Waiting
from streams.receivers.protocol import AlertReceiver, Outcome

log = structlog.get_logger(__name__)

_OUTCOMES: dict[str, DeliveryOutcome] = {
    "delivered": "delivered",
    "retry": "retrying",
    "refused": "given_up",
}


class ReceiverWorker:
    """Sends what an outbox holds, and records every outcome.

    ``record`` is given each delivery; ``clock`` tells the time, ``steady`` seconds that never jump.
    """

    def __init__(
        self,
        name: str,
        receiver: AlertReceiver,
        outbox: Outbox,
        *,
        record: Callable[[Delivery], None],
        clock: Callable[[], datetime],
        steady: Callable[[], float],
        metrics: NotifyMetrics,
    ) -> None:
        self.name = name
        self._receiver = receiver
        self._outbox = outbox
        self._record = record
        self._clock = clock
        self._steady = steady
        self._metrics = metrics
        self._changed = threading.Condition()
        self._stopping = False
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, name=f"notify-{name}", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start sending."""
        self._thread.start()

    def offer(self, alert: Alert) -> None:
        """Hand over an alert; returns at once."""
        with self._changed:
            self._outbox.offer(alert, self._steady())
            self._show()
            self._changed.notify()

    def forget(self, fingerprint: str) -> None:
        """The alert is gone from the log."""
        with self._changed:
            self._outbox.forget(fingerprint)
            self._show()

    def stop(self) -> None:
        """Ask the thread to end after what it is sending."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def join(self, timeout: float) -> bool:
        """Wait for the end; a thread that does not end in time records nothing any more."""
        self._thread.join(timeout)
        with self._changed:
            self._abandoned = self._thread.is_alive()
        self._metrics.waiting.labels(self.name).set(0)
        return not self._abandoned

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                waiting = self._outbox.take(self._steady())
                if waiting is None:
                    due = self._outbox.next_due()
                    self._changed.wait(None if due is None else max(0.0, due - self._steady()))
                    continue
            outcome = self._send(waiting)
            with self._changed:
                self._outbox.settle(outcome, self._steady())
                if self._abandoned:
                    return
                self._account(waiting, outcome)
                self._show()

    def _send(self, waiting: Waiting) -> Outcome:
        try:
            return self._receiver.send(waiting.notification)
        except Exception as error:
            log.exception("receiver_failed", receiver=self.name, id=waiting.notification.id)
            return Outcome(kind="retry", error=f"{type(error).__name__} in the receiver's code")

    def _account(self, waiting: Waiting, outcome: Outcome) -> None:
        name = _OUTCOMES[outcome.kind]
        alert = waiting.notification.alert
        if outcome.kind != "delivered":
            log.warning(
                "not_delivered",
                receiver=self.name,
                id=waiting.notification.id,
                outcome=name,
                attempts=waiting.attempts,
                error=outcome.error,
            )
        if waiting.again:
            self._metrics.resends.labels(self.name, name).inc()
            return
        now = self._clock()
        self._metrics.attempts.labels(self.name, name).inc()
        if outcome.kind == "delivered":
            latency = (now - alert.changed_at).total_seconds()
            self._metrics.latency.labels(self.name).observe(max(0.0, latency))
            log.info(
                "delivered",
                receiver=self.name,
                id=waiting.notification.id,
                attempts=waiting.attempts,
            )
        told = self._outbox.told(alert.fingerprint)
        self._record(
            Delivery(
                fingerprint=alert.fingerprint,
                receiver=self.name,
                transition_id=alert.transition_id,
                state=alert.state,
                severity=alert.severity,
                time=now,
                outcome=name,
                attempts=waiting.attempts,
                error=": ".join(part for part in (outcome.error, outcome.answer) if part),
                told_transition_id=told.transition_id if told else None,
                told_state=told.state if told else None,
                told_severity=told.severity if told else None,
            )
        )

    def _show(self) -> None:
        self._metrics.waiting.labels(self.name).set(len(self._outbox))
