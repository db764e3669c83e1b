"""Rates of exceedances: near the true ones where streams differ, and never rising."""

import math

import numpy as np
import pytest

from detectors.drift.rate_curve import RELIEF, RateCurve

STREAMS, LENGTH = 400, 100
SPANS = (288, 1440, 9216)
"""Evaluations between alarms: ten minutes in two days, ten and 64."""


def scores(spread: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Exponential scores, independent of each other, and each stream's scale."""
    random = np.random.default_rng(seed)
    scale = np.exp(spread * random.standard_normal(STREAMS))
    return random.exponential(size=(STREAMS, LENGTH)) * scale[:, None], scale


def true_rate(level: float, scale: np.ndarray) -> float:
    """How often such streams rise above the level from what an alarm is over at."""
    rises, falls = np.exp(-level / scale), 1 - np.exp(-(level - math.log(RELIEF)) / scale)
    return float((rises * falls / (rises + falls)).mean())


def level_of(span: float, scale: np.ndarray) -> float:
    levels = np.linspace(3, 60, 4000)
    return float(np.interp(span, [1 / true_rate(level, scale) for level in levels], levels))


@pytest.mark.parametrize("spread", [0.0, 0.2, 0.35])
def test_rates_are_near_the_true_ones_of_streams_that_differ(spread: float) -> None:
    everyone = np.exp(spread * np.random.default_rng(0).standard_normal(4000))
    at = [level_of(span, everyone) for span in SPANS]
    off = []
    for seed in range(12):
        curve = RateCurve.of(scores(spread, seed)[0], 1)
        off.append(
            [curve.log_rate(level) + math.log(s) for level, s in zip(at, SPANS, strict=True)]
        )
    assert (np.abs(np.mean(off, axis=0)) < [0.15, 0.2, 0.25]).all()


def test_the_curve_of_streams_that_differ_is_convex() -> None:
    assert min(RateCurve.of(scores(0.35, seed)[0], 1).bend for seed in range(12)) > 0


@pytest.mark.parametrize("seed", range(12))
def test_what_is_larger_is_at_least_as_rare(seed: int) -> None:
    curve = RateCurve.of(scores(0.1 * seed, seed)[0], 1 + seed)
    rates = np.array([curve.log_rate(score) for score in np.linspace(0, 200, 401).tolist()])
    assert np.diff(rates).max() < -0.19
    assert np.diff(rates, 2).min() > -1e-9


def test_of_a_constant_every_window_may_be_one() -> None:
    curve = RateCurve.of(np.zeros((STREAMS, LENGTH)), 6)
    assert curve.log_rate(5.0) == pytest.approx(-5 - math.log(6))
