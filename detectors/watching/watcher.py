"""The watcher: pane batches in; windows, alerts and state changes out."""

from collections.abc import Iterable, Sequence

from msgspec import structs

from detectors.watching.admission import Admission
from detectors.watching.alerting import Alerting
from detectors.watching.front import Front, parts_of
from detectors.watching.journal import StateJournal
from detectors.watching.kinds import evaluator
from detectors.watching.messages import Messages
from detectors.watching.meta import STATE_VERSION, Meta, decode_meta, encode_meta
from detectors.watching.moments import FEW, Turn, grid, is_busy, turn_of
from detectors.watching.needs import SegmentNeeds
from detectors.watching.past import Past
from detectors.watching.phases import Phases
from detectors.watching.progress import Progress
from detectors.watching.rollup import Rollup
from detectors.watching.settings import WatchSettings
from detectors.watching.state_records import StateRecords
from detectors.watching.step import Step
from detectors.watching.tiers import BLOCK, LONGEST_WINDOW, NEVER, floor_to
from detectors.watching.watched import Watched
from schemas.alerts import Alert
from schemas.changes import Change
from schemas.monitors.resolved import MonitorSet
from schemas.panes import Pane, PaneBatch
from schemas.segments import Segment, Segmentation

_ALL_CLOSED = 3 * 86400
"""Seconds after the newest pane when every window that holds it has closed."""


