"""Feedback of a file, joined to the events of another in the order of time."""

from collections import deque
from collections.abc import Iterator, Sequence

import msgspec
import polars as pl

from detectors.judgements import Judged, judgement_panes
from detectors.scoring import ScoredBatch, Scoring
from schemas.feedback import SCHEMA_VERSION, Feedback, decode_feedback
from schemas.panes import Pane
from streams.simulate.reader import MOST_LINE_BYTES, LineRows, Refusal

_AT_ONCE = 5_000


class FeedbackFile:
    """A file of feedback: JSON lines. Copies count once, by their ``feedback_id``.

    Parameters
    ----------
    path
        The file.

    Attributes
    ----------
    feedback
        In the order of time (and id), whatever the order in the file.
    duplicates
        How many copies were left out.
    refusals
        Lines that are no feedback.

    Raises
    ------
    OSError
        The file cannot be read.
    """

    def __init__(self, path: str) -> None:
        self.refusals: list[Refusal] = []
        read: list[Feedback] = []
        rows = LineRows(path)
        try:
            for row, data in enumerate(rows, 1):
                match _decoded(row, data) if data.strip() else None:
                    case Feedback() as feedback:
                        read.append(feedback)
                    case Refusal() as refusal:
                        self.refusals.append(refusal)
        finally:
            rows.close()
        read.sort(key=lambda each: (each.time, each.feedback_id))
        self.feedback = list({each.feedback_id: each for each in reversed(read)}.values())[::-1]
        self.duplicates = len(read) - len(self.feedback)


def _decoded(row: int, data: bytes) -> Feedback | Refusal:
    if len(data) > MOST_LINE_BYTES:
        return Refusal(row, "too_large", f"more than {MOST_LINE_BYTES} bytes")
    try:
        feedback = decode_feedback(data)
    except msgspec.ValidationError as error:
        return Refusal(row, "invalid", str(error))
    except msgspec.DecodeError as error:
        return Refusal(row, "not_json", str(error))
    if feedback.schema_version != SCHEMA_VERSION:
        found = feedback.schema_version
        return Refusal(
            row, "unsupported_version", f"schema_version {found}: {SCHEMA_VERSION} is read"
        )
    return feedback


class Joining:
    """Feedback as panes of its events' segments, once both are there.

    Parameters
    ----------
    feedback
        Each once, in the order of time.
    scoring
        By which segments, into how long panes.
    """

    def __init__(self, feedback: Sequence[Feedback], scoring: Scoring) -> None:
        self._scoring = scoring
        self._ahead = deque(feedback)
        self._waiting: list[Feedback] = []
        self._wanted = {each.event_id for each in feedback}
        self._events: dict[str, tuple[dict[str, str], str]] = {}
        self.joined = 0

    @property
    def unmatched(self) -> int:
        """How much of what was said has no event."""
        return len(self._waiting)

    def note(self, scored: ScoredBatch) -> None:
        """Remember what these events are, as far as feedback is about them."""
        rows = scored.batch.select(("event_id",)).hstack(self._scoring.dimensions(scored.batch))
        if "prompt.topic" in scored.signals.columns:
            rows = rows.with_columns(scored.signals["prompt.topic"].alias("_topic"))
        rows = rows.filter(pl.col("event_id").is_in(list(self._wanted)))
        for row in rows.iter_rows(named=True):
            event_id, topic = row.pop("event_id"), row.pop("_topic", None)
            self._events[event_id] = {k: v or "" for k, v in row.items()}, topic or ""

    def until(self, newest: float) -> list[Pane]:
        """Panes of what was said until ``newest`` (epoch seconds) and is not told yet."""
        while self._ahead and self._ahead[0].time.timestamp() <= newest:
            self._waiting.append(self._ahead.popleft())
        known = [each for each in self._waiting if each.event_id in self._events]
        self._waiting = [each for each in self._waiting if each.event_id not in self._events]
        self.joined += len(known)
        judged = [Judged(each, *self._events[each.event_id]) for each in known]
        return judgement_panes(judged, self._scoring)

    def rest(self) -> Iterator[tuple[list[Pane], float]]:
        """What was said after the last event, in portions, each with the time of its last."""
        while self._ahead:
            last = self._ahead[min(_AT_ONCE, len(self._ahead)) - 1].time.timestamp()
            yield self.until(last), last
