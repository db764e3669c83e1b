"""The traffic that a game day disturbs: made up, or a file of events."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import structs

from schemas.changes import Change
from schemas.monitors.problems import did_you_mean
from streams.replay.generator import TrafficGenerator
from streams.replay.simulated import Chunk, Simulated, Source
from streams.simulate.reader import EventFile

START: Final = datetime(2026, 3, 2, 6, tzinfo=UTC)
_BATCH: Final = 1000
_CHUNK: Final = 256


def made_up(rate: float, seed: int) -> Source:
    """Traffic of the made-up applications, ``rate`` events a second over a day."""
    # In chunks of many requests: one by one they cost milliseconds each.
    return TrafficGenerator(rate, start=START, seed=seed, scenarios=600, chunk_events=_CHUNK)


class FileTraffic:
    """The events of a file, again and again, at the times they have, the next round after the last.

    Parameters
    ----------
    events
        The file.
    service
        Which service faults are to hit.

    Raises
    ------
    ValueError
        The file spans no time, or has no event of the service.
    """

    def __init__(self, events: EventFile, service: str) -> None:
        self._events = events
        self.span = _span(events, service)

    def chunks(self) -> Iterator[Chunk]:
        """Traffic in the order of event time. Event ids differ from round to round."""
        turn = 0
        while True:
            later = timedelta(seconds=turn * self.span)
            for batch in self._events.batches(_BATCH):
                moved = [
                    structs.replace(e, event_id=f"{e.event_id}-{turn}", time=e.time + later)
                    for e in batch
                ]
                yield Chunk(rows=[Simulated(event=e, time=e.time.timestamp()) for e in moved])
            turn += 1


def _span(events: EventFile, service: str) -> float:
    first = last = None
    services: set[str] = set()
    for batch in events.batches(_BATCH):
        first = batch[0].time if first is None else first
        last = batch[-1].time
        services.update(event.service_name for event in batch)
    if first is None or last is None or last <= first:
        refused = f" ({len(events.refusals):,} rows were refused)" if events.refusals else ""
        raise ValueError(
            f"--events: the {len(events):,} events span no time{refused}: game days need traffic "
            "to disturb"
        )
    if service not in services:
        told = did_you_mean(service, services)
        raise ValueError(f"--service: there are no events of {service!r} in the file{told}")
    # The gap between two rounds is a usual one between two events.
    return (last - first).total_seconds() * (1 + 1 / len(events))


class Slices:
    """A source's traffic in stretches of equal length, each with all its events and changes."""

    def __init__(self, source: Source, seconds: int) -> None:
        self._chunks = source.chunks()
        self._seconds = seconds
        self._rows: list[Simulated] = []
        self._changes: list[Change] = []
        self._read()
        self.start = int(self._rows[0].time // seconds) * seconds

    def take(self) -> tuple[int, Chunk]:
        """The end of the next stretch, in epoch seconds, and what happens in it."""
        end = self.start + self._seconds
        while self._rows[-1].time < end:
            self._read()
        rows, self._rows = _split(self._rows, end)
        inside = [change for change in self._changes if change.time.timestamp() < end]
        self._changes = [change for change in self._changes if change.time.timestamp() >= end]
        self.start = end
        return end, Chunk(rows=rows, changes=inside)

    def until(self, end: int) -> Iterator[tuple[int, Chunk]]:
        """The stretches that begin before ``end``."""
        while self.start < end:
            yield self.take()

    def _read(self) -> None:
        chunk = next(self._chunks)
        while not chunk.rows:
            self._changes += chunk.changes
            chunk = next(self._chunks)
        self._rows += chunk.rows
        self._changes += chunk.changes


def _split(rows: Sequence[Simulated], end: float) -> tuple[list[Simulated], list[Simulated]]:
    # Calls of one request follow each other: rows of two chunks may interleave.
    before = sorted((row for row in rows if row.time < end), key=lambda row: row.time)
    return before, [row for row in rows if row.time >= end]


def copied(chunk: Chunk) -> Chunk:
    """A chunk whose rows may be changed."""
    return Chunk(rows=[structs.replace(row) for row in chunk.rows], changes=list(chunk.changes))
