"""What traffic sources give: inference events with what only a simulation can know about them."""

from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from schemas.changes import Change
from schemas.events import InferenceEvent


class Simulated(Struct, kw_only=True, gc=False):
    """One inference and the truth about it.

    ``time`` is the event's time in seconds since the epoch. ``supported`` says whether the answer
    is borne out by its contexts or tool results, ``None`` when it has none or that is not known.
    ``pleased`` is the probability that its user likes the answer: feedback is drawn from it.
    ``language`` is the texts', ``due`` the wall-clock time to send the event at (0: at once).
    """

    event: InferenceEvent
    time: float
    supported: bool | None = None
    pleased: float = 0.8
    language: str = "en"
    due: float = 0.0


class Chunk(Struct, kw_only=True):
    """A stretch of traffic in the order of event time, and the changes that went live in it."""

    rows: list[Simulated]
    changes: list[Change] = []


class Source(Protocol):
    """Where traffic comes from. The same source gives the same chunks again."""

    def chunks(self) -> Iterator[Chunk]:
        """Traffic in the order of event time, in chunks of a few hundred events or more."""
        ...
