"""All alerts that are pending or firing, moved on at every moment of evaluation."""

from collections.abc import Collection, MutableMapping, Sequence

import msgspec

from detectors.watching.alert_states import AlertRecord, Transition, next_state, open_alert
from detectors.watching.families import Families
from detectors.watching.front import LATEST
from detectors.watching.journal import StateJournal
from detectors.watching.messages import Messages, overdue, unwatched
from detectors.watching.moments import Turn
from detectors.watching.tiers import NEVER
from detectors.watching.verdict import UNCHANGED
from detectors.watching.view import WatchedSegment
from schemas.alerts import Alert, fingerprint
from schemas.monitors.review import Review
from schemas.segments import parse_segment_key

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(AlertRecord).decode


class Alerting:
    """Open alerts by monitor name and segment key."""

    def __init__(self, silence_resolves_seconds: int, families: Families) -> None:
        self._silence = silence_resolves_seconds
        self._families = families
        self._open: dict[tuple[str, str], AlertRecord] = {}
        self._next_looks: dict[str, int] = {}
        self._changed: set[tuple[str, str]] = set()
        self.undecided: dict[str, set[str]] = {}
        """Segments without a verdict, by monitor: too little data, or no reference yet."""
        self.decided: set[str] = set()
        """Monitors that had a verdict on some segment."""

    def restore(self, records: MutableMapping[str, bytes]) -> None:
        """Take the own records out of ``records``."""
        for name in [name for name in records if name.startswith("alert|")]:
            record = _decode(records.pop(name))
            self._open[record.monitor, record.segment] = record
            self._note(record.monitor, record.segment, record.held)

    def segments(self) -> set[str]:
        """Keys of the segments that have an open alert."""
        return {segment for _, segment in self._open}

    def evaluate(
        self, watched: list[WatchedSegment], messages: Messages, turn: Turn
    ) -> list[Alert]:
        """Judge segments at the present moment; the messages of all transitions."""
        told: list[Alert] = []
        open_segments = self.segments()
        next_looks = self._next_looks
        for view in watched:
            key = view.key
            full = (
                turn.touched is None
                or key in turn.touched
                or view.phase in turn.phases
                or key in open_segments
            )
            if not full and next_looks.get(key, NEVER) > turn.at and key not in turn.granted:
                continue
            for evaluator in view.evaluators if full else view.timed:
                verdict = evaluator.evaluate(view)
                if verdict is UNCHANGED:
                    continue
                where = evaluator.monitor.name, view.key
                if verdict.outcome == "unknown":
                    self.undecided.setdefault(where[0], set()).add(view.key)
                else:
                    self.decided.add(where[0])
                    if where[0] in self.undecided:
                        self.undecided[where[0]].discard(view.key)
                record = self._open.get(where)
                if record is None and verdict.outcome != "bad":
                    continue
                after: AlertRecord | None
                transition: Transition | None
                if record is None:
                    after, transition = open_alert(*where, evaluator.kind, verdict, view.at)
                else:
                    after, transition = next_state(record, verdict, view.at, self._silence)
                self._set(where, after)
                if transition is not None:
                    told.append(messages.write(transition, evaluator, view))
            if not full:
                next_looks[key] = min((each.next_look(view) for each in view.timed), default=LATEST)
        return sorted(told, key=lambda alert: alert.fingerprint)

    def remind(self, reviews: Sequence[Review], at: int) -> list[Alert]:
        """Tell, once, of the documents whose day of review is over."""
        told = []
        for review in reviews:
            where = _place(review)
            if review.due <= at and where not in self._open:
                record = AlertRecord(
                    monitor=where[0],
                    kind="self",
                    segment=where[1],
                    state="firing",
                    severity="info",
                    level="0",
                    started_at=review.due,
                    fired_at=review.due,
                )
                self._set(where, record)
                told.append(overdue(Transition("firing", record), review))
        return told

    def close_unwatched(
        self, watched: list[WatchedSegment], reviews: Sequence[Review], at: int
    ) -> list[Alert]:
        """Resolve the alerts of monitors that no longer watch their segment."""
        told = []
        present = {(e.monitor.name, view.key) for view in watched for e in view.evaluators}
        present |= {_place(review) for review in reviews if review.due <= at}
        for where in sorted(self._open.keys() - present):
            told.append(unwatched(Transition("resolved", self._open[where], "unwatched"), at))
            self._set(where, None)
        return told

    def _set(self, where: tuple[str, str], record: AlertRecord | None) -> None:
        if record is None:
            del self._open[where]
        elif self._open.get(where) is record:
            return
        else:
            self._open[where] = record
        self._changed.add(where)
        self._note(*where, () if record is None else record.held)

    def _note(self, monitor: str, key: str, levels: Collection[str]) -> None:
        self._families.note(monitor, key, parse_segment_key(key), levels)

    def forget(self, segments: set[str]) -> None:
        """These segments are no longer watched."""
        for undecided in self.undecided.values():
            undecided.difference_update(segments)
        for segment in segments:
            self._next_looks.pop(segment, None)

    def flush(self, journal: StateJournal) -> None:
        """Put what has changed."""
        for where in sorted(self._changed):
            monitor, segment = where
            name = f"alert|{fingerprint(monitor, parse_segment_key(segment))}"
            record = self._open.get(where)
            if record is None:
                journal.delete(name)
            else:
                journal.put(name, _encode(record))
        self._changed.clear()


def _place(review: Review) -> tuple[str, str]:
    return f"{review.name}.review", "{}"
