"""Networks over noisy inputs: gradients, reproducibility, and what the noise is good for."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.text.word_vectors import DIMENSIONS
from training.injection import networks
from training.injection.networks import Network, fit_network

FORM = 4
TELLING = 60
"""Columns that say a little each of what a text is."""

Texts = tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.float64]]


def _texts(seed: int, templates: int, count: int = 3_000) -> Texts:
    """Texts of so many templates, all texts of one nearly alike."""
    rng = np.random.default_rng(seed)
    goals = rng.random(templates) < 0.5
    means = rng.normal(0, 0.5, (templates, DIMENSIONS + FORM))
    means[:, :TELLING] += np.where(goals, 0.15, -0.15)[:, None]
    of = rng.integers(templates, size=count)
    inputs = means[of] + rng.normal(0, 0.1, (count, DIMENSIONS + FORM))
    return inputs.astype(np.float32), goals[of], np.ones(count)


def _log_odds(network: Network, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    inner = inputs @ network.hidden + network.hidden_bias
    return np.maximum(inner, 0) @ network.output + network.bias


def _right_elsewhere(network: Network) -> float:
    """The share that is told rightly among texts of other templates."""
    inputs, goals, _ = _texts(99, templates=3_000)
    return float(((_log_odds(network, inputs) > 0) == goals).mean())


def test_the_same_seed_gives_the_same_network() -> None:
    one, same, other = (fit_network(*_texts(1, 60), 0.1, seed) for seed in (0, 0, 1))
    assert all(map(np.array_equal, one, same))
    assert not np.array_equal(one.hidden, other.hidden)


def test_a_text_without_weight_teaches_nothing() -> None:
    inputs, goals, weights = _texts(1, 60)
    weights[::3] = 0
    wrong = goals.copy()
    wrong[::3] = ~wrong[::3]
    one, same = (fit_network(inputs, labels, weights, 0.1, 0) for labels in (goals, wrong))
    assert all(map(np.array_equal, one, same))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_helps_with_templates_that_were_not_seen(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = _texts(seed, templates=60)
    noisy = fit_network(*texts, 0.1, 0)
    monkeypatch.setattr(networks, "NOISE", 0.0)
    plain = fit_network(*texts, 0.1, 0)
    assert _right_elsewhere(noisy) > _right_elsewhere(plain) + 0.01


def test_gradients_are_slopes_of_the_loss() -> None:
    inputs, goals, weights = _texts(2, templates=50, count=50)
    weights = np.linspace(0.1, 2, 50)
    network = Network(
        *(values.astype(np.float64) for values in fit_network(inputs, goals, weights, 0.1, 0))
    )
    decay = 3.0

    def loss(changed: Network) -> float:
        odds = _log_odds(changed, inputs)
        losses = np.logaddexp(0, np.where(goals, -odds, odds))
        squares = (changed.hidden**2).sum() + (changed.output**2).sum()
        return float((losses * weights).mean() + decay / 2 * squares / len(goals))

    slopes = networks._gradients(network, inputs, goals, weights, decay)
    for field, at in (("hidden", (7, 3)), ("hidden_bias", (5,)), ("output", (2,)), ("bias", (0,))):
        ends = []
        for step in (-1e-4, 1e-4):
            values = getattr(network, field).copy()
            values[at] += step
            ends.append(loss(network._replace(**{field: values})))
        assert getattr(slopes, field)[at] == pytest.approx((ends[1] - ends[0]) / 2e-4, rel=0.02)
