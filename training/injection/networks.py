"""Networks of one hidden layer over a text's mean vector and its cues, fitted to noisy inputs.

What is judged comes from elsewhere than what is trained on, and many texts of training are of one
making. A network that sees each of them only as it is learns them by heart; with noise as loud as
the mean vector itself (Bishop 1995, "Training with Noise is Equivalent to Tikhonov
Regularization"), and cues lacking now and then, it learns what they have in common.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.text.word_vectors import DIMENSIONS
from training.adam import Adam

UNITS: Final = 24
EPOCHS: Final = 10
BATCH: Final = 200
RATE: Final = 1e-3
NOISE: Final = 0.6
"""Standard deviation of what is added to a column of mean vectors, whose own is about 0.5."""
LACKING: Final = 0.2
"""Share of the form's values that a text lacks, each time it is shown."""


class Network(NamedTuple):
    """``output`` · max(0, inputs · ``hidden`` + ``hidden_bias``) + ``bias``, the log odds."""

    hidden: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output: NDArray[np.float32]
    bias: NDArray[np.float32]


def fit_network(
    inputs: NDArray[np.float32],
    goals: NDArray[np.bool_],
    weights: NDArray[np.float64],
    decay: float,
    seed: int,
) -> Network:
    """Fit by Adam to logistic loss.

    Parameters
    ----------
    inputs
        A row a text: its mean vector in the first 256 columns, then its form.
    goals, weights
        What each text is, and how much it counts.
    decay
        Weight of half the squared weights, over a batch.
    seed
        Of the first weights, the order of the texts and the noise.
    """
    rng = np.random.default_rng(seed)
    width = inputs.shape[1]
    wide, narrow = np.sqrt(6 / (width + UNITS)), np.sqrt(6 / (UNITS + 1))
    network = Network(
        rng.uniform(-wide, wide, (width, UNITS)).astype(np.float32),
        rng.uniform(-wide, wide, UNITS).astype(np.float32),
        rng.uniform(-narrow, narrow, UNITS).astype(np.float32),
        np.zeros(1, np.float32),
    )
    descent = Adam(network)
    for _ in range(EPOCHS):
        order = rng.permutation(len(inputs))
        for begin in range(0, len(order), BATCH):
            rows = order[begin : begin + BATCH]
            shown = _disturbed(inputs[rows], rng)
            descent.step(_gradients(network, shown, goals[rows], weights[rows], decay), RATE)
    return network


def _disturbed(inputs: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The inputs with noise and gaps; what is left of the form is louder, by its mean as before."""
    noise = rng.standard_normal((len(inputs), DIMENSIONS), dtype=np.float32)
    form = inputs[:, DIMENSIONS:]
    kept = (rng.random(form.shape) >= LACKING) / np.float32(1 - LACKING)
    return np.hstack([inputs[:, :DIMENSIONS] + np.float32(NOISE) * noise, form * kept])


def _gradients(
    network: Network,
    inputs: NDArray[np.float32],
    goals: NDArray[np.bool_],
    weights: NDArray[np.float64],
    decay: float,
) -> Network:
    inner = inputs @ network.hidden + network.hidden_bias
    active = np.maximum(inner, 0)
    chances = 1 / (1 + np.exp(-(active @ network.output + network.bias)))
    error = ((chances - goals) * weights / len(goals)).astype(np.float32)
    through = error[:, None] * network.output * (inner > 0)
    pull = np.float32(decay / len(goals))
    return Network(
        inputs.T @ through + pull * network.hidden,
        through.sum(axis=0),
        active.T @ error + pull * network.output,
        error.sum(keepdims=True),
    )
