"""The past that sliding windows look at: only the signals and the stretch that monitors need.

Blocks of every tier exist side by side, so that a window is a few of them (:func:`tiers.cover`);
data not yet in a whole 10 s block is in ``current``. A window's far edge is rounded down to the
tier that holds it: 10 s for windows up to 11 min, 1 min up to 2 h, 10 min up to a day, else an
hour, beyond 3 days a day. It never depends on how the events were cut into batches.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Raw

from detectors.summaries import (
    FlagCounts,
    Summary,
    decode_summaries,
    decode_summary,
    encode_summary,
    merge_examples,
)
from detectors.watching.front import Front, Part
from detectors.watching.journal import StateJournal
from detectors.watching.merging import merge_many, merge_newest
from detectors.watching.needs import Need, SegmentNeeds
from detectors.watching.past_blocks import PastBlocks
from detectors.watching.past_slot import ReadSlot, decode_counts, decode_slot_summaries, slot_of
from detectors.watching.phases import PHASES, Phases
from detectors.watching.running_counts import NO_COUNTS, Counts, RunningCounts
from detectors.watching.running_numbers import Numbers
from detectors.watching.state_records import StateRecords
from detectors.watching.tiers import BLOCK, NEVER, far_edge, far_tier, floor_to
from detectors.watching.verdict import Block
from schemas.changes import Change
from schemas.panes import Example

_AGAIN: Final = 60
"""Seconds after which what was summed up is not added to any more, but summed up anew."""


class Past:
    """Sliding windows over what was seen up to ``at``.

    ``needs`` says what to keep, by segment key, and may grow; a segment not in it is not kept.
    ``wanted`` is all that segments may need. ``since`` is the moment that was seen before ``at``,
    ``changes`` what is known to have gone live.
    """

    def __init__(
        self,
        needs: Mapping[str, SegmentNeeds],
        wanted: Sequence[Need],
        chunk_bytes: int,
        phases: Phases,
    ) -> None:
        self.at = NEVER
        self.since = NEVER
        self.changes: Sequence[Change] = ()
        self._needs = needs
        self._blocks = PastBlocks(needs, wanted, chunk_bytes, phases)
        self._current: dict[str, Part] = {}
        self._settled = NEVER
        counted = {need.window for need in wanted if need.counted}
        measured = {need.window for need in wanted if need.bounds is not None}
        self._running = RunningCounts(
            needs, counted | measured, measured, self._blocks.held, phases
        )
        self._whole: dict[str, dict[tuple[str, int], tuple[int, int, bytes | None]]] = {}
        self._middle: dict[str, dict[tuple[str, int], tuple[tuple[int, int], bytes | None]]] = {}
        self._touched: set[str] = set()
        self._read: tuple[tuple[str, int, int, int], list[tuple[int, ReadSlot]]] | None = None

    def restore(self, records: StateRecords, at: int, front: Front) -> None:
        """Take the own records out of ``records``; all is as after evaluation at ``at``."""
        self._blocks.held.restore(records)
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
        """See everything up to ``at``; return the end of each segment's newest pane of events.

        Panes of feedback have none: an application that people still judge may be silent.
        """
        newest: dict[str, int] = {}
        self.since, self._read = self.at, None
        for boundary in range(floor_to(self.at, BLOCK) + BLOCK, at + 1, BLOCK):
            self._settle(boundary - 1)
            self._see(boundary, front, newest)
            self._slice(boundary)
            current, self._current = self._current, {}
            self._blocks.form(boundary, current.items())
        self._see(at, front, newest)
        self._settle(at)
        return newest

    def _see(self, until: int, front: Front, newest: dict[str, int]) -> None:
        self.at = until
        for end, parts in front.pass_until(until):
            for segment, part in parts:
                if part.events:
                    newest[segment] = end
                if segment in self._needs:
                    self._add(segment, part)
        self._running.slide(until)

    def _add(self, segment: str, part: Part) -> None:
        self._add_current(segment, part)
        self._running.add_part(segment, part)

    def add_late(self, segment: str, end: int, part: Part) -> None:
        """Add a pane that ended by ``at`` to all that holds its time; earlier verdicts stand."""
        if segment not in self._needs:
            return
        self._read = None
        self._running.add_late(segment, end, part)
        if end > floor_to(self.at, BLOCK):
            self._add_current(segment, part)
        self._blocks.add_late(segment, end, part, self.at)
        self._touched.add(segment)
        self._whole.pop(segment, None)
        self._middle.pop(segment, None)

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

    def _settle(self, until: int) -> None:
        """What each phase does at its second, for the seconds up to ``until``."""
        for second in range(self._settled + 1, until + 1):
            self._running.settle(second % PHASES)
            self._blocks.settle(second)
        self._settled = max(self._settled, until)

    def counts(self, segment: str) -> Mapping[tuple[str, int], Counts]:
        """Running counts by signal and window."""
        return self._running.of(segment)

    def numbers(self, segment: str) -> Mapping[tuple[str, int], Numbers | None]:
        """Running numbers by signal and window; ``None`` where the summary has to be asked."""
        return self._running.numbers(segment)

    def flag(self, segment: str, signal: str, window: int) -> FlagCounts:
        """A flag over a window; of :data:`needs.EVENTS`, how many."""
        pieces = self._blocks.pieces(self.at, window, segment)
        encoded = (self._blocks.held.encoded(*piece, segment) for piece in pieces)
        counts = [decode_counts(slot).counts(signal) for slot in encoded if slot is not None]
        current = self._current.get(segment)
        if current is not None and segment in self._needs:
            counts.append(slot_of(current, self._needs[segment], BLOCK).counts(signal))
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
            pieces, before = self._blocks.pieces(self.at, window, segment), None
        else:
            before = known[2]
            if known[1] == end:
                return None if before is None else decode_summary(before)
            pieces = [(BLOCK, start) for start in range(known[1], end, BLOCK)]
        # What edges move over every ten seconds; of others it is not worth the room.
        often = far_tier(window) == BLOCK
        middle = [piece for piece in pieces if piece[0] > BLOCK] if often else []
        at = pieces.index(middle[0]) if middle else len(pieces)
        raws = [before, *self._raws(segment, signal, pieces[:at])]
        if middle:
            raws.append(self._middle_of(segment, signal, window, middle))
            raws += self._raws(segment, signal, pieces[at + len(middle) :])
        found = decode_summaries([raw for raw in raws if raw is not None])
        whole = merge_many(found) if found else None
        cache[key] = edge, end, None if whole is None else encode_summary(whole)
        return whole

    def _middle_of(
        self, segment: str, signal: str, window: int, pieces: list[tuple[int, int]]
    ) -> bytes | None:
        """What is in a window's larger blocks: they stay while its far edge moves by small ones."""
        cache = self._middle.setdefault(segment, {})
        key, span = (signal, window), (pieces[0][1], sum(pieces[-1]))
        known = cache.get(key)
        if known is None or known[0] != span:
            found = decode_summaries(self._raws(segment, signal, pieces))
            known = cache[key] = span, encode_summary(merge_many(found)) if found else None
        return known[1]

    def _raws(self, segment: str, signal: str, pieces: list[tuple[int, int]]) -> list[Raw]:
        """A signal's summaries in these blocks, as they are held."""
        slots = (self._blocks.held.encoded(tier, start, segment) for tier, start in pieces)
        raws = (
            decode_slot_summaries(slot).summaries.get(signal) for slot in slots if slot is not None
        )
        return [raw for raw in raws if raw is not None]

    def history(self, segment: str, signal: str, tier: int, begin: int, end: int) -> list[Block]:
        """A signal in the blocks of a tier that lie in ``begin`` to ``end``."""
        found = []
        for start, slot in self._stretch(segment, tier, begin, end):
            summary, (known, true) = slot.summaries.get(signal), slot.counts(signal)
            if known and summary is None and signal:
                summary = FlagCounts(known, true)
            found.append(Block(start, slot.events, summary))
        return found

    def _stretch(self, segment: str, tier: int, begin: int, end: int) -> list[tuple[int, ReadSlot]]:
        """The slots in ``begin`` to ``end``, read once for all signals that are asked for."""
        which = segment, tier, begin, end
        if self._read is None or self._read[0] != which:
            starts = range(-(-begin // tier) * tier, end - tier + 1, tier)
            slots = ((start, self._blocks.slot(tier, start, segment, self.at)) for start in starts)
            self._read = which, [(start, slot) for start, slot in slots if slot is not None]
        return self._read[1]

    def examples(self, segment: str, condition: str, window: int) -> list[Example]:
        """Events of the window's last minutes that were sampled as fulfilling the condition."""
        current = self._current.get(segment)
        found = [] if current is None else current.examples.get(condition, [])
        for start in self._blocks.held.starts(BLOCK):
            slot = self._blocks.held.slot(BLOCK, start, segment)
            if slot is not None and start + BLOCK > self.at - window:
                found = merge_examples(found, slot.examples.get(condition, []))
        return found

    def forget(self, segments: set[str]) -> None:
        """These segments are no longer watched."""
        self._blocks.held.forget(segments)
        self._running.forget(segments)
        for segment in segments:
            self._current.pop(segment, None)
            self._whole.pop(segment, None)
            self._middle.pop(segment, None)

    def flush(self, journal: StateJournal) -> None:
        """Put what has changed."""
        self._blocks.held.flush(journal)
