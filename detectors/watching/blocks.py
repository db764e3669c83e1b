"""Slots of all segments by tier and start, kept as chunked state records."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Generic, TypeVar

import msgspec
from msgspec import Raw

from detectors.watching.chunks import Chunks
from detectors.watching.journal import StateJournal

S = TypeVar("S", bound=msgspec.Struct)

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode_raw = msgspec.msgpack.Decoder(dict[str, Raw]).decode


class Blocks(Generic[S]):
    """Slots of type ``S`` by (tier, start) and segment key.

    Slots are held encoded: millions of them are looked at seldom, and take a fifth of the room.
    ``name`` begins the names of the state records.
    """

    def __init__(self, name: str, slot: type[S], limit_bytes: int) -> None:
        self._name = name
        self._limit = limit_bytes
        self._decode = msgspec.msgpack.Decoder(slot).decode
        self._blocks: dict[tuple[int, int], dict[str, bytes]] = {}
        self._chunks: dict[tuple[int, int], Chunks] = {}
        self._dirty: set[tuple[int, int]] = set()
        self._dropped: list[Chunks] = []

    def restore(self, records: dict[str, bytes]) -> None:
        """Take the own records out of ``records``."""
        for name in [name for name in records if name.startswith(f"{self._name}|")]:
            value = records.pop(name)
            _, tier, start, number = name.split("|")
            where = int(tier), int(start)
            slots = {sys.intern(key): bytes(raw) for key, raw in _decode_raw(value).items()}
            self._blocks.setdefault(where, {}).update(slots)
            self._chunk(where).restore(int(number), slots, len(value))

    def slots(self, tier: int, start: int) -> Iterator[tuple[str, S]]:
        """The block's slots with their segment keys."""
        for key, encoded in self._blocks.get((tier, start), {}).items():
            yield key, self._decode(encoded)

    def slot(self, tier: int, start: int, segment: str) -> S | None:
        """A segment's slot in the block."""
        encoded = self._blocks.get((tier, start), {}).get(segment)
        return None if encoded is None else self._decode(encoded)

    def starts(self, tier: int) -> list[int]:
        """Where the tier has blocks, ascending."""
        return sorted(start for t, start in self._blocks if t == tier)

    def __iter__(self) -> Iterator[tuple[str, S]]:
        for where in self._blocks:
            yield from self.slots(*where)

    def put(self, tier: int, start: int, slots: Iterable[tuple[str, S]]) -> None:
        """These slots are new or have changed."""
        where = tier, start
        for segment, slot in slots:
            encoded = _encode(slot)
            self._blocks.setdefault(where, {})[segment] = encoded
            self._chunk(where).touch(segment, len(segment) + len(encoded))
            self._dirty.add(where)

    def drop(self, tier: int, start: int) -> None:
        """The block is gone."""
        where = tier, start
        if self._blocks.pop(where, None) is not None:
            self._dropped.append(self._chunks.pop(where))
            self._dirty.discard(where)

    def forget(self, segments: set[str]) -> None:
        """These segments are gone from every block."""
        for where, block in self._blocks.items():
            for segment in segments & block.keys():
                del block[segment]
                self._chunks[where].remove(segment)
                self._dirty.add(where)

    def flush(self, journal: StateJournal) -> None:
        """Put what has changed."""
        for chunks in self._dropped:
            chunks.delete(journal)
        self._dropped.clear()
        for where in sorted(self._dirty):
            self._chunks[where].flush(journal, partial(_encode_some, self._blocks[where]))
        self._dirty.clear()

    def _chunk(self, where: tuple[int, int]) -> Chunks:
        chunks = self._chunks.get(where)
        if chunks is None:
            name = f"{self._name}|{where[0]}|{where[1]}"
            chunks = self._chunks[where] = Chunks(name, self._limit)
        return chunks


def _encode_some(slots: Mapping[str, bytes], keys: Iterable[str]) -> bytes:
    return _encode({key: Raw(slots[key]) for key in keys})
