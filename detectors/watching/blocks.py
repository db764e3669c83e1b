"""Slots of all segments by tier and start, kept as state records."""

import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import Struct

from detectors.watching.journal import StateJournal
from detectors.watching.phases import Phases
from detectors.watching.slot_record import Frames, SlotRecord
from detectors.watching.state_records import StateRecords

S = TypeVar("S", bound=Struct)

Where = tuple[int, int, int]
"""Tier, start and phase."""

_REMEMBERED: Final = 48 * 2**20
"""Bytes of slots at hand: what windows of ten thousand segments look at again and again."""

encode_slot: Final[Callable[[Struct], bytes]] = msgspec.msgpack.Encoder().encode
"""A slot as it is held."""


class Blocks(Generic[S]):
    """Slots of type ``S`` by (tier, start) and segment key.

    Segments of the same phase are together. Slots are held in their state records alone
    (:class:`slot_record.SlotRecord`), cut at ``limit_bytes``; ``name`` begins the records' names.
    What was put is held beside them until it is flushed.
    """

    def __init__(self, name: str, slot: type[S], limit_bytes: int, phases: Phases) -> None:
        self._name = name
        self._limit = limit_bytes
        self._phases = phases
        decoder: Any = msgspec.msgpack.Decoder(slot)
        self._decode: Callable[[bytes], S] = decoder.decode
        self._frames = Frames(_REMEMBERED)
        self._records: dict[Where, list[SlotRecord]] = {}
        self._fresh: dict[Where, dict[str, bytes | None]] = {}
        self._starts: dict[int, dict[int, int]] = {}  # by tier and start, how many phases
        self._held = Counter[int]()  # by phase, how many blocks
        self._dropped: list[tuple[Where, SlotRecord]] = []

    def restore(self, records: StateRecords) -> None:
        """Take the own records out of ``records``."""
        for name in [name for name in records if name.startswith(f"{self._name}|")]:
            _, *numbers = name.split("|")
            tier, start, phase, number = map(int, numbers)
            try:
                record = SlotRecord(number, records.take_stored(name))
            except (msgspec.DecodeError, ValueError, OverflowError, struct.error) as error:
                raise ValueError(
                    f"state record {name!r} is damaged: rebuild the table from panes ({error})"
                ) from None
            self._enter((tier, start, phase)).append(record)
        for found in self._records.values():
            found.sort(key=lambda record: record.first)

    def _enter(self, where: Where) -> list[SlotRecord]:
        """The block's records; it exists from now on."""
        found = self._records.get(where)
        if found is None:
            found = self._records[where] = []
            starts = self._starts.setdefault(where[0], {})
            starts[where[1]] = starts.get(where[1], 0) + 1
            self._held[where[2]] += 1
        return found

    def slots(self, tier: int, start: int, phase: int) -> Iterator[tuple[str, S]]:
        """A phase's slots in the block, with their segment keys; not to be changed meanwhile."""
        for key, encoded in self.items(tier, start, phase):
            yield key, self._decode(encoded)

    def items(self, tier: int, start: int, phase: int) -> Iterator[tuple[str, bytes]]:
        """The same as they are held."""
        return self._items((tier, start, phase))

    def _items(self, where: Where) -> Iterator[tuple[str, bytes]]:
        fresh = self._fresh.get(where, {})
        for record in self._records.get(where, ()):
            for key, encoded in record.items(self._frames):
                if key not in fresh:
                    yield key, encoded
        for key, new in fresh.items():
            if new is not None:
                yield key, new

    def slot(self, tier: int, start: int, segment: str) -> S | None:
        """A segment's slot in the block."""
        encoded = self.encoded(tier, start, segment)
        return None if encoded is None else self._decode(encoded)

    def encoded(self, tier: int, start: int, segment: str) -> bytes | None:
        """The same as it is held, for who needs but a part of it."""
        where = tier, start, self._phases[segment]
        records = self._records.get(where)
        if records is None:
            return None
        fresh = self._fresh.get(where)
        if fresh is not None and segment in fresh:
            return fresh[segment]
        return self._frames.slot(_holding(records, segment), segment) if records else None

    def has(self, tier: int, start: int) -> bool:
        """Whether there is such a block."""
        return start in self._starts.get(tier, ())

    def holds(self, phase: int) -> bool:
        """Whether the phase has any block."""
        return self._held[phase] > 0

    def starts(self, tier: int) -> list[int]:
        """Where the tier has blocks, ascending."""
        return sorted(self._starts.get(tier, ()))

    def __iter__(self) -> Iterator[tuple[str, S]]:
        for where in list(self._records):
            yield from self.slots(*where)

    def put(self, tier: int, start: int, slots: Iterable[tuple[str, bytes]]) -> None:
        """These slots (:func:`encode_slot`) are new or have changed."""
        for segment, encoded in slots:
            where = tier, start, self._phases[segment]
            fresh = self._fresh.get(where)
            if fresh is None:
                self._enter(where)
                fresh = self._fresh[where] = {}
            fresh[segment] = encoded

    def thin(self, tier: int, start: int, phase: int, keep: Callable[[str, S], S]) -> None:
        """Hold of a phase's slots what ``keep`` says from now on."""
        where = tier, start, phase
        for key, encoded in list(self._items(where)):
            slot = self._decode(encoded)
            less = keep(key, slot)
            if less is not slot:
                self._fresh.setdefault(where, {})[key] = encode_slot(less)

    def drop(self, tier: int, start: int, phase: int) -> None:
        """The phase's block is gone."""
        where = tier, start, phase
        records = self._records.pop(where, None)
        if records is None:
            return
        self._dropped += ((where, record) for record in records)
        self._fresh.pop(where, None)
        starts = self._starts[tier]
        self._held[phase] -= 1
        starts[start] -= 1
        if not starts[start]:
            del starts[start]

    def forget(self, segments: set[str]) -> None:
        """These segments are gone from every block."""
        by_phase: dict[int, list[str]] = {}
        for segment in segments:
            by_phase.setdefault(self._phases[segment], []).append(segment)
        for where in self._records:
            for segment in by_phase.get(where[2], ()):
                if self.slot(where[0], where[1], segment) is not None:
                    self._fresh.setdefault(where, {})[segment] = None

    def flush(self, journal: StateJournal) -> None:
        """Put what has changed."""
        for where, record in self._dropped:
            journal.delete(self._name_of(where, record))
        self._dropped.clear()
        for where in sorted(self._fresh):
            self._flush(where, self._fresh[where], journal)
        self._fresh.clear()

    def _flush(self, where: Where, fresh: dict[str, bytes | None], journal: StateJournal) -> None:
        """Write the records anew whose segments changed."""
        records = self._records[where]
        changes: dict[SlotRecord | None, dict[str, bytes | None]] = {}
        for key, encoded in fresh.items():
            record = _holding(records, key) if records else None
            changes.setdefault(record, {})[key] = encoded
        for old, changed in changes.items():
            slots = changed if old is None else {**dict(old.items(self._frames)), **changed}
            if old is not None:
                records.remove(old)
            self._write(where, old, {k: s for k, s in slots.items() if s is not None}, journal)
        records.sort(key=lambda record: record.first)

    def _write(
        self, where: Where, old: SlotRecord | None, slots: dict[str, bytes], journal: StateJournal
    ) -> None:
        """Put the slots into as many records as they need, the first in place of the old one."""
        records, items = self._records[where], sorted(slots.items())
        if old is not None and not items:
            journal.delete(self._name_of(where, old))
        size = sum(len(key) + len(slot) for key, slot in items)
        each = max(len(items) // max(-(-size // self._limit), 1), 1)
        numbers = {record.number for record in records}
        for at in range(0, len(items), each):
            if old is not None and not at:
                number = old.number
            else:
                number = next(n for n in range(len(numbers) + 1) if n not in numbers)
            numbers.add(number)
            record = SlotRecord(number)
            value = record.write(items[at : at + each], self._frames)
            journal.put(self._name_of(where, record), value, record)
            records.append(record)

    def _name_of(self, where: Where, record: SlotRecord) -> str:
        tier, start, phase = where
        return f"{self._name}|{tier}|{start}|{phase}|{record.number}"


def _holding(records: list[SlotRecord], segment: str) -> SlotRecord:
    """The record that has the segment if any has."""
    if len(records) == 1:
        return records[0]
    return records[max(bisect_right(records, segment, key=lambda r: r.first) - 1, 0)]
