"""Training of a head: stretches are scored, a text is its soft maximum (multiple instances)."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detectors.injection.features import FORM, SLOTS
from detectors.injection.model import POOLED, Head, pool
from detectors.text.word_vectors import DIMENSIONS
from training.adam import Adam
from training.injection.examples import Examples

UNITS: Final = 32
NOISE: Final = 1.0
"""Standard deviation of what is added to the sums of vectors, beside their own, where it is wanted
that words stand for their like (Bishop 1995, "Training with Noise is Equivalent to Tikhonov
Regularization")."""
EPOCHS: Final = 12
BATCH: Final = 256
RATE: Final = 3e-3
DECAYS: Final = {"weights": 2e-2, "projection": 1e-2, "output": 1e-2}
BRANCH_DROPOUT: Final = 0.2
"""Share of texts that see only one of linear model and network, so that each stands alone."""
STRETCH_SHARE: Final = 0.5
"""Of the loss that is on single stretches, beside the texts'."""
SMOOTHED: Final = 0.02
"""Labels are this far from certain: they are loose."""


def train(examples: Examples, seed: int, units: int = UNITS, noise: float = 0.0) -> Head:
    """Fit a head of one lane by Adam; its pooling is left to :mod:`training.injection.fitting`.

    Parameters
    ----------
    examples
        What it learns.
    seed
        Of the first weights, the order of the texts and the noise.
    units
        Hidden units.
    noise
        Of the sums of vectors, see :data:`NOISE`.
    """
    rng = np.random.default_rng(seed)
    spread = np.float32(noise * examples.vectors.std())
    initial: dict[str, NDArray[Any]] = {
        "weights": np.zeros(SLOTS, np.float32),
        "projection": rng.normal(0, 0.5 / np.sqrt(DIMENSIONS), (DIMENSIONS, units)),
        "form_weights": rng.normal(0, 0.1, (len(FORM), units)),
        "hidden_bias": np.zeros(units),
        "output": rng.normal(0, 0.3, units),
        "bias": np.full(1, -1.0),
    }
    parameters = {name: value.astype(np.float32) for name, value in initial.items()}
    descent = Adam(
        list(parameters.values()),
        decays=[DECAYS.get(name, 0.0) for name in parameters],
        speeds=[5 if name == "weights" else 1 for name in parameters],
    )
    steps = -(-len(examples) // BATCH)
    for epoch in range(EPOCHS):
        order = rng.permutation(len(examples))
        for step in range(steps):
            batch = examples.take(order[step * BATCH : (step + 1) * BATCH])
            if noise:
                shown = rng.standard_normal(batch.vectors.shape, dtype=np.float32)
                batch = replace(batch, vectors=batch.vectors + spread * shown)
            gradients = _gradients(parameters, batch, rng)
            done = epoch * steps + step
            rate = RATE * (1 - done / (EPOCHS * steps))
            descent.step([gradients[name] for name in parameters], rate)
    scale = float(np.abs(parameters["weights"]).max()) / 127
    return Head(
        weights=np.rint(parameters["weights"] / scale).astype(np.int8)[:, None],
        scales=np.array([scale], np.float32),
        projection=parameters["projection"],
        form_weights=parameters["form_weights"],
        hidden_bias=parameters["hidden_bias"],
        output=np.append(parameters["output"], parameters["bias"])[None],
        pooling=np.array([1.0] + [0.0] * len(POOLED)),
    )


def joined(first: Head, second: Head) -> Head:
    """A head of the lanes of both, with the first one's pooling; neither sees the other's units."""
    before, after = first.output[:, :-1], second.output[:, :-1]
    output = np.block([
        [before, np.zeros((len(before), after.shape[1]))],
        [np.zeros((len(after), before.shape[1])), after],
    ])  # fmt: skip
    biases = np.concatenate([first.output[:, -1], second.output[:, -1]])
    return Head(
        weights=np.hstack([first.weights, second.weights]),
        scales=np.concatenate([first.scales, second.scales]),
        projection=np.hstack([first.projection, second.projection]),
        form_weights=np.hstack([first.form_weights, second.form_weights]),
        hidden_bias=np.concatenate([first.hidden_bias, second.hidden_bias]),
        output=np.column_stack([output, biases]).astype(np.float32),
        pooling=first.pooling,
    )


def stretch_scores(head: Head, examples: Examples) -> NDArray[np.float32]:
    """Log odds of every stretch in the first lane."""
    inner = examples.vectors @ head.projection + examples.form @ head.form_weights
    network = np.maximum(inner + head.hidden_bias, 0) @ head.output[0, :-1]
    linear = examples.pairs @ (head.weights[:, 0] * head.scales[0])
    scores: NDArray[np.float32] = (linear + network + head.output[0, -1]).astype(np.float32)
    return scores


def pooled_scores(head: Head, examples: Examples) -> NDArray[np.float64]:
    """What pooling makes of every text's stretches."""
    return pool(stretch_scores(head, examples), examples.offsets)


def _gradients(
    parameters: dict[str, NDArray[np.float32]], batch: Examples, rng: np.random.Generator
) -> dict[str, NDArray[np.float32]]:
    counts = np.diff(batch.offsets)
    text = np.repeat(np.arange(len(batch)), counts)
    chance = rng.random(len(batch)).astype(np.float32)
    use_linear = (chance > BRANCH_DROPOUT / 2).astype(np.float32)[text]
    use_network = (chance < 1 - BRANCH_DROPOUT / 2).astype(np.float32)[text]
    inner = (
        batch.vectors @ parameters["projection"]
        + batch.form @ parameters["form_weights"]
        + parameters["hidden_bias"]
    )
    active = np.maximum(inner, 0)
    scores = (
        use_linear * (batch.pairs @ parameters["weights"])
        + use_network * (active @ parameters["output"])
        + parameters["bias"][0]
    )
    highest = np.maximum.reduceat(scores, batch.offsets[:-1])[text]
    share = np.exp(scores - highest)
    share /= np.add.reduceat(share, batch.offsets[:-1])[text]
    pooled = np.add.reduceat(share * scores, batch.offsets[:-1])
    target = batch.labels * (1 - 2 * SMOOTHED) + SMOOTHED
    error = (_sigmoid(pooled) - target) * batch.weights / len(batch)
    slope = error[text] * share * (1 + scores - pooled[text])
    known = batch.marked >= 0
    goal = np.where(batch.marked == 1, 1 - SMOOTHED, SMOOTHED)
    # Every text counts alike, and an attacked stretch as much as all the others of its text.
    others = np.add.reduceat((batch.marked == 0).astype(np.float32), batch.offsets[:-1])[text]
    each = np.where(batch.marked == 1, 1.0, 1 / np.maximum(others, 1)) * batch.weights[text]
    slope += STRETCH_SHARE * known * each * (_sigmoid(scores) - goal) / len(batch)
    slope = slope.astype(np.float32)
    through = (slope * use_network)[:, None] * parameters["output"] * (inner > 0)
    return {
        "weights": batch.pairs.T @ (slope * use_linear),
        "projection": batch.vectors.T @ through,
        "form_weights": batch.form.T @ through,
        "hidden_bias": through.sum(axis=0),
        "output": active.T @ (slope * use_network),
        "bias": slope.sum(keepdims=True),
    }


def _sigmoid(odds: NDArray[np.float32]) -> NDArray[np.float32]:
    chances = np.float32(1) / (np.float32(1) + np.exp(-odds))
    return chances.astype(np.float32)
