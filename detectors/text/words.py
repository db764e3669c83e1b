"""Words as 64-bit hashes: what dictionaries, n-grams and linear models are looked up by.

A word is a longest run of letters, digits and marks, with apostrophes inside it; each ideograph,
kana and pictogram is a word by itself. A word's hash is made of its lower-cased UTF-8, eight bytes
at a time, each times an odd number of its place, finished with xor-shift-multiply steps; words of
up to eight bytes never collide. It is the same on every machine: trained tables rest on it and
name :data:`WORD_HASH_VERSION`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.ascii_words import COUNTER_ROOM, edges_of, read_runs, unpack
from detectors.text.buffer import TextBuffer, buffer_of
from detectors.text.characters import ASCII_KINDS, ASCII_LOWER, KINDS, Kind, unicode_tables
from detectors.text.utf8 import decode, encode
from detectors.text.word_hash import absorb, finish

WORD_HASH_VERSION: Final = "1"

_EIGHT: Final = np.uint64(8)
_LETTER: Final = Kind.LETTER
_IDEOGRAPH: Final = Kind.IDEOGRAPH
_APOSTROPHE: Final = 0x27
_CURLY: Final = 0x2019
_BYTE: Final = np.uint64(0xFF)
_ASCII_WORD: Final = ASCII_KINDS >= Kind.LETTER
_ASCII_ONES: Final = np.uint64(1) << (ASCII_KINDS.astype(np.uint64) * _EIGHT)
_ASCII_OCTETS: Final = ASCII_LOWER.astype(np.uint64)
_STRETCH_BYTES: Final = 1 << 17  # arrays that stay in the processor's cache
_WORD_BYTES: Final = 4
"""Most texts have no more words than one in so many bytes: what there is room for at first."""
_NO_KINDS: Final = np.zeros(1, np.uint8)
_NO_LOWER: Final = np.zeros(1, np.int32)

_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True)
class Words:
    """The words of a text column, one after the other.

    The words of text ``i`` are those from ``offsets[i]`` to ``offsets[i + 1]`` (int64).
    ``hashes`` (uint64) holds every word's hash, ``starts`` and ``ends`` (int32) where it is in the
    column's buffer. ``kinds`` (int64, a row a text) counts the characters of every
    :class:`~detectors.text.characters.Kind`, ``non_ascii`` (int64) those outside ASCII.
    """

    offsets: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    kinds: NDArray[np.int64]
    non_ascii: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Words in each text."""
        return np.diff(self.offsets)


