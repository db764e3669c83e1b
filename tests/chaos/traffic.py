"""Traffic of which everything is known: events, copies, rubbish, wrong clocks, feedback."""

import heapq
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import msgspec
from msgspec import Struct

from schemas.events import InferenceEvent
from schemas.feedback import Feedback
from schemas.topics import FEEDBACK, INFERENCE
from streams.replay.outgoing import Outgoing
from streams.replay.rubbish import Rubbish

SUPPORT, SHOP, SEARCH, ASTRAY = "support", "shop", "search", "astray"
"""Two services that monitors watch, one that none does, and one whose clients' clocks are wrong."""

MAX_EVENT_BYTES = 32 * 1024
_COPIES, _FEEDBACK_COPIES, _BAD = 0.02, 0.3, 0.01
_FEEDBACK_EVERY, _BAD_FEEDBACK_EVERY = 50, 500
_WORDS = ("please", "tell", "me", "when", "the", "parcel", "arrives", "and", "sign", "for", "it")
_encode = msgspec.json.Encoder().encode


class Burst(Struct, frozen=True):
    """``service`` fails (90 % of its events) from ``begin`` to ``end``, seconds after the first."""

    service: str
    begin: float
    end: float


class Item(Struct, kw_only=True):
    """A message to send, and what is known of it; feedback has its event's service and model.

    ``liked`` says what feedback says, ``None`` of all else.
    """

    message: Outgoing
    service: str = ""
    model: str = ""
    error: bool = False
    latency: float = 0.0
    tokens: int = 0
    liked: bool | None = None


def bursts_over(seconds: float) -> list[Burst]:
    """Both watched services fail now and then; the first time soon."""
    bursts = [Burst(SUPPORT, 3.0, 6.0), Burst(SHOP, 5.0, 8.0)]
    for begin in range(40, int(seconds) - 20, 60):
        bursts += [Burst(SUPPORT, begin, begin + 12.0), Burst(SHOP, begin + 20.0, begin + 30.0)]
    return bursts


class Traffic:
    """Draws what is sent from a seed; only event times come from the clock.

    Parameters
    ----------
    seed
        Decides everything but the times.
    bursts
        When services fail.
    very_late
        Whether some events are up to 100 s late and some 8 s early, beside those 6 s late.
    """

    def __init__(self, seed: int, bursts: list[Burst], *, very_late: bool = False) -> None:
        self._rng = random.Random(f"traffic-{seed}")
        self._rubbish = Rubbish(seed, MAX_EVENT_BYTES + 1024)
        self._bursts = bursts
        self._very_late = very_late
        self._later: list[tuple[float, int, Item]] = []
        self._order = count()
        self._next = 0
        self.began = 0.0

    def items(self, events: int, now: float) -> Iterator[Item]:
        """So many new events at time ``now``, with what comes between them."""
        self.began = self.began or now
        failing = {b.service for b in self._bursts if b.begin <= now - self.began < b.end}
        while self._later and self._later[0][0] <= now:
            yield heapq.heappop(self._later)[2]
        for _ in range(events):
            yield from self._event(now, failing)

    def rest(self) -> Iterator[Item]:
        """The copies that still wait."""
        while self._later:
            yield heapq.heappop(self._later)[2]

    def _event(self, now: float, failing: set[str]) -> Iterator[Item]:
        rng, number = self._rng, self._next
        self._next += 1
        draw = rng.random()
        service = ASTRAY if draw < 0.1 else (SUPPORT, SHOP, SEARCH)[int(draw * 30) % 3]
        error = rng.random() < (0.9 if service in failing else 0.02)
        time = now + (self._astray(rng.random()) if service == ASTRAY else 0.0)
        # Multiples of a power of two add up exactly, in whatever order.
        latency, tokens = rng.randrange(1, 640) / 64, rng.randrange(300)
        event = InferenceEvent(
            event_id=f"e-{number}",
            time=datetime.fromtimestamp(time, UTC),
            service_name=service,
            request_model=f"m{number % 3}",
            user_id=f"u-{number % 500}",
            prompt=" ".join(rng.choices(_WORDS, k=12)),
            response=" ".join(rng.choices(_WORDS, k=24)),
            status="error" if error else "ok",
            error_type="timeout" if error else "",
            latency_seconds=latency,
            usage_output_tokens=tokens,
        )
        message = Outgoing(
            topic=INFERENCE,
            key=event.event_id.encode(),
            value=_encode(event),
            time=time,
            event_id=event.event_id,
        )
        yield Item(
            message=message,
            service=service,
            model=event.request_model,
            error=error,
            latency=latency,
            tokens=tokens,
        )
        if rng.random() < _COPIES:
            self._again(message, now)
        if rng.random() < _BAD:
            yield Item(message=self._rubbish.make(message))
        if number % _FEEDBACK_EVERY == 0:
            said = self._feedback(event, number)
            yield said
            if rng.random() < _FEEDBACK_COPIES:
                self._again(said.message, now)
        if number % _BAD_FEEDBACK_EVERY == 0:
            key = f"bad-feedback-{number}".encode()
            bad = Outgoing(topic=FEEDBACK, key=key, value=b"{", time=now, reason="not_json")
            yield Item(message=bad)

    def _again(self, message: Outgoing, now: float) -> None:
        """Send a copy, at once or soon."""
        rng = self._rng
        due = now + rng.choice([0.0, rng.uniform(0, 1), rng.uniform(1, 6)])
        again = Item(message=msgspec.structs.replace(message, copy=True))
        heapq.heappush(self._later, (due, next(self._order), again))

    def _astray(self, draw: float) -> float:
        """How far a client's clock is off, in seconds."""
        if self._very_late and draw < 0.2:
            return -20.0 - 400 * draw
        if self._very_late and draw < 0.25:
            return 8.0
        return -6.0 if draw < 0.6 else 0.0

    def _feedback(self, event: InferenceEvent, number: int) -> Item:
        liked = number // _FEEDBACK_EVERY % 3 > 0
        said = Feedback(
            feedback_id=f"f-{number}",
            event_id=event.event_id,
            time=event.time,
            kind="thumb",
            service_name=event.service_name,
            value=float(liked),
        )
        message = Outgoing(
            topic=FEEDBACK,
            key=said.feedback_id.encode(),
            value=_encode(said),
            time=event.time.timestamp(),
        )
        return Item(
            message=message, service=event.service_name, model=event.request_model, liked=liked
        )
