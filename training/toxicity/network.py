"""The network: means of word vectors, and filters over three neighbouring words.

A layer linear in word vectors is a table by word; so the filters (Kim 2014, "Convolutional Neural
Networks for Sentence Classification") cost three look-ups a word when the model serves.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from detectors.text.word_vectors import DIMENSIONS
from detectors.toxicity.kernel import REACH, UNITS
from training.adam import Adam
from training.toxicity.examples import Examples

EPOCHS: Final = 5
_BATCH: Final = 256
_RATE: Final = 3e-3
_DROPPED_WORDS: Final = 0.15
_NOISE: Final = 0.5
"""Of what is added to the vectors of a batch's words, beside their own standard deviation: a word
learned stands for its like (Bishop 1995, "Training with Noise is Equivalent to Tikhonov
Regularization")."""
_DECAY: Final = 1e-5


@dataclass
class Network:
    """The network's parameters.

    ``projection`` [vector, (1 + REACH) * UNITS], ``bias`` of the hidden units, ``output``
    [2 * UNITS, heads] and its ``intercept``.
    """

    projection: NDArray[np.float32]
    bias: NDArray[np.float32]
    output: NDArray[np.float32]
    intercept: NDArray[np.float32]


def train_network(
    examples: Examples,
    windows: NDArray[np.int64],
    labels: NDArray[np.int8],
    weights: NDArray[np.float32],
    vectors: NDArray[np.float32],
    prior: NDArray[np.float32],
    seed: int,
) -> Network:
    """Fit by Adam; arguments as for the linear model, and the words' vectors."""
    rng = np.random.default_rng(seed)
    heads = labels.shape[1]
    network = Network(
        rng.normal(0, 1 / np.sqrt(DIMENSIONS), (DIMENSIONS, (1 + REACH) * UNITS)).astype(
            np.float32
        ),
        np.zeros(2 * UNITS, np.float32),
        rng.normal(0, 0.2, (2 * UNITS, heads)).astype(np.float32),
        prior.copy(),
    )
    parameters = [getattr(network, field.name) for field in fields(network)]
    descent = Adam(parameters, [_DECAY] * len(parameters))
    noise = np.float32(_NOISE * vectors.std())
    steps = EPOCHS * -(-len(windows) // _BATCH)
    step = 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(windows))
        for begun in range(0, len(order), _BATCH):
            chosen = order[begun : begun + _BATCH]
            gradients = _gradients(
                network,
                examples,
                windows[chosen],
                labels[chosen],
                weights[chosen],
                vectors,
                noise,
                rng,
            )
            step += 1
            descent.step(gradients, _RATE * (1 - step / (steps + 1)))
    return network


def score_network(
    network: Network, examples: Examples, windows: NDArray[np.int64], vectors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Log odds of windows by head."""
    table = vectors @ network.projection
    scores = np.empty((len(windows), len(network.intercept)), np.float32)
    for begun in range(0, len(windows), 4096):
        part = windows[begun : begun + 4096]
        words, offsets = _words_of(examples, part)
        hidden, _ = _hidden(table, words, offsets, network.bias)
        scores[begun : begun + 4096] = np.maximum(hidden, 0) @ network.output + network.intercept
    return scores


def _words_of(
    examples: Examples, windows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The known words of the windows, and where each window's begin."""
    starts, ends = examples.bounds[windows], examples.bounds[windows + 1]
    counts = ends - starts
    window = np.repeat(np.arange(len(windows)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = examples.rows[np.repeat(starts, counts) + within]
    known = rows >= 0
    offsets = np.concatenate([[0], np.cumsum(np.bincount(window[known], minlength=len(windows)))])
    return rows[known].astype(np.int64), offsets


def _gradients(
    network: Network,
    examples: Examples,
    windows: NDArray[np.int64],
    labels: NDArray[np.int8],
    weights: NDArray[np.float32],
    vectors: NDArray[np.float32],
    noise: np.float32,
    rng: np.random.Generator,
) -> list[NDArray[np.float32]]:
    words, offsets = _words_of(examples, windows)
    kept = rng.random(len(words)) >= _DROPPED_WORDS
    counts = np.add.reduceat(np.append(kept, 0), offsets[:-1]) * (np.diff(offsets) > 0)
    words, offsets = words[kept], np.concatenate([[0], np.cumsum(counts)])
    unique, places = np.unique(words, return_inverse=True)
    used = vectors[unique]
    used = used + noise * rng.standard_normal(used.shape, dtype=np.float32)
    hidden, best = _hidden(used @ network.projection, places, offsets, network.bias)
    active = np.maximum(hidden, 0)
    scores = active @ network.output + network.intercept
    known = labels >= 0
    slopes = np.where(known, 1 / (1 + np.exp(-scores)) - labels, 0) * weights
    slopes = (slopes / len(windows)).astype(np.float32)
    back = (slopes @ network.output.T) * (hidden > 0)
    table = np.zeros((len(unique), network.projection.shape[1]), np.float32)
    _spread(back, places, offsets, best, table)
    return [used.T @ table, back.sum(0), active.T @ slopes, slopes.sum(0)]


@compiled
def _hidden(
    table: NDArray[np.float32],
    words: NDArray[np.int64],
    offsets: NDArray[np.int64],
    bias: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The hidden units before they are cut at zero, and where each filter is largest."""
    count = len(offsets) - 1
    hidden = np.zeros((count, 2 * UNITS), np.float32)
    best = np.full((count, UNITS), -1, np.int64)
    for window in range(count):
        first, last = offsets[window], offsets[window + 1]
        hidden[window] = bias
        if last == first:
            continue
        share = np.float32(1) / np.float32(last - first)
        for at in range(first, last):
            for unit in range(UNITS):
                hidden[window, unit] += table[words[at], unit] * share
        for unit in range(UNITS):
            largest = np.float32(-1e30)
            for at in range(first, last):
                value = np.float32(0)
                for step in range(REACH):
                    if at + step < last:
                        value += table[words[at + step], (1 + step) * UNITS + unit]
                if value > largest:
                    largest = value
                    best[window, unit] = at
            hidden[window, UNITS + unit] += largest
    return hidden, best


@compiled
def _spread(
    back: NDArray[np.float32],
    words: NDArray[np.int64],
    offsets: NDArray[np.int64],
    best: NDArray[np.int64],
    table: NDArray[np.float32],
) -> None:
    """Add the hidden units' gradients to the rows of the words that they come from."""
    for window in range(len(offsets) - 1):
        first, last = offsets[window], offsets[window + 1]
        if last == first:
            continue
        share = np.float32(1) / np.float32(last - first)
        for at in range(first, last):
            for unit in range(UNITS):
                table[words[at], unit] += back[window, unit] * share
        for unit in range(UNITS):
            at = best[window, unit]
            for step in range(REACH):
                if at + step < last:
                    table[words[at + step], (1 + step) * UNITS + unit] += back[window, UNITS + unit]
