"""From panes to published windows: every event in full in exactly one slot.

A pane is merged into its 10 s slot, that into the minute, the hour, the day. A slot closes, and
its window is published, when complete time has passed its end; it stays in full a while after
(until the minute, the ten minutes, some time after the hour, some hours after the day are over),
and as long as it does, late data changes it and publishes it anew. Later data goes to the coarser
slot that has swallowed it, and what is later than everything kept is counted as late.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

from detectors.summaries import Summary
from detectors.watching.blocks import Blocks, encode_slot
from detectors.watching.front import Front, Part
from detectors.watching.journal import StateJournal
from detectors.watching.merging import merge_all
from detectors.watching.phases import PHASES, Phases
from detectors.watching.state_records import StateRecords
from detectors.watching.tiers import NEVER, floor_to
from schemas.segments import parse_segment_key
from schemas.windows import Window

_HOUR_STAYS: Final = 600
_DAY_STAYS: Final = 6 * 3600
_LADDER: Final = ((10, 60), (60, 3600), (3600, 86400))

PARTS: Final = 3
"""Ten minutes are merged into the hour in so many parts, one after the other."""

T = TypeVar("T", Raw, Summary)


class FullSlot(Struct, Generic[T], array_like=True):
    """Events of one stretch of time, end of their newest pane, summaries (of ``T``) by signal.

    ``newest`` is 0 without events: there may be feedback alone.
    """

    events: int
    newest: int
    signals: dict[str, T]


Slot = FullSlot[Raw]
"""A slot whose summaries are encoded."""

_ReadSlot = FullSlot[Summary]

_decode = msgspec.msgpack.Decoder(Slot).decode
_read = msgspec.msgpack.Decoder(_ReadSlot).decode


class Merged(Struct, array_like=True):
    """The times up to which data has left each tier for the next coarser one."""

    panes: int = NEVER
    tens: int = NEVER
    minutes: int = NEVER
    hours: int = NEVER
    days: int = NEVER

    def advance(self, closed: float, later: float = 0) -> "Merged":
        """The same when everything before ``closed`` is complete. Never goes back.

        Hours take up ten minutes ``later`` seconds later, and where that is not at once, in parts
        (:data:`PARTS`) as many seconds apart; days take up an hour after those.
        """
        ten_minutes = floor_to(closed - later, 600)
        passed = int((closed - later - ten_minutes) // later) if later else PARTS
        to_come = max(PARTS - 1 - passed, 0)
        after_those = (PARTS + 1) * later
        return Merged(
            panes=max(self.panes, floor_to(closed, 10)),
            tens=max(self.tens, floor_to(closed, 60)),
            minutes=max(self.minutes, ten_minutes - to_come * floor_to(600 // PARTS, 60)),
            hours=max(self.hours, floor_to(closed - after_those - _HOUR_STAYS, 3600)),
            days=max(self.days, floor_to(closed - _DAY_STAYS, 86400)),
        )

    def left(self, tier: int) -> int:
        """Up to where data has left ``tier``."""
        return {10: self.tens, 60: self.minutes, 3600: self.hours, 86400: self.days}[tier]

    def filled(self, tier: int) -> int:
        """Up to where ``tier`` has received its data."""
        return {10: self.panes, 60: self.tens, 3600: self.minutes, 86400: self.hours}[tier]


class Rollup:
    """Open and recent slots of all published resolutions.

    ``merged`` tells by phase how far data has come: of many segments, each phase's come a second
    after those of the phase before (:meth:`advance`).
    """

    def __init__(self, chunk_bytes: int, phases: Phases) -> None:
        self.merged = [Merged()] * PHASES
        self._phases = phases
        self._blocks = Blocks("full", Slot, chunk_bytes, phases)
        self._emitted: dict[tuple[int, int, str], bytes] = {}

    def restore(self, records: StateRecords, merged: list[Merged]) -> None:
        """Take the own records out of ``records``."""
        self.merged = merged
        self._blocks.restore(records)

    def merged_of(self, segment: str) -> Merged:
        """How far a segment's data has come."""
        return self.merged[self._phases[segment]]

    def add_late(self, segment: str, end: int, part: Part) -> bool:
        """Add a pane to the slot that holds its time now; false when nothing does any more."""
        phase = self._phases[segment]
        for tier in (10, 60, 3600, 86400):
            if end > self.merged[phase].left(tier):
                block = floor_to(end - 1, tier)
                slot = _slot_of([(end, part)])
                mine = self._blocks.encoded(tier, block, segment)
                slots = {segment: slot if mine is None else _merge([mine, slot])}
                self._put(tier, block, slots, self.merged[phase])
                return True
        return False

    def advance(self, closed: float, front: Front, *, apart: bool) -> None:
        """Close what ends by ``closed`` and merge what may be merged.

        ``apart``: each phase as many seconds later, so that no moment holds all of the work.
        """
        for phase in range(PHASES):
            before = self.merged[phase]
            merged = before.advance(closed - phase, PHASES) if apart else before.advance(closed)
            self._advance(phase, before, merged, front)

    def _advance(self, phase: int, before: Merged, merged: Merged, front: Front) -> None:
        self.merged[phase] = merged
        if merged == before:
            return
        self._take_panes(phase, front)
        for fine, coarse in _LADDER:
            due = [s for s in self._blocks.starts(fine) if s < merged.left(fine)]
            for block in sorted({floor_to(start, coarse) for start in due}):
                self._swallow(phase, fine, coarse, block, due)
            for start in self._blocks.starts(coarse):
                if before.filled(coarse) < start + coarse <= merged.filled(coarse):
                    self._emit(coarse, start, self._blocks.items(coarse, start, phase))
        for start in self._blocks.starts(86400):
            if start < merged.days:
                self._blocks.drop(86400, start, phase)

    def _take_panes(self, phase: int, front: Front) -> None:
        merged = self.merged[phase]
        by_block: dict[int, dict[str, list[tuple[int, Part]]]] = {}
        for end, parts in front.take_until(merged.panes, phase):
            block = by_block.setdefault(floor_to(end - 1, 10), {})
            for segment, part in parts.items():
                block.setdefault(segment, []).append((end, part))
        for start, segments in by_block.items():
            slots = {segment: _slot_of(parts) for segment, parts in segments.items()}
            self._put(10, start, slots, merged)

    def _swallow(self, phase: int, fine: int, coarse: int, block: int, due: list[int]) -> None:
        """Merge the due fine blocks into their coarse one."""
        parts = {segment: [slot] for segment, slot in self._blocks.items(coarse, block, phase)}
        changed = set()
        for start in due:
            if block <= start < block + coarse:
                for segment, slot in self._blocks.items(fine, start, phase):
                    parts.setdefault(segment, []).append(slot)
                    changed.add(segment)
                self._blocks.drop(fine, start, phase)
        self._blocks.put(coarse, block, ((s, _merge(parts[s])) for s in sorted(changed)))

    def _put(self, tier: int, start: int, slots: dict[str, bytes], merged: Merged) -> None:
        self._blocks.put(tier, start, slots.items())
        if start + tier <= merged.filled(tier):
            self._emit(tier, start, slots.items())

    def _emit(self, tier: int, start: int, slots: Iterable[tuple[str, bytes]]) -> None:
        for segment, slot in slots:
            self._emitted[tier, start, segment] = slot

    def take_windows(self, version: int) -> list[Window]:
        """The windows that closed or changed since last asked, in the order of their ends."""
        emitted, self._emitted = self._emitted, {}
        return [
            Window(
                resolution_seconds=tier,
                start=start,
                segment=parse_segment_key(segment),
                version=version,
                events=slot.events,
                signals=slot.signals,
            )
            for (tier, start, segment), encoded in sorted(emitted.items(), key=_end)
            for slot in (_decode(encoded),)
        ]

    def newest(self) -> dict[str, int]:
        """The end of the newest pane of events of each segment."""
        found: dict[str, int] = {}
        for segment, slot in self._blocks:
            if slot.newest:
                found[segment] = max(slot.newest, found.get(segment, slot.newest))
        return found

    def forget(self, segments: set[str]) -> None:
        """These segments are no longer watched."""
        self._blocks.forget(segments)

    def flush(self, journal: StateJournal) -> None:
        """Put what has changed."""
        self._blocks.flush(journal)


def _slot_of(parts: Sequence[tuple[int, Part]]) -> bytes:
    """The slot of a segment's panes (end, part), in order of time."""
    events = sum(part.events for _, part in parts)
    signals = merge_all([part.signals for _, part in parts])
    newest = max((end for end, part in parts if part.events), default=0)
    return encode_slot(_ReadSlot(events, newest, signals))


def _merge(slots: Sequence[bytes]) -> bytes:
    """All together."""
    if len(slots) == 1:
        return slots[0]
    read = [_read(slot) for slot in slots]
    return encode_slot(
        _ReadSlot(
            sum(slot.events for slot in read),
            max(slot.newest for slot in read),
            merge_all([slot.signals for slot in read]),
        )
    )


def _end(emitted: tuple[tuple[int, int, str], bytes]) -> tuple[int, int]:
    tier, start, _ = emitted[0]
    return start + tier, tier