def words_of(buffer: TextBuffer) -> Words:
    """The words of all texts, in order."""
    unicode_kinds, unicode_lower = (_NO_KINDS, _NO_LOWER) if buffer.ascii else unicode_tables()
    offsets = np.zeros(len(buffer) + 1, np.int64)
    kinds = np.zeros((len(buffer), KINDS), np.int64)
    non_ascii = np.zeros(len(buffer), np.int64)
    longest = int((buffer.ends - buffer.starts).max(initial=0))
    edges = np.empty(longest + 2, np.int32)
    octets = len(buffer.data)
    room = min(octets, octets // _WORD_BYTES + _STRETCH_BYTES)
    hashes = np.empty(room, np.uint64)
    starts, ends = np.empty(room, np.int32), np.empty(room, np.int32)
    found = 0
    for first, last in _stretches(buffer):
        most = found + int(buffer.ends[last - 1] - buffer.starts[first])
        if most > len(hashes):
            room = max(most, 2 * len(hashes))
            hashes, starts, ends = _wider(hashes, room), _wider(starts, room), _wider(ends, room)
        span = slice(first, last)
        more = _read(
            buffer.data,
            buffer.starts[span],
            buffer.ends[span],
            unicode_kinds,
            unicode_lower,
            edges,
            hashes[found:],
            starts[found:],
            ends[found:],
            offsets[first + 1 : last + 1],
            kinds[span],
            non_ascii[span],
        )
        offsets[first + 1 : last + 1] += found
        found += more
    return Words(offsets, hashes[:found], starts[:found], ends[:found], kinds, non_ascii)


def _wider(values: NDArray[_T], room: int) -> NDArray[_T]:
    """The values with room for so many."""
    wider = np.empty(room, values.dtype)
    wider[: len(values)] = values
    return wider


def _stretches(buffer: TextBuffer) -> Iterator[tuple[int, int]]:
    """Rows in order, first and last (exclusive), of about :data:`_STRETCH_BYTES` together."""
    first = 0
    while first < len(buffer):
        limit = buffer.starts[first] + _STRETCH_BYTES
        last = max(first + 1, int(np.searchsorted(buffer.ends, limit)))
        yield first, last
        first = last


def hash_words(words: Sequence[str]) -> NDArray[np.uint64]:
    """The hashes that these words have in texts.

    Raises
    ------
    ValueError
        When one of them is not exactly one word.

    Examples
    --------
    >>> one, other = hash_words(["Straße", "STRAßE"])
    >>> bool(one == other)
    True
    """
    found = words_of(buffer_of(words))
    wrong = np.flatnonzero(found.counts != 1)
    if wrong.size:
        raise ValueError(f"{words[wrong[0]]!r} is not one word: split it, or leave it out")
    return found.hashes


@compiled_in_place
def _kind_of(code: int, unicode_kinds: NDArray[np.uint8]) -> int:
    if code < 128:
        return int(ASCII_KINDS[code])
    return int(unicode_kinds[min(code, len(unicode_kinds) - 1)])


@compiled_in_place
def _read(
    data: NDArray[np.uint8],
    text_starts: NDArray[np.int64],
    text_ends: NDArray[np.int64],
    unicode_kinds: NDArray[np.uint8],
    unicode_lower: NDArray[np.int32],
    edges: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    offsets: NDArray[np.int64],
    kinds: NDArray[np.int64],
    non_ascii: NDArray[np.int64],
) -> int:
    """Fill the arrays of :class:`Words`; how many words there are."""
    found = 0
    for row in range(len(text_starts)):
        at = text_starts[row]
        end = text_ends[row]
        count = edges_of(data, at, end, edges, kinds[row])
        if count < 0:
            more, beyond = _read_characters(
                data, at, end, unicode_kinds, unicode_lower,
                hashes[found:], starts[found:], ends[found:], kinds[row],
            )  # fmt: skip
            non_ascii[row] = beyond
        else:
            more = read_runs(data, edges, count, hashes[found:], starts[found:], ends[found:])
        found += more
        offsets[row] = found
    return found


@compiled_in_place
def _read_characters(
    data: NDArray[np.uint8],
    at: int,
    end: int,
    unicode_kinds: NDArray[np.uint8],
    unicode_lower: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    kinds: NDArray[np.int64],
) -> tuple[int, int]:
    """Words of a text that is not all ASCII; how many, and how many characters beyond ASCII."""
    found = 0
    non_ascii = 0
    begun = -1
    value = block = length = np.uint64(0)
    # Eight counters of a byte each in one register; they are emptied before one is full.
    packed = np.uint64(0)
    room = COUNTER_ROOM
    while at < end:
        if room == 0:
            unpack(packed, kinds)
            packed, room = np.uint64(0), COUNTER_ROOM
        room -= 1
        octet = data[at]
        if octet < 0x80:
            packed += _ASCII_ONES[octet]
            if _ASCII_WORD[octet]:
                if begun < 0:
                    begun = at
                    value = block = length = np.uint64(0)
                value, block, length = absorb(_ASCII_OCTETS[octet], value, block, length)
                at += 1
                continue
            code, size = int(octet), 1
        else:
            code, size = decode(data, at)
            kind = _kind_of(code, unicode_kinds)
            packed += np.uint64(1) << np.uint64(8 * kind)
            non_ascii += 1
            if kind >= _LETTER:
                alone = kind >= _IDEOGRAPH
                if alone and begun >= 0:
                    hashes[found] = finish(value, block, length)
                    starts[found], ends[found] = begun, at
                    found += 1
                    begun = -1
                if begun < 0:
                    begun = at
                    value = block = length = np.uint64(0)
                lower = int(unicode_lower[code]) if code < len(unicode_lower) else code
                octets, count = encode(lower)
                for _ in range(count):
                    value, block, length = absorb(octets & _BYTE, value, block, length)
                    octets >>= _EIGHT
                at += size
                if alone:
                    hashes[found] = finish(value, block, length)
                    starts[found], ends[found] = begun, at
                    found += 1
                    begun = -1
                continue
        if begun >= 0:
            if code in (_APOSTROPHE, _CURLY) and at + size < end:
                following, _ = decode(data, at + size)
                after = _kind_of(following, unicode_kinds)
                if after >= _LETTER and after < _IDEOGRAPH:
                    apostrophe = np.uint64(_APOSTROPHE)
                    value, block, length = absorb(apostrophe, value, block, length)
                    at += size
                    continue
            hashes[found] = finish(value, block, length)
            starts[found], ends[found] = begun, at
            found += 1
            begun = -1
        at += size
    if begun >= 0:
        hashes[found] = finish(value, block, length)
        starts[found], ends[found] = begun, end
        found += 1
    unpack(packed, kinds)
    return found, non_ascii
