"""From traffic to messages: encoding, feedback, changes, duplicates and rubbish, by time."""

import heapq
from collections.abc import Iterable, Iterator
from itertools import count

import msgspec
import numpy as np

from schemas.changes import Change
from schemas.feedback import Feedback
from schemas.topics import CHANGES, FEEDBACK, INFERENCE
from streams.replay.companions import FeedbackModel
from streams.replay.outgoing import Outgoing
from streams.replay.rubbish import Rubbish
from streams.replay.simulated import Chunk


class Disturbances(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent beside good events.

    ``duplicates`` is the share of events sent twice, the copy up to ``duplicate_seconds`` later;
    ``rubbish`` is the number of bad messages per good event.
    """

    duplicates: float = 0.0
    duplicate_seconds: float = 5.0
    rubbish: float = 0.0


class Messages:
    """Turns chunks into messages in the order of time; copies and feedback wait for theirs.

    Parameters
    ----------
    feedback
        Draws feedback; ``None`` for none.
    disturbances
        Duplicates and rubbish.
    rubbish
        Makes the bad messages.
    rng
        Decides which events are doubled and where rubbish lies.
    """

    def __init__(
        self,
        *,
        feedback: FeedbackModel | None,
        disturbances: Disturbances,
        rubbish: Rubbish,
        rng: np.random.Generator,
    ) -> None:
        self._feedback = feedback
        self._disturbances = disturbances
        self._rubbish = rubbish
        self._rng = rng
        self._encode = msgspec.json.Encoder().encode
        self._later: list[tuple[float, int, Outgoing]] = []
        self._order = count()

    def of(self, chunk: Chunk) -> Iterator[Outgoing]:
        """The messages of a chunk, and those that waited for it. Chunks come in their order."""
        rows = chunk.rows
        for change in chunk.changes:
            self._wait(self._change(change))
        if self._feedback is not None:
            for feedback in self._feedback.draw(rows):
                self._wait(self._said(feedback))
        wanted = self._disturbances
        doubled = (self._rng.random(len(rows)) < wanted.duplicates).tolist()
        delays = (self._rng.random(len(rows)) * wanted.duplicate_seconds).tolist()
        bad = (self._rng.random(len(rows)) < wanted.rubbish).tolist()
        encode, later = self._encode, self._later
        for index, row in enumerate(rows):
            event, time = row.event, row.time
            while later and later[0][0] <= time:
                waiting = heapq.heappop(later)[2]
                waiting.due = row.due
                yield waiting
            message = Outgoing(
                topic=INFERENCE,
                # All calls of a trace, and all copies of an event, go to one partition.
                key=(event.trace_id or event.event_id).encode(),
                value=encode(event),
                time=time,
                due=row.due,
                event_id=event.event_id,
                supported=row.supported,
            )
            yield message
            if doubled[index]:
                copied = msgspec.structs.replace(message, time=time + delays[index], copy=True)
                self._wait(copied)
            if bad[index]:
                yield self._rubbish.make(message)

    def rest(self, until: float) -> Iterator[Outgoing]:
        """What still waits when the traffic ends: copies, and the rest up to time ``until``."""
        while self._later:
            _, _, waiting = heapq.heappop(self._later)
            if waiting.copy or waiting.time <= until:
                yield waiting

    def _wait(self, message: Outgoing) -> None:
        heapq.heappush(self._later, (message.time, next(self._order), message))

    def _change(self, change: Change) -> Outgoing:
        return Outgoing(
            topic=CHANGES,
            key=change.change_id.encode(),
            value=self._encode(change),
            time=change.time.timestamp(),
        )

    def _said(self, feedback: Feedback) -> Outgoing:
        return Outgoing(
            topic=FEEDBACK,
            key=feedback.event_id.encode(),
            value=self._encode(feedback),
            time=feedback.time.timestamp(),
        )


def limited(
    chunks: Iterable[Chunk], max_events: int | None, duration_seconds: float | None
) -> Iterator[Chunk]:
    """The first events of a stream: so many, and so long from the first event on."""
    left = max_events
    first: float | None = None
    for chunk in chunks:
        rows = chunk.rows
        if rows and first is None:
            first = rows[0].time
        if first is not None and duration_seconds is not None:
            rows = [row for row in rows if row.time < first + duration_seconds]
        if left is not None:
            rows = rows[:left]
            left -= len(rows)
        over = len(rows) < len(chunk.rows)
        if rows:
            yield Chunk(rows=rows, changes=chunk.changes)
        if over or left == 0:
            return
