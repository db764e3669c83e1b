"""When each event is sent, and at which event time."""

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec.structs import replace

from streams.replay.simulated import Chunk


class Pace:
    """Gives events the wall-clock time they are due at.

    Parameters
    ----------
    speed
        Event time per wall-clock time; 2 sends an hour's events in half an hour.
    rate
        Events per second, evenly, whatever their times say. Without speed and rate, events are
        due at once.
    live
        Whether events get the time they are sent at instead of their own.
    clock
        Wall-clock time in seconds since the epoch.
    """

    def __init__(
        self,
        *,
        speed: float | None = None,
        rate: float | None = None,
        live: bool = True,
        clock: Callable[[], float],
    ) -> None:
        if speed is not None and rate is not None:
            raise ValueError("speed and rate exclude each other: give one of them")
        for name, value in (("speed", speed), ("rate", rate)):
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be above 0, not {value}")
        self.speed = speed
        self.rate = rate
        self.live = live
        self._clock = clock
        self._started = clock()
        self._first: float | None = None
        self._count = 0
        self._last = 0.0

    def apply(self, chunk: Chunk) -> Chunk:
        """Set ``due`` on every row and, when live, move event times to it."""
        rows = chunk.rows
        if not rows:
            return chunk
        if self._first is None:
            self._first = rows[0].time
            self._started = self._clock()
        began = rows[0].time
        for row in rows:
            row.due = self._due(row.time)
            self._count += 1
            if self.live:
                row.time = row.due or self._now()
                row.event = replace(row.event, time=datetime.fromtimestamp(row.time, UTC))
        if not self.live:
            return chunk
        moved = rows[0].time - began
        changes = [
            replace(change, time=datetime.fromtimestamp(change.time.timestamp() + moved, UTC))
            for change in chunk.changes
        ]
        return Chunk(rows=rows, changes=changes)

    def _due(self, time: float) -> float:
        if self.speed is not None:
            return self._started + (time - (self._first or 0.0)) / self.speed
        if self.rate is not None:
            return self._started + self._count / self.rate
        return 0.0

    def _now(self) -> float:
        """The clock, never the same twice: events keep their order."""
        self._last = max(self._clock(), self._last + 1e-6)
        return self._last
