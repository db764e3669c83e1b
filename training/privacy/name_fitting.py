"""Fitting the weights of people's names."""

from collections.abc import Iterable
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.privacy.name_features import BUCKETS, FEATURES
from detectors.privacy.name_reading import IGNORED, read_examples
from detectors.text.buffer import buffer_of
from training.privacy.name_texts import NamedText

_RATE: Final = 0.1
_DECAY: Final = 1e-5
_PARTS: Final = 10
"""Of a pass, after each of which the weights are taken for their mean."""
_UNKNOWN_NAMES: Final = 0.7
"""Share of the texts in which half of the listed names are taken for unknown words."""

Examples = tuple[NDArray[np.int32], NDArray[np.int8]]


def examples_of(
    texts: Iterable[NamedText], known: NDArray[np.uint32], names: NDArray[np.uint8], rng: Random
) -> Examples:
    """Features (int32[n, FEATURES], -1 for none) and labels (0 or 1) of the words of texts."""
    features, labels = [], []
    for one in texts:
        buffer = buffer_of([one.text])
        begin, limit = int(buffer.starts[0]), int(buffer.ends[0])
        sizes = (len(character.encode("utf-8", "replace")) for character in one.text)
        offsets = np.cumsum([begin, *sizes])
        marks = np.zeros(len(buffer.data), np.uint8)
        for spans, mark in ((one.unknown, IGNORED), (one.names, 1)):
            for start, end in spans:
                marks[offsets[start] : offsets[end]] = mark
        room = 16 + len(one.text) // 2
        rows, labelled = np.empty((room, FEATURES), np.int32), np.empty(room, np.int8)
        drop = np.uint64(rng.getrandbits(62) | 1 if rng.random() < _UNKNOWN_NAMES else 0)
        count = read_examples(buffer.data, begin, limit, marks, known, names, drop, rows, labelled)
        features.append(rows[:count].copy())
        labels.append(labelled[:count].copy())
    return np.concatenate(features), np.concatenate(labels)


def fitted(
    features: NDArray[np.int32],
    labels: NDArray[np.int8],
    importance: NDArray[np.float32],
    passes: int,
    seed: int,
) -> NDArray[np.float32]:
    """Weights of a logistic regression, float32[BUCKETS]: their mean over all passes but the first.

    Parameters
    ----------
    features, labels
        See :func:`examples_of`.
    importance
        Of each example, float32[n].
    """
    rng = np.random.default_rng(seed)
    weights, squares = np.zeros(BUCKETS, np.float32), np.full(BUCKETS, 1e-3, np.float32)
    total = np.zeros(BUCKETS)
    for number in range(passes):
        for part in np.array_split(rng.permutation(len(labels)), _PARTS):
            _step(features, labels, importance, part, weights, squares)
            total += weights if number else 0
    return (total / ((passes - 1) * _PARTS)).astype(np.float32)


@compiled
def _step(
    features: NDArray[np.int32],
    labels: NDArray[np.int8],
    importance: NDArray[np.float32],
    order: NDArray[np.int64],
    weights: NDArray[np.float32],
    squares: NDArray[np.float32],
) -> None:
    """Go through examples in an order by AdaGrad (Duchi, Hazan, Singer 2011)."""
    for at in order:
        logit = 0.0
        for bucket in features[at]:
            if bucket >= 0:
                logit += weights[bucket]
        slope = (1.0 / (1.0 + np.exp(-logit)) - labels[at]) * importance[at]
        for bucket in features[at]:
            if bucket >= 0:
                step = slope + _DECAY * weights[bucket]
                squares[bucket] += step * step
                weights[bucket] -= _RATE * step / np.sqrt(squares[bucket])
