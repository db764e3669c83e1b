"""What monitors need of a segment's data of one stretch of time."""

from collections.abc import Sequence
from typing import Final, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from detectors.summaries import FlagCounts, Summary, merge_examples
from detectors.watching.front import Part
from detectors.watching.merging import merge_all
from detectors.watching.needs import EVENTS, SegmentNeeds
from detectors.watching.tiers import BLOCK, PAST_TIERS, reach
from schemas.panes import Example

T = TypeVar("T", Raw, Summary)


class SlotSummaries(Struct, array_like=True, frozen=True):
    """The summaries of a :class:`PastSlot`, read without the rest."""

    events: int
    flags: Raw
    summaries: dict[str, Raw]


class SlotCounts(Struct, array_like=True, frozen=True):
    """The counts of a :class:`PastSlot`, read without the rest."""

    events: int
    flags: dict[str, tuple[int, int]]

    def counts(self, signal: str) -> tuple[int, int]:
        """Known and true of a flag; of :data:`EVENTS`, how many and 0."""
        return (self.events, 0) if signal == EVENTS else self.flags.get(signal, (0, 0))


class SlotNumbers(Struct, array_like=True, frozen=True):
    """The counts and summaries of a :class:`PastSlot`, read without the rest."""

    events: int
    flags: dict[str, tuple[int, int]]
    summaries: dict[str, Raw]

    def counts(self, signal: str) -> tuple[int, int]:
        """As of :class:`SlotCounts`."""
        return (self.events, 0) if signal == EVENTS else self.flags.get(signal, (0, 0))


decode_numbers: Final = msgspec.msgpack.Decoder(SlotNumbers).decode
decode_slot_summaries: Final = msgspec.msgpack.Decoder(SlotSummaries).decode
decode_counts: Final = msgspec.msgpack.Decoder(SlotCounts).decode


class PastSlot(Struct, Generic[T], array_like=True):
    """Events, flags as (known, true), other summaries (of ``T``), examples by signal."""

    events: int = 0
    flags: dict[str, tuple[int, int]] = field(default_factory=dict)
    summaries: dict[str, T] = field(default_factory=dict)
    examples: dict[str, list[Example]] = field(default_factory=dict)

    def counts(self, signal: str) -> tuple[int, int]:
        """Known and true of a flag; of :data:`EVENTS`, how many and 0."""
        return (self.events, 0) if signal == EVENTS else self.flags.get(signal, (0, 0))


RawSlot = PastSlot[Raw]
"""A slot whose summaries are encoded."""

ReadSlot = PastSlot[Summary]
"""A slot whose summaries are decoded."""

read_slot: Final = msgspec.msgpack.Decoder(ReadSlot).decode


def slot_of(part: Part, needs: SegmentNeeds, tier: int) -> ReadSlot:
    """What ``tier`` keeps of a part."""
    slot = ReadSlot(part.events)
    kept = needs.kept(tier)
    for name, summary in part.signals.items():
        if name not in kept:
            continue
        if isinstance(summary, FlagCounts):
            slot.flags[name] = summary.count, summary.positive
        else:
            slot.summaries[name] = summary
    if tier == BLOCK and part.examples:
        slot.examples = {n: list(e) for n, e in part.examples.items() if n in needs.examples}
    return slot


def still_needed(slot: PastSlot[T], needs: SegmentNeeds, tier: int, age: int) -> PastSlot[T]:
    """What may still be looked at of a tier's slot that ended ``age`` seconds ago."""
    if age >= PAST_TIERS[tier]:
        # Kept for references in hours alone.
        names = {name for name, longest in needs.hourly.items() if longest + 2 * tier > age}
        return PastSlot(
            slot.events,
            {name: counts for name, counts in slot.flags.items() if name in names},
            {name: raw for name, raw in slot.summaries.items() if name in names},
        )
    kept = {
        name: raw for name, raw in slot.summaries.items() if reach(needs.longest.get(name, 0)) > age
    }
    if len(kept) == len(slot.summaries):
        return slot
    return PastSlot(slot.events, slot.flags, kept, slot.examples)


def merge_slots(slots: Sequence[ReadSlot], needs: SegmentNeeds, tier: int) -> ReadSlot:
    """What ``tier`` keeps of all slots together."""
    keep = needs.kept(tier)
    flags: dict[str, tuple[int, int]] = {}
    for slot in slots:
        for name, (known, true) in slot.flags.items():
            if name in keep:
                before = flags.get(name, (0, 0))
                flags[name] = before[0] + known, before[1] + true
    summaries = merge_all(
        [{name: each for name, each in slot.summaries.items() if name in keep} for slot in slots]
    )
    examples: dict[str, list[Example]] = {}
    if tier == BLOCK:
        for slot in slots:
            for name, found in slot.examples.items():
                examples[name] = merge_examples(examples.get(name, ()), found)
    return PastSlot(sum(slot.events for slot in slots), flags, summaries, examples)
