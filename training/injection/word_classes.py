"""Classes of words by the words that stand beside them, and how likely classes follow one another.

Words of a class may stand for one another (Schütze 1995, "Distributional Part-of-Speech Tagging"):
rows of words that nobody would write show by their classes, whether or not the pairs were seen.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import KMeans

from detectors.text.column import TextColumn
from detectors.text.word_vectors import word_vectors

CLASSES: Final = 63
"""Of known words; unknown ones have the class after the last."""
NEIGHBOURS: Final = 300
"""The most frequent words, by which the others are told apart."""
DIMENSIONS: Final = 50
FEWEST: Final = 8
"""Times that a word has to occur for its own neighbours to count; others are placed by vectors."""
DOUBT: Final = 20.0
"""Neighbours that a word's vector counts for."""
RIDGE: Final = 10.0
SMOOTHING: Final = 0.5


def word_classes(texts: Sequence[str], seed: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The class of every word of the vocabulary, unknown words' last; log odds of classes.

    Parameters
    ----------
    texts
        Ordinary text.
    seed
        Of the clustering.

    Returns
    -------
    tuple
        uint8 [vocabulary + 1]; float32 [2, classes + 1, classes + 1], next to and two words apart.
    """
    column = TextColumn(texts)
    rows, begins = column.rows, np.zeros(len(column.rows) + 1, np.bool_)
    begins[column.words.offsets] = True
    places, counts = _places(rows, begins)
    known = counts >= FEWEST
    clusters = KMeans(CLASSES, n_init=1, max_iter=30, random_state=seed)
    clusters.fit(places[known], sample_weight=np.sqrt(np.minimum(counts[known], 2000)))
    classes = np.append(clusters.predict(places), CLASSES).astype(np.uint8)
    likelihoods = np.stack([_log_odds(classes[rows], begins, apart) for apart in (1, 2)])
    return classes, likelihoods.astype(np.float32)


def _places(
    rows: NDArray[np.int32], begins: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Of every word, where its neighbours place it, float64 [words, DIMENSIONS]; its count."""
    vectors = word_vectors().astype(np.float64)
    counts = np.bincount(rows[rows >= 0], minlength=len(vectors))
    inside = ~begins[1 : len(rows)]
    left, right = rows[:-1][inside], rows[1:][inside]
    both = [_beside(left, right, counts), _beside(right, left, counts)]
    found = sparse.hstack(both).tocsr()  # type: ignore[no-untyped-call]
    totals = np.asarray(found.sum(axis=1)).ravel()
    known = counts >= FEWEST
    shares = np.sqrt(found[known].toarray() / np.maximum(totals[known], 1)[:, None])
    shares -= shares.mean(axis=0)
    axes = np.linalg.svd(shares.T @ shares)[0][:, :DIMENSIONS]
    own = shares @ axes
    loud = np.sqrt(np.minimum(counts[known], 1000))[:, None]
    inputs = vectors[known]
    square = (inputs * loud).T @ inputs + RIDGE * np.eye(inputs.shape[1])
    places = vectors @ np.linalg.solve(square, (inputs * loud).T @ own)
    trust = (totals[known] / (totals[known] + DOUBT))[:, None]
    places[known] = trust * own + (1 - trust) * places[known]
    return places, counts


def _beside(
    words: NDArray[np.int32], others: NDArray[np.int32], counts: NDArray[np.int64]
) -> sparse.coo_matrix:
    """How often words stand beside each of the most frequent ones."""
    column = np.full(len(counts) + 1, -1)
    column[np.argsort(-counts, kind="stable")[:NEIGHBOURS]] = np.arange(NEIGHBOURS)
    used = (words >= 0) & (column[others] >= 0)
    entries: Any = (np.ones(int(used.sum())), (words[used], column[others[used]]))
    return sparse.coo_matrix(entries, (len(counts), NEIGHBOURS))  # type: ignore[no-untyped-call]


def _log_odds(
    classes: NDArray[np.uint8], begins: NDArray[np.bool_], apart: int
) -> NDArray[np.float64]:
    """Of classes so many words apart in one text: how much likelier than by chance."""
    last = len(classes) - apart
    inside = np.ones(last, np.bool_)
    for step in range(1, apart + 1):
        inside &= ~begins[step : last + step]
    many = CLASSES + 1
    codes = classes[:-apart][inside].astype(np.int64) * many + classes[apart:][inside]
    counts = np.bincount(codes, minlength=many * many).reshape(many, many) + SMOOTHING
    chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    # Rare classes are drawn towards chance.
    counts += DOUBT / CLASSES * chance / chance.mean()
    odds: NDArray[np.float64] = np.log(
        counts / (np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum())
    )
    return odds
