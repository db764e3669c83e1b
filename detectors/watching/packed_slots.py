"""Encoded slots of one block, most of them in one piece."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

_WORTH: Final = 4
"""Fresh slots are packed when they are so large a part (a quarter) of those that are."""


class PackedSlots:
    """Bytes by number of the segment.

    A worker holds millions of slots, nearly all of them for good: as values of a dictionary each
    would take seventy bytes beside its own. What :meth:`settle` has packed takes eight.
    """

    __slots__ = ("_bytes", "_ends", "_fresh", "_gone", "_numbers")

    def __init__(self) -> None:
        self._numbers = array("I")
        self._ends = array("Q")
        self._bytes = b""
        self._fresh: dict[int, bytes] = {}
        self._gone: set[int] = set()

    def get(self, number: int) -> bytes | None:
        """The slot, if there is one."""
        fresh = self._fresh.get(number)
        if fresh is not None or number in self._gone:
            return fresh
        place = bisect_left(self._numbers, number)
        if place == len(self._numbers) or self._numbers[place] != number:
            return None
        return self._bytes[self._ends[place - 1] if place else 0 : self._ends[place]]

    def put(self, number: int, slot: bytes) -> None:
        """The slot is new, or has changed."""
        self._fresh[number] = slot

    def remove(self, number: int) -> None:
        """The slot is gone, if there was one."""
        self._fresh.pop(number, None)
        self._gone.add(number)

    def items(self) -> Iterator[tuple[int, bytes]]:
        """All slots; not to be changed meanwhile."""
        begin = 0
        for number, end in zip(self._numbers, self._ends, strict=True):
            if number not in self._fresh and number not in self._gone:
                yield number, self._bytes[begin:end]
            begin = end
        yield from self._fresh.items()

    def settle(self) -> None:
        """Pack what is fresh, where that is worth it."""
        if (len(self._fresh) + len(self._gone)) * _WORTH >= len(self._numbers):
            self.pack()

    def pack(self) -> None:
        """Pack what is fresh."""
        if not self._fresh and not self._gone:
            return
        found = sorted(self.items())
        self._numbers = array("I", (number for number, _ in found))
        self._ends = array("Q", accumulate(len(slot) for _, slot in found))
        self._bytes = b"".join(slot for _, slot in found)
        self._fresh, self._gone = {}, set()
