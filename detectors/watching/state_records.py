"""State records by name, as long as they are not taken."""

import zlib
from collections.abc import Iterator, MutableMapping
from struct import Struct as Layout
from typing import Final

HEADER: Final = Layout(">qB")
"""Offset of the writing step; what follows: one of the numbers below."""

GONE: Final = 0
PLAIN: Final = 1
PACKED: Final = 2

_SMALL: Final = 200
"""Bytes up to which compressing is not worth it."""

_LEVEL: Final = 1


def written(offset: int, value: bytes | None) -> bytes:
    """A record as it is stored; ``None`` is a tombstone."""
    if value is None:
        return HEADER.pack(offset, GONE)
    if len(value) <= _SMALL:
        return HEADER.pack(offset, PLAIN) + value
    return HEADER.pack(offset, PACKED) + zlib.compress(value, _LEVEL)


class StateRecords(MutableMapping[str, bytes]):
    """Records as they were stored, each made readable when it is asked for.

    Many together are far larger than what is stored of them.
    """

    def __init__(self) -> None:
        self._stored: dict[str, bytes] = {}

    def keep(self, name: str, stored: bytes) -> None:
        """A record as :func:`written` made it."""
        self._stored[name] = stored

    def __getitem__(self, name: str) -> bytes:
        stored = self._stored[name]
        _, form = HEADER.unpack_from(stored)
        value = stored[HEADER.size :]
        if form != PACKED:
            return value
        try:
            return zlib.decompress(value)
        except zlib.error as error:
            raise ValueError(f"state record {name!r} is damaged: {error}") from None

    def __setitem__(self, name: str, value: bytes) -> None:
        self._stored[name] = HEADER.pack(0, PLAIN) + value

    def __delitem__(self, name: str) -> None:
        del self._stored[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)
