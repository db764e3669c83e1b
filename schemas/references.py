"""References: what drift monitors hold the present against, as a file.

A reference is the past of some segments in blocks of equal length: each block has the summaries of
its events. Blocks, and not one sum, since how much the past varied by itself says which difference
means something.
"""

from typing import Final

import msgspec
import zstandard
from msgspec import Raw, Struct

from schemas.decoding import bounded
from schemas.segments import Segment, segment_key

SCHEMA_VERSION = 1
MAGIC: Final = b"tidewatch-reference\n"
_LARGEST_BYTES: Final = 2**30


class ReferenceBlock(Struct, frozen=True, array_like=True):
    """A segment's events in one block: ``start`` in epoch seconds, encoded summaries by signal."""

    start: int
    events: int
    signals: dict[str, Raw]


class Reference(Struct, frozen=True, kw_only=True):
    """Blocks of ``block_seconds`` by segment key, ascending by start; blocks without events lack.

    ``origin`` says what it was built from, ``begin`` and ``end`` (epoch seconds) of which time.
    """

    name: str
    origin: str
    begin: int
    end: int
    block_seconds: int
    segments: dict[str, list[ReferenceBlock]]
    schema_version: int = SCHEMA_VERSION

    def events(self, segment: Segment) -> int:
        """Events of the very segment."""
        return sum(block.events for block in self.segments.get(segment_key(segment), ()))


_decode = bounded(msgspec.msgpack.Decoder(Reference).decode)


def encode_reference(reference: Reference) -> bytes:
    """The file's content: a line that says what it is, then MessagePack under Zstandard."""
    packed = msgspec.msgpack.encode(reference)
    return MAGIC + zstandard.ZstdCompressor(level=9).compress(packed)


def decode_reference(data: bytes) -> Reference:
    """Read a reference.

    Raises ``ValueError`` for anything else, and for a reference of another release's schema.
    """
    if not data.startswith(MAGIC):
        raise ValueError("no reference: make one with `tidewatch reference build`")
    try:
        packed = zstandard.ZstdDecompressor().decompress(
            data[len(MAGIC) :], max_output_size=_LARGEST_BYTES
        )
        reference = _decode(packed)
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise ValueError(f"the reference is damaged ({error}): build it again") from None
    if reference.schema_version != SCHEMA_VERSION:
        raise ValueError(
            f"a reference of schema version {reference.schema_version}; this release reads "
            f"{SCHEMA_VERSION}: build it again"
        )
    return reference
