"""The watcher's own part of the state: its version, and how far it has come."""

from typing import Final

import msgspec
from msgspec import Raw, Struct

from detectors.watching.progress import Progress
from detectors.watching.rollup import Merged

STATE_VERSION: Final = 5
"""Of all state records; later versions' cannot be read."""

_EARLIEST: Final = 4
"""The earliest version that can be read."""


class Meta(Struct, array_like=True):
    """Evaluated up to ``at``; ``merged`` is by phase (:class:`rollup.Rollup`)."""

    version: int
    at: int
    merged: list[Merged]
    progress: Progress


_decode = msgspec.msgpack.Decoder(Meta).decode
_decode_items = msgspec.msgpack.Decoder(list[Raw]).decode
_decode_version = msgspec.msgpack.Decoder(int).decode

encode_meta = msgspec.msgpack.Encoder(order="deterministic").encode


def decode_meta(data: bytes) -> Meta:
    """Read it.

    Raises ``ValueError`` when the state was written by a release this one cannot read.
    """
    version = _decode_version(_decode_items(data)[0])
    if not _EARLIEST <= version <= STATE_VERSION:
        raise ValueError(
            f"state of version {version}; this release reads {_EARLIEST} to {STATE_VERSION}: go on "
            "with the release that wrote it, or begin anew with another watch.application"
        )
    return _decode(data)
