"""State records by name, as long as they are not taken."""

from collections.abc import Iterator, MutableMapping
from struct import Struct as Layout
from typing import Final

import zstandard

HEADER: Final = Layout(">qB")
"""Offset of the writing step; what follows: one of the numbers below."""

GONE: Final = 0
PLAIN: Final = 1
PACKED: Final = 2

_SMALL: Final = 200
"""Bytes up to which compressing is not worth it."""


class RecordWriter:
    """Makes records as they are stored. Not for several threads at once."""

    def __init__(self) -> None:
        self._compress = zstandard.ZstdCompressor().compress

    def stored(self, offset: int, value: bytes | None, *, plain: bool = False) -> bytes:
        """A record of the step at ``offset``; ``None`` is a tombstone, ``plain`` as it is."""
        if value is None:
            return HEADER.pack(offset, GONE)
        if plain or len(value) <= _SMALL:
            return HEADER.pack(offset, PLAIN) + value
        return HEADER.pack(offset, PACKED) + self._compress(value)


class StateRecords(MutableMapping[str, bytes]):
    """Records as they were stored, each made readable when it is asked for.

    Many together are far larger than what is stored of them.
    """

    def __init__(self) -> None:
        self._stored: dict[str, bytes] = {}
        self._decompress = zstandard.ZstdDecompressor().decompress

    def keep(self, name: str, stored: bytes) -> None:
        """A record as :class:`RecordWriter` made it."""
        self._stored[name] = stored

    def take_stored(self, name: str) -> bytes:
        """Remove a record and return it as it was stored, the very bytes."""
        return self._stored.pop(name)

    def __getitem__(self, name: str) -> bytes:
        stored = self._stored[name]
        _, form = HEADER.unpack_from(stored)
        value = stored[HEADER.size :]
        if form != PACKED:
            return value
        try:
            return self._decompress(value)
        except zstandard.ZstdError:
            raise ValueError(
                f"state record {name!r} is damaged: rebuild the table from panes"
            ) from None

    def __setitem__(self, name: str, value: bytes) -> None:
        self._stored[name] = HEADER.pack(0, PLAIN) + value

    def __delitem__(self, name: str) -> None:
        del self._stored[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)
