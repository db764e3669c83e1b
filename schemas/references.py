"""References: what drift monitors hold the present against, as a file.

A reference is the past of some segments in blocks of equal length: each block has the summaries of
its events. Blocks, and not one sum, since how much the past varied by itself says which difference
means something.
"""

from itertools import pairwise
from typing import Annotated, Final

import msgspec
import zstandard
from msgspec import Meta, Raw, Struct

from schemas.decoding import bounded
from schemas.segments import Segment, segment_key

SCHEMA_VERSION = 1
MAGIC: Final = b"tidewatch-reference\n"
_LARGEST_BYTES: Final = 2**30


class ReferenceBlock(Struct, frozen=True, array_like=True):
    """A segment's events in one block: ``start`` in epoch seconds, encoded summaries by signal."""

    start: int
    events: Annotated[int, Meta(ge=0)]
    signals: dict[str, Raw]


class Reference(Struct, frozen=True, kw_only=True):
    """Blocks of ``block_seconds`` by segment key, ascending by start; blocks without events lack.

    ``origin`` says what it was built from, ``begin`` and ``end`` (epoch seconds) of which time.
    """

    name: str
    origin: str
    begin: int
    end: int
    block_seconds: Annotated[int, Meta(ge=1)]
    segments: dict[str, list[ReferenceBlock]]
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for blocks that do not follow each other."""
        for key, blocks in self.segments.items():
            if any(b.start - a.start < self.block_seconds for a, b in pairwise(blocks)):
                raise ValueError(f"the blocks of {key} do not follow each other")

    def events(self, segment: Segment) -> int:
        """Events of the very segment."""
        return sum(block.events for block in self.segments.get(segment_key(segment), ()))


_decode = bounded(msgspec.msgpack.Decoder(Reference).decode)


def encode_reference(reference: Reference) -> bytes:
    """The file's content: a line that says what it is, then MessagePack under Zstandard."""
    packed = msgspec.msgpack.encode(reference)
    return MAGIC + zstandard.ZstdCompressor(level=9, write_checksum=True).compress(packed)


def decode_reference(data: bytes) -> Reference:
    """Read a reference.

    Raises ``ValueError`` for anything else, and for a reference of another release's schema.
    """
    if not data.startswith(MAGIC):
        raise ValueError("no reference: make one with `tidewatch reference build`")
    frame = data[len(MAGIC) :]
    try:
        # The frame says how much memory to take before anything of it is read.
        if not 0 < (size := zstandard.frame_content_size(frame)) <= _LARGEST_BYTES:
            raise ValueError(f"the reference says it has {size:,} bytes: build it again")
        reference = _decode(zstandard.ZstdDecompressor().decompress(frame))
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise ValueError(f"the reference is damaged ({error}): build it again") from None
    if reference.schema_version != SCHEMA_VERSION:
        raise ValueError(
            f"a reference of schema version {reference.schema_version}; this release reads "
            f"{SCHEMA_VERSION}: build it again"
        )
    return reference
