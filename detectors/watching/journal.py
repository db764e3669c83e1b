"""State records that a crash cannot leave half changed.

A step's puts become durable one after the other, and a crash keeps any prefix. So a new value never
overwrites the one it replaces: every record has two physical keys, written in turn (shadow paging),
each value begins with the offset of the step that wrote it, and the record ``meta``, put after the
new values and before the deletion of the old ones, names the offset that counts. On restoring, a
value of a later step is a step cut short: ignored, and removed by the next commit. What is gone
leaves a tombstone until the commit after. Thus a restored state is always that after a whole step.
``watch`` writes a step in one transaction, which leaves no such prefix; earlier releases did not.
"""

from collections.abc import Iterable
from typing import Final, Protocol

from detectors.watching.state_records import GONE, HEADER, PLAIN, RecordWriter, StateRecords

META: Final = "meta"


class Holder(Protocol):
    """Whoever reads of its record itself: told of the bytes that are stored, once they are."""

    stored: bytes


def offset_of(meta: bytes) -> int:
    """The offset of the last whole step, of the record :data:`META` alone.

    Raises ``ValueError`` when it is too short to be one.
    """
    return _header(META, meta)[0]


class StateJournal:
    """Collects a step's changes and orders them; reads them back.

    Parameters
    ----------
    state
        Physical records put before, in any order.

    Attributes
    ----------
    offset
        Of the last whole step, -1 before the first.
    meta
        What :meth:`commit` was last given.
    records
        The records as they are after that step, by name; to be taken by their owners.

    Raises
    ------
    ValueError
        When a record is too short to be one.
    """

    def __init__(self, state: Iterable[tuple[str, bytes]] = ()) -> None:
        self.offset = -1
        self.meta = b""
        self.records = StateRecords()
        self._writer = RecordWriter()
        self._place: dict[str, int] = {}  # the physical key in use, by name
        self._aborted: list[str] = []
        self._stale: list[str] = []
        self._puts: dict[str, tuple[bytes | None, Holder | None]] = {}
        self._restore(list(state))

    def _restore(self, state: list[tuple[str, bytes]]) -> None:
        found: list[tuple[int, bool, str, bytes]] = []
        for key, value in state:
            offset, exists = _header(key, value)
            if key == META:
                self.offset, self.meta = offset, value[HEADER.size :]
            else:
                found.append((offset, exists, key, value))
        latest: dict[str, tuple[bool, bytes]] = {}
        for offset, exists, key, value in sorted(found):
            if offset > self.offset:
                self._aborted.append(key)
                continue
            name, place = key[:-2], int(key[-1])
            if name in latest:
                self._stale.append(_physical(name, self._place[name]))
            latest[name] = (exists, value)
            self._place[name] = place
        for name, (exists, value) in latest.items():
            if exists:
                self.records.keep(name, value)
            else:
                self._stale.append(_physical(name, self._place.pop(name)))

    def put(self, name: str, value: bytes, holder: Holder | None = None) -> None:
        """The record now has this value; one with a ``holder`` is stored as it is."""
        self._puts[name] = value, holder

    def delete(self, name: str) -> None:
        """The record is gone."""
        self._puts[name] = None, None

    def commit(self, offset: int, meta: bytes) -> dict[str, bytes | None]:
        """Everything changed since the last commit as physical puts, in the order to write them."""
        puts: dict[str, bytes | None] = {}
        stale, self._stale = self._stale, []
        for name, (value, holder) in self._puts.items():
            old = self._place.get(name)
            if value is None and old is None:
                continue
            new = 0 if old is None else 1 - old
            key = _physical(name, new)
            if old is None and key in stale:  # occupied by a tombstone that goes with this commit
                new, key = 1, _physical(name, 1)
            puts[key] = stored = self._writer.stored(offset, value, plain=holder is not None)
            if holder is not None:
                holder.stored = stored
            if old is not None:
                stale.append(_physical(name, old))
            if value is None:
                del self._place[name]
                self._stale.append(key)
            else:
                self._place[name] = new
        found: dict[str, bytes | None] = {k: None for k in self._aborted if k not in puts}
        found |= puts
        found[META] = HEADER.pack(offset, PLAIN) + meta
        found |= {key: None for key in stale if key not in puts}
        self._aborted, self._puts = [], {}
        self.offset, self.meta = offset, meta
        return found


def _header(key: str, value: bytes) -> tuple[int, bool]:
    if len(value) < HEADER.size:
        raise ValueError(f"state record {key!r} is damaged: rebuild the table from panes")
    offset, form = HEADER.unpack_from(value)
    return offset, form != GONE


def _physical(name: str, place: int) -> str:
    return f"{name}~{place}"
