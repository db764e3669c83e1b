"""Encoded slots of one block, most of them compressed, a few together."""

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

import msgspec
import zstandard

_WORTH: Final = 4
"""Fresh slots are packed when they are so large a part (a quarter) of those that are."""

_TOGETHER: Final = 64
"""Slots in a group: more take less room, and longer to look at one of them."""

_OVERHEAD: Final = 80
"""Bytes that a slot takes beside its own in a dictionary."""

Group = dict[int, bytes]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Group).decode


class Groups:
    """Packs slots that are held together, and unpacks them again.

    Remembers what it unpacked of late, up to ``limit_bytes``: windows that slide look at the same
    few blocks again and again. Not for several threads at once.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._bytes = 0
        self._recent: OrderedDict[bytes, Group] = OrderedDict()
        self._compress = zstandard.ZstdCompressor().compress
        self._decompress = zstandard.ZstdDecompressor().decompress

    def pack(self, group: Group) -> bytes:
        """The slots in one piece."""
        # Copied: the compressor's own bytes keep the room that they might have needed.
        return bytes(memoryview(self._compress(_encode(group))))

    def unpack(self, packed: bytes) -> Group:
        """The slots by number."""
        return _decode(self._decompress(packed))

    def recall(self, packed: bytes) -> Group:
        """The same, remembered; not to be changed."""
        found = self._recent.get(packed)
        if found is not None:
            self._recent.move_to_end(packed)
            return found
        found = self._recent[packed] = self.unpack(packed)
        self._bytes += _size(found)
        while self._bytes > self._limit:
            self._bytes -= _size(self._recent.popitem(last=False)[1])
        return found


def _size(group: Group) -> int:
    return sum(map(len, group.values())) + _OVERHEAD * len(group)


class PackedSlots:
    """Bytes by number of the segment.

    A worker holds millions of slots, nearly all of them for good and seldom looked at: packed,
    they take two thirds of their own length.
    """

    __slots__ = ("_codec", "_first", "_fresh", "_gone", "_groups", "_packed")

    def __init__(self, codec: Groups) -> None:
        self._codec = codec
        self._first = array("I")  # the least number of each group
        self._groups: list[bytes] = []
        self._packed = 0
        self._fresh: Group = {}
        self._gone: set[int] = set()

    def get(self, number: int) -> bytes | None:
        """The slot, if there is one."""
        fresh = self._fresh.get(number)
        if fresh is not None or number in self._gone:
            return fresh
        place = bisect_right(self._first, number) - 1
        return self._codec.recall(self._groups[place]).get(number) if place >= 0 else None

    def put(self, number: int, slot: bytes) -> None:
        """The slot is new, or has changed."""
        self._fresh[number] = slot

    def remove(self, number: int) -> None:
        """The slot is gone, if there was one."""
        self._fresh.pop(number, None)
        self._gone.add(number)

    def items(self) -> Iterator[tuple[int, bytes]]:
        """All slots; not to be changed meanwhile."""
        for group in self._groups:
            for number, slot in self._codec.unpack(group).items():
                if number not in self._fresh and number not in self._gone:
                    yield number, slot
        yield from self._fresh.items()

    def settle(self) -> None:
        """Pack what is fresh, where that is worth it."""
        if (len(self._fresh) + len(self._gone)) * _WORTH >= self._packed:
            self.pack()

    def pack(self) -> None:
        """Pack what is fresh."""
        if not self._fresh and not self._gone:
            return
        found = sorted(self.items())
        groups = [found[at : at + _TOGETHER] for at in range(0, len(found), _TOGETHER)]
        self._first = array("I", (group[0][0] for group in groups))
        self._groups = [self._codec.pack(dict(group)) for group in groups]
        self._packed, self._fresh, self._gone = len(found), {}, set()
