"""Messages ready to be sent."""

from typing import Protocol

from msgspec import Struct

from schemas.dead_letters import DeadLetterReason
from schemas.topics import Topic


class Outgoing(Struct, kw_only=True, gc=False):
    """A message and when to send it.

    ``time`` is its event time and ``due`` the wall-clock time to send it at, both in seconds since
    the epoch (``due`` of 0: at once). ``copy`` marks a copy of a message sent before. ``reason``
    says why a bad message must be refused, ``None`` for good ones.
    """

    topic: Topic
    key: bytes
    value: bytes
    time: float
    due: float = 0.0
    copy: bool = False
    reason: DeadLetterReason | None = None
    rubbish: str = ""
    event_id: str = ""
    supported: bool | None = None


class Target(Protocol):
    """Where messages go."""

    def send(self, message: Outgoing) -> None:
        """Take one message; waits when the other side is behind."""
        ...

    def close(self) -> dict[str, int]:
        """Bring all messages home; numbers of those that were lost, by error."""
        ...
