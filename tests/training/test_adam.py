"""Steps down a gradient."""

import numpy as np
import pytest

from training.adam import Adam


def test_a_first_step_is_as_long_as_the_rate_whatever_the_gradient() -> None:
    places = [np.array([1.0, -2.0], np.float32), np.array([5.0], np.float32)]
    Adam(places, speeds=[1, 5]).step(
        [np.array([1e-3, -1e3], np.float32), np.ones(1, np.float32)], 0.1
    )
    assert places[0] == pytest.approx([0.9, -1.9], abs=1e-4)
    assert places[1] == pytest.approx([4.5], abs=1e-4)


def test_what_has_no_gradient_decays() -> None:
    place = np.array([2.0], np.float32)
    descent = Adam([place], decays=[0.5])
    for _ in range(10):
        descent.step([np.zeros(1, np.float32)], 0.1)
    assert place == pytest.approx([2 * 0.95**10], rel=1e-5)


def test_the_least_squares_are_found() -> None:
    random = np.random.default_rng(1)
    inputs = random.standard_normal((200, 3)).astype(np.float32)
    goal = inputs @ np.array([1, -2, 3], np.float32)
    weights = np.zeros(3, np.float32)
    descent = Adam([weights])
    for _ in range(800):
        descent.step([inputs.T @ (inputs @ weights - goal) / 200], 0.02)
    assert weights == pytest.approx([1, -2, 3], abs=0.01)
