"""What one receiver still has to be told. No I/O, no clock: the caller passes time and randomness.

The outbox compares what is (the newest transition of each alert) with what the receiver was told,
and holds at most one notification an alert: a newer transition takes the older one's place. So it
never holds more than there are alerts, however long the receiver is away.
"""

import heapq
from dataclasses import dataclass
from itertools import count
from random import Random

from schemas.alerts import Alert
from schemas.deliveries import Delivery
from schemas.monitors.resolved import Receiver
from streams.notify.backoff import Backoff
from streams.notify.routing import Told, to_tell, told_by
from streams.receivers.protocol import Notification, Outcome


@dataclass(slots=True)
class Waiting:
    """A notification that waits until ``due``, or is under way.

    ``again`` marks one that the receiver has got already and is sent only so that it does not
    forget. ``attempts`` counts the failed ones.
    """

    notification: Notification
    again: bool
    due: float
    attempts: int = 0


class Outbox:
    """The notifications for one receiver, in the order in which they are due.

    ``resend_seconds`` is the receiver's; times are in seconds on any steady clock.
    """

    def __init__(
        self,
        receiver: Receiver,
        *,
        resend_seconds: float | None,
        backoff: Backoff,
        random: Random,
    ) -> None:
        self._receiver = receiver
        self._resend_seconds = resend_seconds
        self._backoff = backoff
        self._random = random
        self._alerts: dict[str, Alert] = {}
        self._told: dict[str, Told] = {}
        self._refused: dict[str, str] = {}
        self._waiting: dict[str, Waiting] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._order = count()
        self._under_way: Waiting | None = None
        self._hold_until = float("-inf")

    def __len__(self) -> int:
        """How many notifications the receiver has not got yet."""
        under_way = self._under_way is not None and not self._under_way.again
        return under_way + sum(not waiting.again for waiting in self._waiting.values())

    def restore(self, delivery: Delivery) -> None:
        """Take over what an earlier process recorded; before any alert is offered."""
        told = told_by(delivery)
        if told is not None:
            self._told[delivery.fingerprint] = told
        if delivery.outcome == "given_up":
            self._refused[delivery.fingerprint] = delivery.transition_id
        else:
            self._refused.pop(delivery.fingerprint, None)

    def offer(self, alert: Alert, now: float) -> None:
        """Take the newest transition (or newer values) of an alert."""
        self._alerts[alert.fingerprint] = alert
        self._plan(alert.fingerprint, now, again_at=now)

    def forget(self, fingerprint: str) -> None:
        """The alert is gone from the log; so are what waits for it and what was told."""
        for held in (self._alerts, self._told, self._refused, self._waiting):
            held.pop(fingerprint, None)

    def next_due(self) -> float | None:
        """When :meth:`take` will give something; ``None`` when nothing waits."""
        while self._heap:
            due, _, fingerprint = self._heap[0]
            waiting = self._waiting.get(fingerprint)
            if waiting is not None and waiting.due == due:
                return max(due, self._hold_until)
            heapq.heappop(self._heap)
        return None

    def take(self, now: float) -> Waiting | None:
        """What is to be sent now, if anything; :meth:`settle` it before taking the next."""
        due = self.next_due()
        if due is None or due > now:
            return None
        _, _, fingerprint = heapq.heappop(self._heap)
        self._under_way = self._waiting.pop(fingerprint)
        return self._under_way

    def settle(self, outcome: Outcome, now: float) -> Waiting:
        """Account for what became of the notification under way, and plan what follows.

        Returns it, with the attempt counted.
        """
        sent = self._under_way
        if sent is None:
            raise RuntimeError("nothing is under way: take() comes before settle()")
        self._under_way = None
        sent.attempts += 1
        alert = sent.notification.alert
        again_at = now + (self._resend_seconds or 0)
        if outcome.kind == "delivered":
            if not sent.again:
                told = Told(alert.transition_id, alert.state, alert.severity)
                self._told[alert.fingerprint] = told
        elif outcome.kind == "refused":
            if not sent.again:
                self._refused[alert.fingerprint] = sent.notification.id
        else:
            wait = self._backoff.wait_seconds(sent.attempts, self._random)
            if outcome.retry_after is not None:
                asked = min(outcome.retry_after, self._backoff.longest_asked_seconds)
                # It is the receiver that is overloaded, not this alert.
                self._hold_until = now + asked
                wait = max(wait, asked)
            if alert.fingerprint in self._alerts:
                sent.due = min(again_at, now + wait) if sent.again else now + wait
                self._put(alert.fingerprint, sent)
        self._plan(alert.fingerprint, now, again_at=again_at)
        return sent

    def told(self, fingerprint: str) -> Told | None:
        """What the receiver was last told about an alert."""
        return self._told.get(fingerprint)

    def _plan(self, fingerprint: str, now: float, *, again_at: float) -> None:
        """Bring what waits for an alert in line with what is and what was told."""
        if (
            self._under_way is not None
            and self._under_way.notification.alert.fingerprint == fingerprint
        ):
            # Its outcome decides what is to be told next.
            return
        alert = self._alerts.get(fingerprint)
        if alert is None:
            return
        told = self._told.get(fingerprint)
        kind = to_tell(self._receiver, alert, told)
        identity = alert.transition_id
        if kind == "now" and self._refused.get(fingerprint) == identity:
            kind = None
        if kind is None or (kind == "again" and self._resend_seconds is None):
            self._waiting.pop(fingerprint, None)
            if alert.state != "firing":
                del self._alerts[fingerprint]
            return
        notification = Notification(id=identity, alert=alert)
        again = kind == "again"
        waiting = self._waiting.get(fingerprint)
        if waiting is not None and waiting.again == again and waiting.notification.id == identity:
            waiting.notification = notification
        else:
            self._put(fingerprint, Waiting(notification, again, again_at if again else now))

    def _put(self, fingerprint: str, waiting: Waiting) -> None:
        self._waiting[fingerprint] = waiting
        heapq.heappush(self._heap, (waiting.due, next(self._order), fingerprint))
