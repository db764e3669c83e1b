"""Words as 64-bit hashes: what dictionaries, n-grams and linear models are looked up by.

A word's hash is made of its lower-cased UTF-8, eight bytes at a time, each times an odd number of
its place, finished with xor-shift-multiply steps; words of up to eight bytes never collide. It is
the same on every machine: trained tables rest on it and name :data:`WORD_HASH_VERSION`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.text.characters import Kind
from detectors.text.chunk import TextChunk

WORD_HASH_VERSION: Final = "1"

HASHED_BYTES: Final = 64
"""Of longer words, their first bytes and their length decide the hash."""

_ODD: Final = 0x9E3779B97F4A7C15
_FACTORS: Final = [np.uint64(pow(_ODD, place, 2**64)) for place in range(1, HASHED_BYTES // 8 + 1)]
_FIRST_BYTES: Final = np.array([(1 << 8 * kept) - 1 for kept in range(9)], np.uint64)
_ASCII_LOWER: Final = bytes(ord(chr(code).lower()) if code < 128 else code for code in range(256))
_CURLY_APOSTROPHE: Final = "\u2019"


@dataclass(frozen=True)
class Words:
    """The words of a text column, one after the other.

    ``hashes`` (uint64) holds every word's hash; the words of text ``i`` are
    ``hashes[offsets[i]:offsets[i + 1]]``.
    """

    offsets: NDArray[np.int64]
    hashes: NDArray[np.uint64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Words in each text."""
        return np.diff(self.offsets)


def words_of(chunks: Sequence[TextChunk]) -> Words:
    """The words of all chunks, in order."""
    counts = [np.diff(chunk.word_bounds) for chunk in chunks]
    offsets = np.cumsum(np.concatenate([np.zeros(1, np.int64), *counts]))
    hashes = [_hashes(chunk) for chunk in chunks]
    return Words(offsets, np.concatenate([np.empty(0, np.uint64), *hashes]))


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
    if not words:
        return np.empty(0, np.uint64)
    chunk = TextChunk([word.encode() for word in words])
    wrong = np.flatnonzero(np.diff(chunk.word_bounds) != 1)
    if wrong.size:
        raise ValueError(f"{words[wrong[0]]!r} is not one word: split it, or leave it out")
    return _hashes(chunk)


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit of the values over all bits, in a way that can be undone (bijective)."""
    values = values ^ (values >> np.uint64(32))
    values *= np.uint64(0xD6E8FEB86659FD93)
    values ^= values >> np.uint64(29)
    return values


def _hashes(chunk: TextChunk) -> NDArray[np.uint64]:
    """The hash of every word of the chunk."""
    starts, ends = chunk.word_spans
    hashes = _hash_spans(chunk.data, starts, ends)
    special = _special_words(chunk, starts, ends)
    if special.size:
        # Their lower case may have another length, so they are lowered apart.
        lowered = [
            _lower(chunk.data[start:end])
            for start, end in zip(starts[special].tolist(), ends[special].tolist(), strict=True)
        ]
        lengths = np.fromiter(map(len, lowered), np.int64, len(lowered))
        after = np.cumsum(lengths)
        hashes[special] = _hash_spans(b"".join(lowered), after - lengths, after)
    return hashes


def _special_words(
    chunk: TextChunk, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Words with an upper-case letter outside ASCII, or a typographic apostrophe."""
    if not chunk.leads.size or not starts.size:
        return np.empty(0, np.int64)
    wanted = (chunk.kinds[chunk.leads] == Kind.UPPER) | (chunk.codes == ord(_CURLY_APOSTROPHE))
    at = chunk.leads[wanted]
    word = np.searchsorted(starts, at, side="right") - 1
    return np.unique(word[(word >= 0) & (at < ends[word])])


def _lower(word: bytes) -> bytes:
    return word.decode().lower().replace(_CURLY_APOSTROPHE, "'").encode()


def _hash_spans(
    data: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.uint64]:
    padded = data.translate(_ASCII_LOWER) + bytes(8)
    # Every eight bytes of the buffer as a number, wherever they begin.
    eights = np.ndarray((len(data),), np.dtype("<u8"), padded, 0, (1,))
    lengths = ends - starts
    hashes = (eights[starts] & _FIRST_BYTES[np.minimum(lengths, 8)]) * _FACTORS[0]
    for place in range(1, len(_FACTORS)):
        longer = np.flatnonzero(lengths > 8 * place)
        if not longer.size:
            break
        kept = _FIRST_BYTES[np.minimum(lengths[longer] - 8 * place, 8)]
        part = (eights[starts[longer] + 8 * place] & kept) * _FACTORS[place]
        hashes[longer] = mix(hashes[longer]) + part
    beyond = np.flatnonzero(lengths > HASHED_BYTES)
    hashes[beyond] += lengths[beyond].astype(np.uint64) * np.uint64(_ODD)
    return mix(hashes)
