"""What the screen of the demonstration shows at a moment."""

from collections import deque

from msgspec import Struct

from streams.demo.faults import Staged
from streams.demo.feed import Told
from streams.demo.figures import ApplicationRow


class Snapshot(Struct, frozen=True, kw_only=True):
    """Figures at a moment. ``elapsed`` counts seconds since the first event.

    ``window_delay`` is from a window's end until it was published, ``scored_within`` the 95 %
    quantile from an event's time until it was scored, both in seconds.
    """

    elapsed: float
    sent: int
    sent_rate: float
    scored: int
    scored_rate: float
    scored_within: float | None
    window_delay: float | None
    copies: int
    bad: int
    dead_letters: dict[str, int]
    applications: list[ApplicationRow]
    faults: list[Staged]
    alerts: list[Told]
    phase: str = ""


class Rate:
    """How fast a count grows, over the last few seconds."""

    def __init__(self, seconds: float = 5.0) -> None:
        self._seconds = seconds
        self._samples: deque[tuple[float, int]] = deque()

    def of(self, count: int, now: float) -> float:
        """Take note of a count; the growth per second.

        >>> rate = Rate()
        >>> rate.of(0, 10.0), rate.of(400, 12.0)
        (0.0, 200.0)
        """
        self._samples.append((now, count))
        while now - self._samples[0][0] > self._seconds:
            self._samples.popleft()
        then, before = self._samples[0]
        return (count - before) / (now - then) if now > then else 0.0
