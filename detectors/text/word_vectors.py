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

from detectors.compiled import compiled

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


@compiled
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
        for word in range(offsets[text], offsets[text + 1]):
            row = rows[word]
            if row >= 0:
                weight = scale[row]
                vector = vectors[row]
                for place in range(dimensions):
                    total[place] += weight * np.float32(vector[place])
        square = np.float32(0)
        for place in range(dimensions):
            square += total[place] * total[place]
        if square > 0:
            norm = np.float32(1) / np.sqrt(square)
            for place in range(dimensions):
                total[place] *= norm
