"""Reference files that are not what they say."""

import struct

import msgspec
import pytest
import zstandard
from msgspec import Raw

from detectors.drift.reference_files import read_reference
from detectors.summaries import FlagCounts, encode_summary
from schemas.references import MAGIC, Reference, ReferenceBlock, encode_reference

GOOD = Reference(
    name="march",
    origin="test",
    begin=0,
    end=1200,
    block_seconds=600,
    segments={
        "{}": [
            ReferenceBlock(start, 10, {"error": Raw(encode_summary(FlagCounts(10, 1)))})
            for start in (0, 600)
        ]
    },
)


def repacked(**changes: object) -> bytes:
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(GOOD))
    return MAGIC + zstandard.compress(msgspec.msgpack.encode(fields | changes))


def test_what_was_written_is_read() -> None:
    assert read_reference(encode_reference(GOOD)) == GOOD == read_reference(repacked())


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"hello", "no reference: make one with"),
        (encode_reference(GOOD)[:60], "the reference is damaged"),
        (encode_reference(GOOD)[:-1] + b"x", "the reference is damaged"),
        (MAGIC, "the reference is damaged"),
        (
            # A frame that claims a tebibyte.
            MAGIC + b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 2**40) + b"\x01\x00\x00",
            "says it has 1,099,511,627,776 bytes",
        ),
        (repacked(block_seconds=0), "the reference is damaged"),
        (repacked(block_seconds=601), "the blocks of {} do not follow each other"),
        (repacked(schema_version=2), "a reference of schema version 2"),
        (
            repacked(segments={"{}": [[0, 10, {"error": ["x"]}]]}),
            "error of {} at 0: .* no summary that this release reads",
        ),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong(data: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_reference(data)