class Watcher:
    """Watches one partition of the panes topic. Deterministic: no clock, no randomness.

    All panes of a segment, and of the segments of one service, must come through the same
    partition. Evaluation happens at every multiple of the pane's length up to complete time, with
    exactly the events before it, however they were cut into batches; only when more than
    ``max_evaluations`` moments are due at once (nothing was heard for long) it takes the multiples
    of 10 s, 1 min, 10 min, 1 h or 1 d instead. Late data never rewinds evaluation.

    Parameters
    ----------
    monitors
        What to watch.
    settings
        Limits and patience.
    state
        Records put by an earlier watcher of this partition, in any order; a step cut short by a
        crash is undone. Restores exactly.

    Raises
    ------
    ValueError
        When the state was written by a release this one cannot read, or is damaged; when a monitor
        cannot be watched.
    """

    def __init__(
        self,
        monitors: MonitorSet,
        settings: WatchSettings,
        state: Iterable[tuple[str, bytes]] = (),
    ) -> None:
        self._settings = settings
        self._reviews = monitors.reviews
        self._monitors = monitors.monitors
        self._evaluators = [evaluator(monitor) for monitor in monitors.monitors]
        needs = [need for each in self._evaluators for need in each.needs]
        longest = max((need.window for need in needs), default=0)
        if longest > LONGEST_WINDOW:
            raise ValueError(f"a window of {longest} s is longer than {LONGEST_WINDOW} s")
        self._slides = {need.window % BLOCK for need in needs} | {0}
        self._needs: dict[str, SegmentNeeds] = {}
        self._phases = Phases()
        self._admission = Admission(settings.max_segments, settings.chunk_bytes)
        self._front = Front(self._phases)
        self._rollup = Rollup(settings.chunk_bytes, self._phases)
        self._past = Past(self._needs, needs, settings.chunk_bytes, self._phases)
        self._watched = Watched(
            self._evaluators,
            self._needs,
            self._past,
            self._admission,
            self._phases,
            settings,
        )
        self._alerting = Alerting(settings.silence_resolves_seconds, self._watched.families)
        self._progress = Progress()
        self._restored = False
        self._journal = StateJournal(state)
        if self._journal.offset >= 0:
            self._restore()

    @property
    def offset(self) -> int:
        """Offset of the last batch applied; -1 before the first."""
        return self._journal.offset

    @property
    def evaluated_until(self) -> int | None:
        """Event time, in seconds, up to which monitors were evaluated; ``None`` before."""
        return None if self._past.at == NEVER else self._past.at

    @property
    def segments(self) -> int:
        """How many segments are in state."""
        return len(self._admission.seen)

    @property
    def undecided(self) -> dict[str, int]:
        """How many segments each monitor has no verdict on, of those judged since the start."""
        found = self._alerting.undecided
        return {m.name: len(found.get(m.name, ())) for m in self._monitors}

    @property
    def never_decided(self) -> list[str]:
        """The monitors that had no verdict on any segment since the start."""
        return [m.name for m in self._monitors if m.name not in self._alerting.decided]

    def apply(
        self, batch: PaneBatch, offset: int, *, told_at: float, changes: Sequence[Change] = ()
    ) -> Step:
        """Apply the batch at ``offset``; a batch applied before gives an empty step.

        ``told_at`` is the message's own timestamp (epoch seconds): how long sources have been
        silent. ``changes`` are the known changes, in any order; alerts name those shortly before
        them.

        Raises ``ValueError``, with the state untouched, for a batch whose panes are not aligned or
        cannot be read.
        """
        if offset <= self._journal.offset:
            return Step()
        seconds = batch.pane_seconds
        panes = list(zip(batch.panes, parts_of(batch), strict=True))
        late_events, overflowed, kept = 0, dict[Segmentation, int](), list[tuple[str, Pane]]()
        for pane, part in panes:
            end = pane.start + seconds
            if pane.start < self._rollup.merged[0].days:
                late_events += pane.events
                continue
            key, segment = self._admit(pane, overflowed)
            if pane.start < self._rollup.merged_of(key).panes:
                self._rollup.add_late(key, end, part)
            else:
                self._front.add(end, key, part, seen=end <= self._past.at)
                kept.append((key, structs.replace(pane, segment=segment)))
            if end <= self._past.at:
                self._past.add_late(key, end, part)
                if part.events:
                    self._note_newest({key: end})
        self._progress.hear(batch.complete_until, told_at)
        alerts = self._advance(batch, changes)
        front = [pane for key, pane in kept if pane.start >= self._rollup.merged_of(key).panes]
        self._front.keep(self._journal, offset, seconds, front)
        windows = self._rollup.take_windows(version=offset + 1)
        return Step(windows, alerts, self._commit(offset), late_events, overflowed)

    def finish(self) -> Step:
        """Close every window that is open, as when no event will ever come again.

        For input that has an end: nothing is evaluated further, and nothing can be applied.
        """
        until = max(self._front.ends(), default=self._past.at) + _ALL_CLOSED
        self._rollup.advance(until, self._front, apart=False)
        return Step(self._rollup.take_windows(version=self._journal.offset + 2))

    def _admit(self, pane: Pane, overflowed: dict[Segmentation, int]) -> tuple[str, Segment]:
        key, segment, new = self._admission.admit(pane.segment, pane.start)
        if new:
            self._watched.add(key)
        if segment != pane.segment:
            segmentation = tuple(sorted(pane.segment))
            overflowed[segmentation] = overflowed.get(segmentation, 0) + pane.events
        return key, segment

    def _advance(self, batch: PaneBatch, changes: Sequence[Change]) -> list[Alert]:
        """Evaluate up to complete time, then close windows and forget what is long gone."""
        until = self._progress.complete(self._settings.source_idle_seconds)
        if until is None:
            return []
        if self._past.at == NEVER:
            begin = min([until, *(pane.start for pane in batch.panes)])
            self._past.start(floor_to(begin, batch.pane_seconds))
        before, alerts = self._past.at, list[Alert]()
        self._past.changes = changes
        messages = Messages(self._past, self._admission.segments, changes, self._settings)
        for at in grid(
            self._past.at,
            floor_to(until, batch.pane_seconds),
            batch.pane_seconds,
            self._settings.max_evaluations,
        ):
            self._note_newest(self._past.advance(at, self._front))
            watched = self._watched.in_order()
            if is_busy(self._past, len(watched), self._settings.allowed_lateness_seconds):
                self._watched.budget.close(at)
            granted = self._watched.budget.granted(at)
            turn = turn_of(self._past, len(watched), self._slides, granted)
            if self._restored:
                alerts += self._alerting.close_unwatched(watched, self._reviews, at)
                self._restored, turn = False, Turn()
            alerts += self._alerting.remind(self._reviews, at)
            alerts += self._alerting.evaluate(watched, messages, turn)
        at = self._past.at
        apart = self.segments > FEW and not self._settings.offline
        self._rollup.advance(at - self._settings.allowed_lateness_seconds, self._front, apart=apart)
        if before // 60 != at // 60:
            self._expire(at)
        if before // 3600 != at // 3600:
            self._refresh(before)
        return alerts

    def _note_newest(self, ends: dict[str, int]) -> None:
        for key, end in ends.items():
            seen = self._admission.seen[key]
            seen.newest = end if seen.newest is None else max(seen.newest, end)

    def _expire(self, at: int) -> None:
        limit = at - self._settings.segment_expiry_seconds
        gone = {
            key
            for key, seen in self._admission.seen.items()
            if (seen.first if seen.newest is None else seen.newest) <= limit
            and not self._is_budgeted(key, seen.newest, at)
        }
        if gone:
            gone -= self._alerting.segments() | self._front.holds()
            self._admission.remove(gone)
            self._rollup.forget(gone)
            self._past.forget(gone)
            self._alerting.forget(gone)
            self._phases.forget(gone)
            self._watched.forget(gone)

    def _is_budgeted(self, key: str, newest: int | None, at: int) -> bool:
        """Whether an objective's window still holds events of it: silence restores no budget."""
        needs = self._needs.get(key)
        return newest is not None and needs is not None and newest > at - needs.longest_counted()

    def _refresh(self, since: int) -> None:
        """Write once an hour when segments were last seen; in between slots say it."""
        for key, seen in self._admission.seen.items():
            if seen.newest is not None and seen.newest >= since - 3600:
                self._admission.touch(key)

    def _commit(self, offset: int) -> dict[str, bytes | None]:
        merged = self._rollup.merged
        self._front.flush(self._journal, min(each.panes for each in merged))
        for part in (self._admission, self._rollup, self._past, self._alerting):
            part.flush(self._journal)
        meta = encode_meta(Meta(STATE_VERSION, self._past.at, merged, self._progress))
        return self._journal.commit(offset, meta)

    def _restore(self) -> None:
        meta = decode_meta(self._journal.meta)
        records, self._journal.records = self._journal.records, StateRecords()
        self._progress = meta.progress
        self._admission.restore(records)
        for key in self._admission.seen:
            self._watched.add(key)
        self._rollup.restore(records, meta.merged)
        self._front.restore(records, [each.panes for each in meta.merged], meta.at)
        self._past.restore(records, meta.at, self._front)
        self._alerting.restore(records)
        self._note_newest(self._rollup.newest())
        for end in (each for each in self._front.ends() if each <= meta.at):
            self._note_newest({s: end for s, part in self._front.parts(end) if part.events})
        if records:
            raise ValueError(f"state records of an unknown kind: {', '.join(sorted(records)[:3])}")
        self._restored = True
