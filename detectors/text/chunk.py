"""A stretch of a text column, joined into one buffer and read once."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.text.characters import CONTINUED, Kind, kinds_of

CHUNK_BYTES: Final = 1 << 17
"""Small enough that a chunk's arrays stay in the processor's cache."""

_APOSTROPHES: Final = (0x27, 0x2019)


class TextChunk:
    """Texts as UTF-8 in one buffer, line feeds around each, with their characters' kinds.

    Attributes
    ----------
    data
        The buffer.
    octets
        The same as uint8.
    row_starts
        Where each text begins in ``data``; int64, one a text.
    kinds
        :class:`~detectors.text.characters.Kind` by byte.
    leads, codes
        Position and code point of every character outside ASCII.
    """

    def __init__(self, encoded: Sequence[bytes]) -> None:
        self.data = b"\n" + b"\n".join(encoded) + b"\n"
        self.octets = np.frombuffer(self.data, np.uint8)
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        self.row_starts = np.cumsum(lengths + 1) - lengths
        self.lengths = lengths
        self.kinds, self.leads, self.codes = kinds_of(self.data)

    def count(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many bytes of each text the mask marks."""
        counts = np.add.reduceat(mask.view(np.uint8), self.row_starts, dtype=np.uint32)
        return counts.astype(np.int64)

    def count_kind(self, kind: int) -> NDArray[np.int64]:
        """How many characters of each text are of this kind."""
        return self.count(self.kinds == kind)

    @cached_property
    def word_spans(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where each word starts and ends (exclusive) in ``data``.

        A word is a longest run of letters, digits and marks, with apostrophes inside it; each
        ideograph, kana and pictogram is a word by itself.
        """
        base = self.kinds & (CONTINUED - 1) if self.leads.size else self.kinds
        word = base >= Kind.LETTER
        self._join_at_apostrophes(word)
        # The first and the last byte are line feeds: every run begins and ends in between.
        turns = np.flatnonzero(word[1:] ^ word[:-1]) + 1
        alone = np.flatnonzero(self.kinds[self.leads] >= Kind.IDEOGRAPH)
        if not alone.size:
            return turns[0::2], turns[1::2]
        # Runs are cut before and after every character that is a word by itself.
        first, code = self.leads[alone], self.codes[alone]
        behind = first + 2 + (code >= 0x800) + (code >= 0x10000)
        inner = first[word[first - 1]]
        cut = np.zeros_like(word)
        cut[inner] = True
        cut[behind] = word[behind]
        cuts = np.flatnonzero(cut)
        # Merging two sorted runs is all that a stable sort does here.
        starts = np.sort(np.concatenate([turns[0::2], cuts]), kind="stable")
        return starts, np.sort(np.concatenate([turns[1::2], cuts]), kind="stable")

    def _join_at_apostrophes(self, word: NDArray[np.bool_]) -> None:
        at = np.flatnonzero(self.octets == _APOSTROPHES[0])
        word[at] = word[at - 1] & word[at + 1]
        curly = self.leads[self.codes == _APOSTROPHES[1]]
        joined = word[curly - 1] & word[curly + 3]
        for step in range(3):
            word[curly + step] = joined

    @cached_property
    def word_bounds(self) -> NDArray[np.int64]:
        """Where each text's words begin among the chunk's words: one more than there are texts."""
        starts, _ = self.word_spans
        bounds = np.searchsorted(starts, self.row_starts)
        return np.append(bounds, len(starts))


def chunks_of(texts: Sequence[bytes]) -> Iterator[TextChunk]:
    """The texts in order, in chunks of about :data:`CHUNK_BYTES`."""
    gathered: list[bytes] = []
    size = 0
    for text in texts:
        if gathered and size + len(text) >= CHUNK_BYTES:
            yield TextChunk(gathered)
            gathered, size = [], 0
        gathered.append(text)
        size += len(text) + 1
    if gathered:
        yield TextChunk(gathered)
