"""A vector a word, and texts as their means.

Made of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0): every token passed through the model by
itself, reduced to 256 dimensions by PCA, weighted by smooth inverse frequency (Arora et al. 2017,
"A Simple but Tough-to-Beat Baseline for Sentence Embeddings"); a word is the sum of its tokens.
"""

from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from detectors.compiled import compiled_fast

DIMENSIONS: Final = 256
"""Of a word's vector; the first ones carry most, so that a prefix is a smaller embedding."""

_FILE: Final = "word_vectors.safetensors"


@cache
def _stored() -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    tensors = load((files("detectors.models") / _FILE).read_bytes())
    return tensors["vectors"], tensors["scale"].astype(np.float32)


def word_vectors() -> NDArray[np.float32]:
    """The vectors of the vocabulary's words: float32, a row a word, 256 columns.

    A new array of 4 bytes times 256 a word: keep what is derived from it, not the array.
    """
    vectors, scale = _stored()
    return vectors.astype(np.float32) * scale[:, None]


def embed(
    offsets: NDArray[np.int64], rows: NDArray[np.int32], dimensions: int = DIMENSIONS
) -> NDArray[np.float32]:
    """The mean vector of every text's words, scaled to length 1.

    Parameters
    ----------
    offsets
        Where each text's words begin; one more than there are texts.
    rows
        The words' rows in the vocabulary; unknown ones (-1) are left out.
    dimensions
        How many of the first dimensions are taken.

    Returns
    -------
    numpy.ndarray
        float32, a row a text; zeros where no word is known.
    """
    means = np.zeros((len(offsets) - 1, dimensions), np.float32)
    _sum_vectors(offsets, rows, *_stored(), means)
    return means


@compiled_fast
def _sum_vectors(
    offsets: NDArray[np.int64],
    rows: NDArray[np.int32],
    vectors: NDArray[np.int8],
    scale: NDArray[np.float32],
    sums: NDArray[np.float32],
) -> None:
    dimensions = sums.shape[1]
    for text in range(len(offsets) - 1):
        total = sums[text]
        waiting = 0
        first = second = third = np.int64(0)
        for word in range(offsets[text], offsets[text + 1]):
            row = np.int64(rows[word])
            if row < 0:
                continue
            # Four at a time, so that the sums are read and written a quarter as often.
            if waiting == 3:
                ones, twos, threes, fours = (
                    vectors[first], vectors[second], vectors[third], vectors[row],
                )  # fmt: skip
                one, two, three, four = scale[first], scale[second], scale[third], scale[row]
                for place in range(dimensions):
                    value = total[place] + one * np.float32(ones[place])
                    value += two * np.float32(twos[place])
                    value += three * np.float32(threes[place])
                    total[place] = value + four * np.float32(fours[place])
                waiting = 0
                continue
            first, second, third = second, third, row
            waiting += 1
        for rest in range(waiting):
            row = third if rest == waiting - 1 else second if rest == waiting - 2 else first
            weight, vector = scale[row], vectors[row]
            for place in range(dimensions):
                total[place] += weight * np.float32(vector[place])
        square = _square(total)
        if square > 0:
            norm = np.float32(1) / np.sqrt(square)
            for place in range(dimensions):
                total[place] *= norm


@compiled_fast
def _square(vector: NDArray[np.float32]) -> np.float32:
    """The squared length."""
    square = np.float32(0)
    for value in vector:
        square += value * value
    return square
