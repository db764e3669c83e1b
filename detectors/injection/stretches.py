"""Stretches: sentences, cut where they are long; what is judged one by one."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.column import TextColumn

LONGEST: Final = 32
"""Words. Lines of tables and texts without stops are cut into pieces of about this size."""


@dataclass(frozen=True)
class Stretches:
    """The stretches of a text column, one after the other; together they hold every word.

    The stretches of text ``i`` are those from ``offsets[i]`` to ``offsets[i + 1]``; stretch ``j``
    holds the words from ``word_bounds[j]`` to ``word_bounds[j + 1]`` (both int64).
    """

    offsets: NDArray[np.int64]
    word_bounds: NDArray[np.int64]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Stretches in each text."""
        return np.diff(self.offsets)


def stretches_of(column: TextColumn) -> Stretches:
    """Cut the texts of a column into stretches of at most :data:`LONGEST` words.

    Examples
    --------
    >>> stretches = stretches_of(TextColumn(["One. Two three.", None, "word " * 40]))
    >>> stretches.offsets.tolist(), stretches.word_bounds.tolist()
    ([0, 2, 2, 4], [0, 1, 3, 23, 43])
    """
    sentences = column.sentences
    most = len(sentences.word_bounds) + len(column.words.hashes) // LONGEST
    offsets = np.zeros(len(column) + 1, np.int64)
    bounds = np.zeros(most + 1, np.int64)
    count = _cut(sentences.offsets, sentences.word_bounds, offsets, bounds)
    return Stretches(offsets, bounds[: count + 1].copy())


@compiled_in_place
def _cut(
    sentence_offsets: NDArray[np.int64],
    sentence_bounds: NDArray[np.int64],
    offsets: NDArray[np.int64],
    bounds: NDArray[np.int64],
) -> int:
    count = 0
    for text in range(len(offsets) - 1):
        for sentence in range(sentence_offsets[text], sentence_offsets[text + 1]):
            first, last = sentence_bounds[sentence], sentence_bounds[sentence + 1]
            # Even pieces: a long sentence leaves no stub of a word or two.
            pieces = (last - first + LONGEST - 1) // LONGEST
            for piece in range(1, pieces + 1):
                count += 1
                bounds[count] = first + (last - first) * piece // pieces
        offsets[text + 1] = count
    return count
