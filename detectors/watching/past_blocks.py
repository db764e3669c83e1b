"""The blocks of the past: small ones become large ones, and what nobody looks at is let go.

Blocks of 10 s are made when they end, larger ones out of them some seconds later, at the segment's
own second (:mod:`phases`): of many segments, no moment has all the work. Until then windows look at
the smaller ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from detectors.watching.blocks import Blocks, encode_slot
from detectors.watching.front import Part
from detectors.watching.needs import Need, SegmentNeeds
from detectors.watching.past_slot import (
    RawSlot,
    ReadSlot,
    merge_slots,
    read_slot,
    slot_of,
    still_needed,
)
from detectors.watching.phases import PHASES, Phases
from detectors.watching.tiers import (
    BLOCK,
    FORMED_AFTER,
    HOURS,
    PAST_TIERS,
    cover,
    far_edge,
    floor_to,
)

_FINER: Final = dict(zip(list(PAST_TIERS)[1:], PAST_TIERS, strict=False))

_TIDIED_AFTER: Final = 40
"""Seconds after a minute when what is not needed any more is let go."""


class PastBlocks:
    """Slots by tier, start and segment, of what ``needs`` says; ``wanted`` is all of that.

    ``held`` are those that exist.
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
        self.held = Blocks("past", RawSlot, chunk_bytes, phases)
        self._needs = needs
        self._phases = phases
        self._kept = {t: min(kept, longest + 2 * t + BLOCK) for t, kept in PAST_TIERS.items()}
        self._kept[HOURS] = max(self._kept[HOURS], hourly + 2 * HOURS)
        self._covers: dict[tuple[int, int, int], list[tuple[int, int]]] = {}

    def form(self, boundary: int, parts: Iterable[tuple[str, Part]]) -> None:
        """Make the finest blocks that end at ``boundary``."""
        slots = (
            (segment, encode_slot(slot_of(part, self._needs[segment], BLOCK)))
            for segment, part in parts
        )
        self.held.put(BLOCK, boundary - BLOCK, slots)
        self._covers = {}

    def settle(self, second: int) -> None:
        """What the phase whose second this is has to do."""
        phase, whole = second % PHASES, floor_to(second, PHASES)
        if not self.held.holds(phase):
            return
        for tier, after in FORMED_AFTER.items():
            if (whole - after) % tier == 0:
                self._merge(tier, whole - after, phase)
        if (whole - _TIDIED_AFTER) % 60 == 0:
            self._drop(whole - _TIDIED_AFTER, phase)
            self._thin(whole - _TIDIED_AFTER, phase)

    def _merge(self, tier: int, end: int, phase: int) -> None:
        """Make a phase's block that ended there of smaller ones."""
        parts: dict[str, list[bytes]] = {}
        for start in range(end - tier, end, _FINER[tier]):
            for segment, slot in self.held.items(_FINER[tier], start, phase):
                if segment in self._needs:
                    parts.setdefault(segment, []).append(slot)
        slots = (
            (s, encode_slot(merge_slots([*map(read_slot, each)], self._needs[s], tier)))
            for s, each in parts.items()
        )
        self.held.put(tier, end - tier, slots)

    def _drop(self, at: int, phase: int) -> None:
        for tier, kept in self._kept.items():
            for start in [s for s in self.held.starts(tier) if s + tier + kept <= at]:
                self.held.drop(tier, start, phase)

    def _thin(self, at: int, phase: int) -> None:
        """Let go what no window looks at any more since the last minute."""
        alike = {id(needs): needs for needs in self._needs.values()}.values()
        ends = {at - each for needs in alike for each in needs.reaches()}
        for tier, kept in PAST_TIERS.items():
            passed = {
                end
                for limit in (*ends, at - kept)
                for end in range(floor_to(limit, tier), limit - 60, -tier)
            }
            for end in sorted(passed):
                if self.held.has(tier, end - tier):
                    needed = partial(self._needed, tier, at - end)
                    self.held.thin(tier, end - tier, phase, needed)

    def _needed(self, tier: int, age: int, segment: str, slot: RawSlot) -> RawSlot:
        needs = self._needs.get(segment)
        return slot if needs is None else still_needed(slot, needs, tier, age)

    def _formed(self, tier: int, at: int, segment: str) -> int:
        """Up to where the segment has its blocks of a tier at a moment."""
        if tier == BLOCK:
            return floor_to(at, BLOCK)
        return floor_to(at - self._phases[segment], BLOCK) - FORMED_AFTER[tier]

    def add_late(self, segment: str, end: int, part: Part, at: int) -> None:
        """Add a pane that ended at ``end`` to all blocks that were made and hold its time."""
        needs = self._needs[segment]
        for tier, kept in self._kept.items():
            start = floor_to(end - 1, tier)
            made = start + tier <= self._formed(tier, at, segment)
            if made and start + tier + kept > floor_to(at, BLOCK):
                slot = slot_of(part, needs, tier)
                mine = self.held.encoded(tier, start, segment)
                both = slot if mine is None else merge_slots([read_slot(mine), slot], needs, tier)
                age = floor_to(at, 60) - start - tier
                kept_of = still_needed(both, needs, tier, age)
                self.held.put(tier, start, [(segment, encode_slot(kept_of))])

    def slot(self, tier: int, start: int, segment: str, at: int) -> ReadSlot | None:
        """A segment's slot as of a moment, made of smaller ones where it is not there yet."""
        needs = self._needs.get(segment)
        if needs is None or start + tier <= self._formed(tier, at, segment):
            encoded = self.held.encoded(tier, start, segment)
            return None if encoded is None else read_slot(encoded)
        if start + tier > at:
            return None
        finer = _FINER[tier]
        parts = (self.slot(finer, s, segment, at) for s in range(start, start + tier, finer))
        found = [part for part in parts if part is not None]
        return merge_slots(found, needs, tier) if found else None

    def pieces(self, at: int, window: int, segment: str) -> list[tuple[int, int]]:
        """The blocks that make up a segment's window at a moment, as (tier, start)."""
        formed = floor_to(at - self._phases[segment], BLOCK)
        key = window, far_edge(at, window), formed
        pieces = self._covers.get(key)
        if pieces is None:
            pieces = self._covers[key] = cover(at, window, formed)
        return pieces
