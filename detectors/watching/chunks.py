"""Many small items in few state records.

A write costs a changelogged table hundreds of microseconds whatever its size, and a Kafka message
may not be large: items share records (*chunks*) cut at a size.
"""

from collections.abc import Callable, Iterable

from detectors.watching.journal import StateJournal


class Chunks:
    """Which item is in which record of ``name``, and which records need writing."""

    def __init__(self, name: str, limit_bytes: int) -> None:
        self._name = name
        self._limit = limit_bytes
        self._number: dict[str, int] | None = {}
        self._members: list[dict[str, None] | tuple[str, ...]] = []
        self._bytes: list[int] = []
        self._dirty: set[int] = set()

    def restore(self, number: int, items: Iterable[str], size: int) -> None:
        """Record ``number`` holds these items."""
        while len(self._members) <= number:
            self._members.append({})
            self._bytes.append(0)
        self._members[number] = tuple(items)
        self._bytes[number] = size
        self._number = None

    def touch(self, item: str, size: int) -> None:
        """The item, of about ``size`` bytes, is new or has changed."""
        numbers = self._numbers()
        number = numbers.get(item)
        if number is None:
            number = max(len(self._members) - 1, 0)
            if not self._members or self._bytes[number] + size > self._limit:
                number = self._free()
            numbers[item] = number
            self._open(number)[item] = None
            self._bytes[number] += size
        self._dirty.add(number)

    def remove(self, item: str) -> None:
        """The item is gone."""
        number = self._numbers().pop(item, None)
        if number is not None:
            del self._open(number)[item]
            self._dirty.add(number)

    def flush(self, journal: StateJournal, encode: Callable[[list[str]], bytes]) -> None:
        """Put the records that changed; ``encode`` makes one of its items."""
        for number in sorted(self._dirty):
            items = list(self._members[number])
            # Of most nothing is added or removed any more: a tuple takes a third of the room.
            self._members[number] = tuple(items)
            if items:
                value = encode(items)
                self._bytes[number] = len(value)
                journal.put(f"{self._name}|{number}", value)
            else:
                self._bytes[number] = 0
                journal.delete(f"{self._name}|{number}")
        self._dirty.clear()
        # Most are never touched again: what is known from the members is not held twice.
        self._number = None

    def _open(self, number: int) -> dict[str, None]:
        """The items of a record, to be changed."""
        members = self._members[number]
        if isinstance(members, tuple):
            members = self._members[number] = dict.fromkeys(members)
        return members

    def _numbers(self) -> dict[str, int]:
        """The record of every item."""
        if self._number is None:
            self._number = {
                item: number for number, items in enumerate(self._members) for item in items
            }
        return self._number

    def delete(self, journal: StateJournal) -> None:
        """Delete all records."""
        for number in range(len(self._members)):
            journal.delete(f"{self._name}|{number}")

    def _free(self) -> int:
        """The number of an empty record."""
        for number, members in enumerate(self._members):
            if not members:
                return number
        self._members.append({})
        self._bytes.append(0)
        return len(self._members) - 1
