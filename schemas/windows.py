"""Windows: a segment's summaries over a longer, closed stretch of event time."""

import msgspec
from msgspec import Raw, Struct

from schemas.decoding import bounded
from schemas.segments import Segment, segment_key

SCHEMA_VERSION = 1

RESOLUTIONS_SECONDS = (10, 60, 3600, 86400)
"""Resolutions at which closed windows are published and stored."""


class Window(Struct, frozen=True, kw_only=True):
    """One closed window. A late event makes a newer ``version`` of it.

    ``start`` is in seconds since the epoch; ``version`` grows with every change of the window
    and is the same when the same input is replayed.
    """

    resolution_seconds: int
    start: int
    segment: Segment
    version: int
    events: int
    signals: dict[str, Raw]
    schema_version: int = SCHEMA_VERSION

    @property
    def key(self) -> str:
        """The window's identity: its key on the windows topic."""
        return f"{self.resolution_seconds}|{self.start}|{segment_key(self.segment)}"


encode_window = msgspec.msgpack.Encoder().encode
decode_window = bounded(msgspec.msgpack.Decoder(Window).decode)
