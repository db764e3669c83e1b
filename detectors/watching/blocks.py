"""Slots of all segments by tier and start, kept as chunked state records."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from functools import partial
from typing import Any, Final, Generic, Protocol, Self, TypeVar

import msgspec
from msgspec import Raw

from detectors.watching.chunks import Chunks
from detectors.watching.journal import StateJournal
from detectors.watching.packed_slots import Groups, PackedSlots


class _Named(Protocol):
    def renamed(self, names: Mapping[str, str]) -> Self:
        """The same slot with other names of its signals."""
        ...


S = TypeVar("S", bound=_Named)

_REMEMBERED: Final = 64 * 2**20
"""Bytes of slots at hand: what windows of ten thousand segments look at again and again."""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode_raw = msgspec.msgpack.Decoder(dict[str, Raw]).decode


class _Codes(dict[str, str]):
    """A character for every name, made when it is first asked for."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def __missing__(self, name: str) -> str:
        code = self[name] = chr(33 + len(self))
        self.names[code] = name
        return code


class Blocks(Generic[S]):
    """Slots of type ``S`` by (tier, start) and segment key.

    Slots are held encoded, packed, and with a character for each signal's name: millions of them
    are looked at seldom, and take a twentieth of the room. ``name`` begins the names of the state
    records, which have signals' names in full.
    """

    def __init__(self, name: str, slot: type[S], limit_bytes: int) -> None:
        self._name = name
        self._limit = limit_bytes
        decoder: Any = msgspec.msgpack.Decoder(slot)
        self._decode: Callable[[bytes | Raw], S] = decoder.decode
        self._codes = _Codes()
        self._groups = Groups(_REMEMBERED)
        self._numbers: dict[str, int] = {}
        self._keys: list[str] = []
        self._free: list[int] = []
        self._blocks: dict[tuple[int, int], PackedSlots] = {}
        self._chunks: dict[tuple[int, int], Chunks] = {}
        self._dirty: set[tuple[int, int]] = set()
        self._dropped: list[Chunks] = []

    def restore(
        self,
        records: MutableMapping[str, bytes],
        keep: Callable[[tuple[int, int], str, S], S] = lambda _where, _key, slot: slot,
    ) -> None:
        """Take the own records out of ``records``; ``keep`` says what to hold of a slot."""
        for name in [name for name in records if name.startswith(f"{self._name}|")]:
            value = records.pop(name)
            _, tier, start, number = name.split("|")
            where = int(tier), int(start)
            slots = {sys.intern(key): raw for key, raw in _decode_raw(value).items()}
            block = self._blocks.setdefault(where, PackedSlots(self._groups))
            for key, raw in slots.items():
                slot = keep(where, key, self._decode(raw))
                block.put(self._number(key), self._short(slot))
            block.settle()
            self._chunk(where).restore(int(number), slots, len(value))
        for block in self._blocks.values():
            block.pack()

    def slots(self, tier: int, start: int) -> Iterator[tuple[str, S]]:
        """The block's slots with their segment keys."""
        block = self._blocks.get((tier, start))
        if block is not None:
            for number, encoded in block.items():
                yield self._keys[number], self._long(encoded)

    def slot(self, tier: int, start: int, segment: str) -> S | None:
        """A segment's slot in the block."""
        block, number = self._blocks.get((tier, start)), self._numbers.get(segment)
        if block is None or number is None:
            return None
        encoded = block.get(number)
        return None if encoded is None else self._long(encoded)

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
            block = self._blocks.setdefault(where, PackedSlots(self._groups))
            encoded = self._short(slot)
            block.put(self._number(segment), encoded)
            self._chunk(where).touch(segment, len(segment) + len(encoded))
            self._dirty.add(where)

    def thin(
        self,
        tier: int,
        start: int,
        keep: Callable[[tuple[int, int], str, S], S],
        *,
        rewrite: bool = False,
    ) -> None:
        """Hold less of a block from now on; its records stay as they are, or are written anew."""
        where = tier, start
        for number, encoded in list(self._blocks[where].items()):
            slot = self._long(encoded)
            less = keep(where, self._keys[number], slot)
            if less is not slot:
                self._blocks[where].put(number, self._short(less))
                if rewrite:
                    self._chunk(where).touch(self._keys[number], 0)
                    self._dirty.add(where)
        self._blocks[where].pack()

    def drop(self, tier: int, start: int) -> None:
        """The block is gone."""
        where = tier, start
        if self._blocks.pop(where, None) is not None:
            self._dropped.append(self._chunks.pop(where))
            self._dirty.discard(where)

    def forget(self, segments: set[str]) -> None:
        """These segments are gone from every block."""
        known = sorted(segments & self._numbers.keys())
        for where, block in self._blocks.items():
            for segment in known:
                number = self._numbers[segment]
                if block.get(number) is not None:
                    block.remove(number)
                    self._chunks[where].remove(segment)
                    self._dirty.add(where)
            block.settle()
        # A number in use again means another segment: none may be left of the one before.
        for segment in known:
            self._free.append(self._numbers.pop(segment))

    def flush(self, journal: StateJournal) -> None:
        """Put what has changed."""
        for chunks in self._dropped:
            chunks.delete(journal)
        self._dropped.clear()
        for where in sorted(self._dirty):
            self._chunks[where].flush(journal, partial(self._encode_some, self._blocks[where]))
            self._blocks[where].settle()
        self._dirty.clear()

    def _encode_some(self, block: PackedSlots, keys: Iterable[str]) -> bytes:
        found = ((key, block.get(self._numbers[key])) for key in keys)
        return _encode({key: self._long(slot) for key, slot in found if slot is not None})

    def _short(self, slot: S) -> bytes:
        return _encode(slot.renamed(self._codes))

    def _long(self, encoded: bytes) -> S:
        return self._decode(encoded).renamed(self._codes.names)

    def _number(self, key: str) -> int:
        number = self._numbers.get(key)
        if number is None:
            if self._free:
                number = self._free.pop()
                self._keys[number] = key
            else:
                number = len(self._keys)
                self._keys.append(key)
            self._numbers[key] = number
        return number

    def _chunk(self, where: tuple[int, int]) -> Chunks:
        chunks = self._chunks.get(where)
        if chunks is None:
            name = f"{self._name}|{where[0]}|{where[1]}"
            chunks = self._chunks[where] = Chunks(name, self._limit)
        return chunks
