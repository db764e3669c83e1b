"""A state record of many slots, read where it lies: the table's own bytes are all that is held."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random
from struct import Struct as Layout
from typing import Final

import msgspec
import zstandard

from detectors.watching.state_records import HEADER

_TOGETHER: Final = 64
"""Slots in a frame: more take less room, and longer to look at one of them."""

_OVERHEAD: Final = 200
"""Bytes that a slot takes beside its own in a dictionary."""

_LENGTH: Final = Layout(">I")

Slots = dict[str, bytes]
"""Encoded slots by segment key."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Slots).decode
_decode_arrays = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode
_decode_index = msgspec.msgpack.Decoder(tuple[list[str], list[int]]).decode


class SlotRecord:
    """Slots in frames, each compressed by itself, ascending by segment key.

    The value is an index (the first key of each frame, and each frame's length), led by its own
    length, then the frames. A frame holds each slot as one piece of bytes: whoever looks for one
    need not read through the others. ``stored`` is the record as the state's table has it, header
    and all: what a worker holds of the past is held once.
    """

    __slots__ = ("_ends", "_firsts", "number", "stored")

    def __init__(self, number: int, stored: bytes = b"") -> None:
        self.number = number
        self.stored = stored
        self._firsts: Sequence[str] = ()
        self._ends = array("I")
        if stored:
            self._index(memoryview(stored)[HEADER.size :])

    def write(self, slots: Sequence[tuple[str, bytes]], codec: "Frames") -> bytes:
        """The value that holds these slots, which are ascending by key."""
        parts = [slots[at : at + _TOGETHER] for at in range(0, len(slots), _TOGETHER)]
        frames = [codec.pack(dict(part)) for part in parts]
        index = _encode(([part[0][0] for part in parts], [len(frame) for frame in frames]))
        value = b"".join((_LENGTH.pack(len(index)), index, *frames))
        self._index(memoryview(value))
        return value

    def _index(self, value: memoryview) -> None:
        (length,) = _LENGTH.unpack_from(value)
        begin = _LENGTH.size + length
        firsts, lengths = _decode_index(value[_LENGTH.size : begin])
        self._firsts = tuple(firsts)
        self._ends = array("I", accumulate(lengths, initial=HEADER.size + begin))
        if not firsts or self._ends[-1] != HEADER.size + len(value):
            raise ValueError("not as long as it says")

    @property
    def first(self) -> str:
        """The first key."""
        return self._firsts[0]

    def place(self, key: str) -> int:
        """The frame that has the key if any has."""
        return max(bisect_right(self._firsts, key) - 1, 0)

    def frame(self, place: int) -> memoryview:
        """A frame, compressed."""
        return memoryview(self.stored)[self._ends[place] : self._ends[place + 1]]

    def items(self, codec: "Frames") -> Iterator[tuple[str, bytes]]:
        """All slots, ascending by key."""
        for place in range(len(self._firsts)):
            yield from codec.unpack(self.frame(place))[0].items()


class Frames:
    """Packs slots that are held together, and unpacks them again.

    Remembers some of what it unpacked, up to ``limit_bytes``: windows that slide look at the same
    few blocks again and again. Not for several threads at once.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._bytes = 0
        self._recent: dict[tuple[SlotRecord, int], tuple[Slots, int]] = {}
        self._order: list[tuple[SlotRecord, int]] = []
        self._random = Random(0)
        self._compress = zstandard.ZstdCompressor().compress
        self._decompress = zstandard.ZstdDecompressor().decompress

    def pack(self, slots: Mapping[str, bytes]) -> bytes:
        """The slots in one piece."""
        return self._compress(_encode(slots))

    def unpack(self, frame: memoryview) -> tuple[Slots, int]:
        """The slots, and about how many bytes they take.

        Raises ``RuntimeError`` for what is no frame.
        """
        try:
            found = self._decompress(frame)
        except zstandard.ZstdError:
            raise RuntimeError("a state record is damaged: rebuild the table from panes") from None
        try:
            slots = _decode(found)
        except msgspec.ValidationError:
            # State of version 4.
            slots = {key: bytes(raw) for key, raw in _decode_arrays(found).items()}
        return slots, len(found) + _OVERHEAD * len(slots)

    def slot(self, record: SlotRecord, key: str) -> bytes | None:
        """A slot of the record, if it has the key."""
        where = record, record.place(key)
        found = self._recent.get(where)
        if found is None:
            found = self._recent[where] = self.unpack(record.frame(where[1]))
            self._order.append(where)
            self._bytes += found[1]
            while self._bytes > self._limit:
                self._let_go()
        return found[0].get(key)

    def _let_go(self) -> None:
        # Any, and not the oldest: windows go round through more than there is room for, and would
        # find each gone just before its turn.
        order, chosen = self._order, self._random.randrange(len(self._order))
        order[chosen], order[-1] = order[-1], order[chosen]
        self._bytes -= self._recent.pop(order.pop())[1]
