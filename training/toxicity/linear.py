"""The linear model: logistic regressions over words, pairs and n-grams, a head each."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled
from training.toxicity.examples import Examples

EPOCHS: Final = 4
_RATE: Final = 0.1
_DECAY: Final = 1e-4
_BEGUN: Final = 1e-2


def train_linear(
    examples: Examples,
    windows: NDArray[np.int64],
    labels: NDArray[np.int8],
    weights: NDArray[np.float32],
    features: int,
    prior: NDArray[np.float32],
    seed: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fit by AdaGrad (Duchi et al. 2011).

    Parameters
    ----------
    examples
        All windows.
    windows
        Those to train on.
    labels
        Of these windows: 1, 0, or -1 for left open; a column a head.
    weights
        Of these windows' losses, a column a head.
    features
        How many there are.
    prior
        Log odds of a window without evidence, a head each: where the intercepts begin.
    seed
        Of the order.

    Returns
    -------
    coefficients
        A row a feature, a column a head.
    intercepts
        One a head.
    """
    heads = labels.shape[1]
    coefficients = np.zeros((features, heads), np.float32)
    intercepts = prior.copy()
    squares = np.full((features, heads), _BEGUN, np.float32)
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = rng.permutation(len(windows))
        _pass(
            examples.features, examples.values, examples.starts, windows, order, labels, weights,
            coefficients, intercepts, squares,
        )  # fmt: skip
    return coefficients, intercepts


@compiled
def _pass(
    features: NDArray[np.int32],
    values: NDArray[np.float32],
    starts: NDArray[np.int64],
    windows: NDArray[np.int64],
    order: NDArray[np.int64],
    labels: NDArray[np.int8],
    weights: NDArray[np.float32],
    coefficients: NDArray[np.float32],
    intercepts: NDArray[np.float32],
    squares: NDArray[np.float32],
) -> None:
    heads = labels.shape[1]
    slopes = np.zeros(heads, np.float32)
    scores = np.zeros(heads, np.float32)
    rate, decay = np.float32(_RATE), np.float32(_DECAY)
    for example in order:
        window = windows[example]
        scores[:] = intercepts
        for at in range(starts[window], starts[window + 1]):
            for head in range(heads):
                scores[head] += coefficients[features[at], head] * values[at]
        for head in range(heads):
            slopes[head] = np.float32(0)
            if labels[example, head] >= 0:
                chance = np.float32(1) / (np.float32(1) + np.exp(-scores[head]))
                slopes[head] = (chance - np.float32(labels[example, head])) * weights[example, head]
                intercepts[head] -= rate * np.float32(0.1) * slopes[head]
        for at in range(starts[window], starts[window + 1]):
            feature = features[at]
            for head in range(heads):
                slope = slopes[head]
                if slope != 0:
                    gradient = slope * values[at] + decay * coefficients[feature, head]
                    squares[feature, head] += gradient * gradient
                    coefficients[feature, head] -= rate * gradient / np.sqrt(squares[feature, head])


@compiled
def score_linear(
    features: NDArray[np.int32],
    values: NDArray[np.float32],
    starts: NDArray[np.int64],
    coefficients: NDArray[np.float32],
    intercepts: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Log odds of all windows by head."""
    count = len(starts) - 1
    scores = np.empty((count, len(intercepts)), np.float32)
    for window in range(count):
        scores[window] = intercepts
        for at in range(starts[window], starts[window + 1]):
            for head in range(len(intercepts)):
                scores[window, head] += coefficients[features[at], head] * values[at]
    return scores
