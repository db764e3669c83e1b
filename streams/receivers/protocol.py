"""What a receiver is to the notifier: something that can be told about an alert."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from schemas.alerts import Alert
from streams.outbound import Networks


class ReceiverError(ValueError):
    """A receiver that cannot be used as configured; the message names it and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of telling a receiver.

    ``retry`` may succeed later, not before ``retry_after`` seconds when the receiver asked for
    that; ``refused`` will not succeed with this message however often it is sent. ``error`` says
    why, and ``answer`` is what the receiver said to that, each in one line without credentials. An
    answer may repeat texts of events: it is recorded, but not logged.
    """

    kind: Literal["delivered", "retry", "refused"]
    error: str = ""
    answer: str = ""
    retry_after: float | None = None


PUBLIC_ONLY = Networks(setting="notify.allow_networks")
"""Receivers are on the public internet."""

DELIVERED = Outcome(kind="delivered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One thing to tell a receiver.

    ``id`` is the same for every attempt, so that the receiver can recognise a message that it got
    twice. It identifies the alert's transition (and its severity, when that has risen since).
    """

    id: str
    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverContext:
    """What receivers are given besides their configuration.

    ``clock`` tells the time (aware, UTC); ``timeout_seconds`` is the longest wait for an answer;
    ``resend_seconds`` how often receivers that forget are told again of what still fires;
    ``networks`` where they may be.
    """

    clock: Callable[[], datetime]
    networks: Networks = PUBLIC_ONLY
    timeout_seconds: float = 10.0
    resend_seconds: float = 30.0


class AlertReceiver(Protocol):
    """Tells people or programs about alerts. Called by one thread at a time."""

    @property
    def resend_seconds(self) -> float | None:
        """How often it is told again of an alert that still fires; ``None``: told once."""

    def send(self, notification: Notification) -> Outcome:
        """Tell; blocks no longer than about the context's ``timeout_seconds``.

        Failures are outcomes. An exception is a bug: the notifier logs it and tries again.
        """
