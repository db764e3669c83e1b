"""Windows: whole sentences of a text that are judged one by one; a short text is one of them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.sentences import Sentences

WINDOW_WORDS: Final = 32
"""About what the texts have that models of toxicity are trained on."""
JOINED_WORDS: Final = 10
"""Sentences of longer texts are joined up to so many: a threat is soon drowned by its neighbours."""


def windows_of(sentences: Sentences) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Join sentences of long texts to windows, and cut those that are too long for one.

    Parameters
    ----------
    sentences
        The sentences of a text column.

    Returns
    -------
    offsets
        int64, one more than there are texts: text ``i`` has the windows from ``offsets[i]`` to
        ``offsets[i + 1]``.
    bounds
        int64: window ``j`` holds the words from ``bounds[j]`` to ``bounds[j + 1]``.
    """
    most = len(sentences.word_bounds) + int(sentences.word_bounds[-1]) // WINDOW_WORDS + 1
    offsets = np.zeros(len(sentences.offsets), np.int64)
    bounds = np.zeros(most + 1, np.int64)
    count = _join(sentences.offsets, sentences.word_bounds, offsets, bounds)
    return offsets, bounds[: count + 1]


@compiled_in_place
def _join(
    sentence_offsets: NDArray[np.int64],
    word_bounds: NDArray[np.int64],
    offsets: NDArray[np.int64],
    bounds: NDArray[np.int64],
) -> int:
    count = 0
    for text in range(len(sentence_offsets) - 1):
        first, last = sentence_offsets[text], sentence_offsets[text + 1]
        begun = word_bounds[first]
        most = WINDOW_WORDS if word_bounds[last] - begun <= WINDOW_WORDS else JOINED_WORDS
        for sentence in range(first, last):
            end = word_bounds[sentence + 1]
            start = word_bounds[sentence]
            if end - begun > most and start > begun:
                count += 1
                bounds[count] = start
                begun = start
            while end - begun > WINDOW_WORDS:
                begun += WINDOW_WORDS
                count += 1
                bounds[count] = begun
        if word_bounds[last] > begun:
            count += 1
            bounds[count] = word_bounds[last]
        offsets[text + 1] = count
    return count
