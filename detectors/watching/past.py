"""The past that sliding windows look at: only the signals and the stretch that monitors need.

Blocks of every tier exist side by side, so that a window is a few of them (:func:`tiers.cover`);
data not yet in a whole 10 s block is in ``current``. A window's far edge is rounded down to the
tier that holds it: 10 s for windows up to 11 min, 1 min up to 2 h, 10 min up to a day, else an
hour, beyond 3 days a day. It never depends on how the events were cut into batches.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from detectors.summaries import FlagCounts, Summary, decode_summary, encode_summary, merge_examples
from detectors.watching.blocks import Blocks
from detectors.watching.front import Front, Part
from detectors.watching.journal import StateJournal
from detectors.watching.merging import merge_many, merge_newest
from detectors.watching.needs import Need, SegmentNeeds
from detectors.watching.past_slot import PastSlot, merge_slots, slot_of, still_needed
from detectors.watching.phases import PHASES, Phases
from detectors.watching.running_counts import NO_COUNTS, Counts, RunningCounts
from detectors.watching.state_records import StateRecords
from detectors.watching.tiers import (
    BLOCK,
    FORMED_AFTER,
    HOURS,
    NEVER,
    PAST_TIERS,
    cover,
    far_edge,
    floor_to,
)
from detectors.watching.verdict import Block
from schemas.changes import Change
from schemas.panes import Example

_FINER: Final = dict(zip(list(PAST_TIERS)[1:], PAST_TIERS, strict=False))
_TIDIED_AFTER: Final = 40
"""Seconds after a minute when what is not needed any more is let go."""

_AGAIN: Final = 60
"""Seconds after which what was summed up is not added to any more, but summed up anew."""


class Past:
    """Sliding windows over what was seen up to ``at``.

    ``needs`` says what to keep, by segment key, and may grow; a segment not in it is not kept.
    ``wanted`` is all that segments may need. ``since`` is the moment that was seen before ``at``,
    ``changes`` what is known to have gone live.

    Blocks of 10 s are made when they end, larger ones out of them at the segment's own second
    after that (:mod:`phases`), and until then windows look at the smaller. What falls out of the
    running counts is subtracted when they are looked at, or at that second.
    """

    def __init__(
        self,
        needs: Mapping[str, SegmentNeeds],
        wanted: Sequence[Need],
        chunk_bytes: int,
        phases: Phases,
    ) -> None:
        longest = max((need.window for need in wanted), default=0)
        hourly = max((need.window for need in wanted if need.hourly), default=0)
        self.at = NEVER
        self.since = NEVER
        self.changes: Sequence[Change] = ()
        self._needs = needs
        self._phases = phases
        self._kept = {t: min(kept, longest + 2 * t + BLOCK) for t, kept in PAST_TIERS.items()}
        self._kept[HOURS] = max(self._kept[HOURS], hourly + 2 * HOURS)
        self._blocks = Blocks("past", PastSlot, chunk_bytes, phases)
        self._current: dict[str, Part] = {}
        self._settled = NEVER
        windows = {need.window for need in wanted if need.counted}
        self._running = RunningCounts(needs, windows, self._blocks, phases)
        self._covers: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
        self._whole: dict[str, dict[tuple[str, int], tuple[int, int, bytes | None]]] = {}
        self._touched: set[str] = set()

    def restore(self, records: StateRecords, at: int, front: Front) -> None:
        """Take the own records out of ``records``; all is as after evaluation at ``at``."""
        self._blocks.restore(records)
        if at == NEVER:
            return
        self.start(at)
        for phase in range(PHASES):
            self._running.restore(at, phase, floor_to(at - phase, BLOCK))
        for end in front.ends():
            if floor_to(at, BLOCK) < end <= at:
                for segment, part in front.parts(end):
                    if segment in self._needs:
                        self._add(segment, part)

    def start(self, at: int) -> None:
        """Nothing was seen before ``at``."""
        self.at = self.since = self._settled = at
        self._running.slide(self.at)

    def advance(self, at: int, front: Front) -> dict[str, int]:
        """See everything up to ``at``; return the end of each segment's newest pane seen."""
        newest: dict[str, int] = {}
        self.since = self.at
        for boundary in range(floor_to(self.at, BLOCK) + BLOCK, at + 1, BLOCK):
            self._settle(boundary - 1)
            self._see(boundary, front, newest)
            self._slice(boundary)
            self._form(boundary)
        self._see(at, front, newest)
        self._settle(at)
        return newest

    def _see(self, until: int, front: Front, newest: dict[str, int]) -> None:
        self.at = until
        for end, parts in front.pass_until(until):
            for segment, part in parts:
                newest[segment] = end
                if segment in self._needs:
                    self._add(segment, part)
        self._running.slide(until)

    def _add(self, segment: str, part: Part) -> None:
        self._add_current(segment, part)
        self._running.add_part(segment, part)

    def add_late(self, segment: str, end: int, part: Part) -> None:
        """Add a pane that ended by ``at`` to all that holds its time; earlier verdicts stand."""
        needs = self._needs.get(segment)
        if needs is None:
            return
        phase, whole = self._phases[segment], floor_to(self.at, BLOCK)
        self._running.add_late(segment, end, part)
        if end > whole:
            self._add_current(segment, part)
        for tier, held in self._kept.items():
            start = floor_to(end - 1, tier)
            if start + tier <= self._formed(tier, phase) and start + tier + held > whole:
                slot = slot_of(part, needs, tier)
                mine = self._blocks.slot(tier, start, segment)
                both = slot if mine is None else merge_slots([mine, slot], needs, tier)
                age = floor_to(self.at, 60) - start - tier
                kept = still_needed(both, needs, tier, age)
                self._blocks.put(tier, start, [(segment, kept)])
        self._touched.add(segment)
        self._whole.pop(segment, None)

    def _add_current(self, segment: str, part: Part) -> None:
        needs = self._needs[segment]
        part = Part(
            part.events,
            {name: value for name, value in part.signals.items() if name in needs.longest},
            {name: value for name, value in part.examples.items() if name in needs.examples},
        )
        mine = self._current.get(segment)
        self._current[segment] = part if mine is None else mine.merge(part)
        self._touched.add(segment)

    def take_touched(self) -> set[str]:
        """The segments that data came for since last asked."""
        touched, self._touched = self._touched, set()
        return touched

    def _slice(self, boundary: int) -> None:
        """Count the slices that end at ``boundary``, in the block that ends there."""
        if boundary % 60:
            return
        for segment, needs in self._needs.items():
            for source in needs.slices:
                if boundary % source.seconds == 0:
                    counts = self.counts(segment).get((source.source, source.seconds), NO_COUNTS)
                    slice_ = source.judge(*counts)
                    if slice_ is not None:
                        self._add(segment, Part(0, {source.signal: slice_}, {}))

    def _form(self, boundary: int) -> None:
        """Make the finest blocks that end at ``boundary``."""
        current, self._current = self._current, {}
        slots = ((s, slot_of(part, self._needs[s], BLOCK)) for s, part in current.items())
        self._blocks.put(BLOCK, boundary - BLOCK, slots)
        self._covers = {}

    def _formed(self, tier: int, phase: int) -> int:
        """Up to where a phase has its blocks of a tier."""
        if tier == BLOCK:
            return floor_to(self.at, BLOCK)
        return floor_to(self.at - phase, BLOCK) - FORMED_AFTER[tier]

    def _settle(self, until: int) -> None:
        """What each phase does at its second, for the seconds up to ``until``."""
        for second in range(self._settled + 1, until + 1):
            phase = second % PHASES
            self._running.settle(phase)
            for tier, after in FORMED_AFTER.items():
                if (second - phase - after) % tier == 0:
                    self._merge(tier, second - phase - after, phase)
            if (second - phase - _TIDIED_AFTER) % 60 == 0:
                self._drop(second - phase - _TIDIED_AFTER, phase)
                self._thin(second - phase - _TIDIED_AFTER, phase)
        self._settled = max(self._settled, until)

    def _merge(self, tier: int, end: int, phase: int) -> None:
        """Make a phase's block that ended there of smaller ones."""
        parts: dict[str, list[PastSlot]] = {}
        for start in range(end - tier, end, _FINER[tier]):
            for segment, slot in self._blocks.slots(_FINER[tier], start, phase):
                if segment in self._needs:
                    parts.setdefault(segment, []).append(slot)
        slots = ((s, merge_slots(each, self._needs[s], tier)) for s, each in parts.items())
        self._blocks.put(tier, end - tier, slots)

    def _drop(self, at: int, phase: int) -> None:
        for tier, kept in self._kept.items():
            for start in [s for s in self._blocks.starts(tier) if s + tier + kept <= at]:
                self._blocks.drop(tier, start, phase)

    def _thin(self, at: int, phase: int) -> None:
        """Let go what no window looks at any more since the last minute."""
        alike = {id(needs): needs for needs in self._needs.values()}.values()
        ends = {at - each for needs in alike for each in needs.reaches()}
        for tier, kept in PAST_TIERS.items():
            for start in self._blocks.starts(tier):
                end = start + tier
                if any(limit - 60 < end <= limit for limit in (*ends, at - kept)):
                    self._blocks.thin(tier, start, phase, partial(self._needed, tier, at - end))

    def _needed(self, tier: int, age: int, segment: str, slot: PastSlot) -> PastSlot:
        needs = self._needs.get(segment)
        return slot if needs is None else still_needed(slot, needs, tier, age)

    def counts(self, segment: str) -> Mapping[tuple[str, int], Counts]:
        """Running counts by signal and window."""
        return self._running.of(segment)

    def flag(self, segment: str, signal: str, window: int) -> FlagCounts:
        """A flag over a window; of :data:`needs.EVENTS`, how many."""
        slots = self._slots(segment, window)
        current = self._current.get(segment)
        if current is not None and segment in self._needs:
            slots.append(slot_of(current, self._needs[segment], BLOCK))
        counts = [slot.counts(signal) for slot in slots]
        return FlagCounts(sum(known for known, _ in counts), sum(true for _, true in counts))

    def summary(self, segment: str, signal: str, window: int) -> Summary | None:
        """A signal's summary over a window, ``None`` when nothing is known."""
        whole = self._whole_of(segment, signal, window)
        current = self._current.get(segment)
        newest = None if current is None else current.signals.get(signal)
        if (newest is None and whole is None) or isinstance(newest, FlagCounts):
            flag = self.flag(segment, signal, window)
            return flag if flag.count else None
        if whole is None or newest is None:
            return newest if whole is None else whole
        return merge_newest(whole, newest)

    def _whole_of(self, segment: str, signal: str, window: int) -> Summary | None:
        """What is in whole blocks of a window; kept until the far edge moves."""
        cache = self._whole.setdefault(segment, {})
        key, edge, end = (signal, window), far_edge(self.at, window), floor_to(self.at, BLOCK)
        known = cache.get(key)
        if known is None or known[0] != edge or end - known[1] > _AGAIN:
            slots, before = self._slots(segment, window), None
        else:
            before = known[2]
            if known[1] == end:
                return None if before is None else decode_summary(before)
            tens = (self._blocks.slot(BLOCK, t, segment) for t in range(known[1], end, BLOCK))
            slots = [slot for slot in tens if slot is not None]
        raws = [before, *(slot.summaries.get(signal) for slot in slots)]
        found = [decode_summary(raw) for raw in raws if raw is not None]
        whole = merge_many(found) if found else None
        cache[key] = edge, end, None if whole is None else encode_summary(whole)
        return whole

    def history(self, segment: str, signal: str, tier: int, begin: int, end: int) -> list[Block]:
        """A signal in the blocks of a tier that lie in ``begin`` to ``end``."""
        found = []
        for start in range(-(-begin // tier) * tier, end - tier + 1, tier):
            slot = self._slot(tier, start, segment)
            if slot is None:
                continue
            raw, (known, true) = slot.summaries.get(signal), slot.counts(signal)
            summary = None if raw is None else decode_summary(raw)
            if known and summary is None and signal:
                summary = FlagCounts(known, true)
            found.append(Block(start, slot.events, summary))
        return found

    def examples(self, segment: str, signal: str, window: int) -> list[Example]:
        """Examples of the window's last minutes."""
        current = self._current.get(segment)
        found = [] if current is None else current.examples.get(signal, [])
        for start in self._blocks.starts(BLOCK):
            slot = self._blocks.slot(BLOCK, start, segment)
            if slot is not None and start + BLOCK > self.at - window:
                found = merge_examples(found, slot.examples.get(signal, []))
        return found

    def _slot(self, tier: int, start: int, segment: str) -> PastSlot | None:
        """A segment's slot, made of smaller ones where it is not there yet."""
        needs = self._needs.get(segment)
        if needs is None or start + tier <= self._formed(tier, self._phases[segment]):
            return self._blocks.slot(tier, start, segment)
        if start + tier > self.at:
            return None
        finer = _FINER[tier]
        parts = (self._slot(finer, s, segment) for s in range(start, start + tier, finer))
        found = [part for part in parts if part is not None]
        return merge_slots(found, needs, tier) if found else None

    def _slots(self, segment: str, window: int) -> list[PastSlot]:
        formed = floor_to(self.at - self._phases[segment], BLOCK)
        key = window, far_edge(self.at, window), formed
        pieces = self._covers.get(key)
        if pieces is None:
            pieces = self._covers[key] = cover(self.at, window, formed)
        blocks = (self._blocks.slot(*piece, segment) for piece in pieces)
        return [slot for slot in blocks if slot is not None]

    def forget(self, segments: set[str]) -> None:
        """These segments are no longer watched."""
        self._blocks.forget(segments)
        self._running.forget(segments)
        for segment in segments:
            self._current.pop(segment, None)
            self._whole.pop(segment, None)

    def flush(self, journal: StateJournal) -> None:
        """Put what has changed."""
        self._blocks.flush(journal)
