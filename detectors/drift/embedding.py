"""Embeddings in the form in which panes carry them: some components, and random Fourier features.

The sum of a linear part shows a shift of the mean; the sum of random Fourier features (Rahimi and
Recht 2007) is the kernel mean embedding of a Gaussian kernel, and shows every other change too.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.text.word_vectors import word_vectors

Matrix = NDArray[np.float32]

LINEAR: Final = 64
FOURIER: Final = 32
SIZE: Final = LINEAR + FOURIER
"""Components of an embedding in a pane."""

_SEED: Final = 20250101
_BANDWIDTH: Final = 1.0
"""Of the Gaussian kernel, in units of the embeddings' typical distance from their mean."""


@cache
def _own_scales() -> Matrix:
    """The first components' scales: half way to equal variance, which tells topics best apart."""
    deviations = word_vectors()[:, :LINEAR].std(axis=0)
    scales: Matrix = (np.sqrt(deviations.mean() / deviations)).astype(np.float32)
    return scales


@cache
def _frequencies() -> Matrix:
    drawn = np.random.default_rng(_SEED).standard_normal((LINEAR, FOURIER // 2))
    frequencies: Matrix = (drawn / _BANDWIDTH).astype(np.float32)
    return frequencies


@cache
def _projection(dimensions: int) -> Matrix:
    """Johnson-Lindenstrauss projection of another model's embeddings to ours in size."""
    drawn = np.random.default_rng(_SEED + dimensions).standard_normal((dimensions, LINEAR))
    projection: Matrix = (drawn / np.sqrt(LINEAR)).astype(np.float32)
    return projection


def own_embeddings(vectors: Matrix) -> Matrix:
    """Mean word vectors (:meth:`detectors.text.column.TextColumn.embeddings`) as panes have them.

    Parameters
    ----------
    vectors
        A row a text; zeros where no word is known.

    Returns
    -------
    numpy.ndarray
        float32, ``SIZE`` columns.
    """
    return _with_fourier(vectors[:, :LINEAR] * _own_scales())


def given_embeddings(vectors: Matrix) -> Matrix:
    """Embeddings of any model, scaled to length 1, as panes have them. Zeros stay without length.

    The projection is fixed and keeps distances within some 15 %; embeddings of two models are not
    comparable.
    """
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    linear = unit if unit.shape[1] == LINEAR else _product(unit, _projection(unit.shape[1]))
    return _with_fourier(linear)


@compiled
def _product(left: Matrix, right: Matrix) -> Matrix:
    """The matrix product, every row the same whatever rows there are beside it."""
    found = np.zeros((left.shape[0], right.shape[1]), np.float32)
    for row in range(left.shape[0]):
        for inner in range(left.shape[1]):
            factor = left[row, inner]
            for column in range(right.shape[1]):
                found[row, column] += factor * right[inner, column]
    return found


def _with_fourier(linear: Matrix) -> Matrix:
    angles = _product(linear, _frequencies())
    found = np.empty((len(linear), SIZE), np.float32)
    found[:, :LINEAR] = linear
    np.cos(angles, out=found[:, LINEAR : LINEAR + FOURIER // 2])
    np.sin(angles, out=found[:, LINEAR + FOURIER // 2 :])
    found[:, LINEAR:] *= np.float32(np.sqrt(2 / FOURIER))
    return found
