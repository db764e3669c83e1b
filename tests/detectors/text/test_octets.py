"""Eight bytes at a time say what each of them says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.text.octets import (
    BYTES,
    capitals,
    digits,
    eight_bytes,
    first_bytes,
    in_small,
    is_ascii,
    leading,
    letters,
    marked_bytes,
)


@compiled
def _read(
    data: NDArray[np.uint8], at: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, int, int]:
    octets = eight_bytes(data, at)
    large = capitals(octets)
    return (
        octets,
        large,
        letters(octets),
        digits(octets),
        in_small(octets, large),
        leading(letters(octets)),
        marked_bytes(large),
    )


@compiled
def _first(count: int) -> np.uint64:
    return first_bytes(count)


@compiled
def _ascii(data: NDArray[np.uint8], start: int, end: int) -> bool:
    return is_ascii(data, start, end)


def _marked(value: int) -> list[bool]:
    return [bool(octet & 0x80) for octet in value.to_bytes(BYTES, "little")]


@given(st.binary(min_size=BYTES, max_size=3 * BYTES), st.data())
def test_every_byte_is_read_as_by_itself(octets: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(octets) - BYTES))
    found, large, alphabetic, numeric, small, first, many = _read(
        np.frombuffer(octets, np.uint8), at
    )
    eight = octets[at : at + BYTES]
    characters = [chr(octet) if octet < 0x80 else "" for octet in eight]
    assert int(found).to_bytes(BYTES, "little") == eight
    assert _marked(int(large)) == [c.isupper() for c in characters]
    assert _marked(int(alphabetic)) == [c.isalpha() for c in characters]
    assert _marked(int(numeric)) == [c.isdigit() for c in characters]
    assert int(small).to_bytes(BYTES, "little") == eight.lower()
    assert first == next((n for n, c in enumerate(characters) if not c.isalpha()), BYTES)
    assert many == sum(c.isupper() for c in characters)


@given(st.text(max_size=30).map(str.encode))
def test_whether_bytes_are_ascii(octets: bytes) -> None:
    data = np.frombuffer(octets + b"\xff" * BYTES, np.uint8)
    assert _ascii(data, 0, len(octets)) == octets.isascii()


def test_masks_of_first_bytes() -> None:
    assert [int(_first(count)) for count in (1, 7, 8)] == [0xFF, (1 << 56) - 1, (1 << 64) - 1]
