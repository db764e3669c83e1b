"""In how many directions blocks vary and wander: of few blocks, and of others than those seen."""

import numpy as np
import pytest

from detectors.drift.directions import directions_of, evenness, wandering_of
from detectors.drift.record import Record
from detectors.drift.record_reading import read_record
from detectors.drift.vector_features import VectorFeatures
from detectors.summaries import VectorSum
from tests.detectors.drift.references import Stretch
from tests.detectors.drift.test_resampling import wander

BLOCKS, EVENTS = 96, 40


@pytest.mark.parametrize(("spread", "expected"), [([1.0] * 10, 10), ([3.0, 0.1, 0.1], 1)])
def test_directions_are_counted(spread: list[float], expected: int) -> None:
    series = np.random.default_rng(5).normal(size=(600, len(spread))) * spread
    assert directions_of(series) == pytest.approx(expected, rel=0.15)


SPREAD = np.exp(-np.arange(96) / 30)
DIRECTIONS = float(np.square(SPREAD).sum() ** 2 / (SPREAD**4).sum())


@pytest.mark.parametrize("phases", [0, 24])
def test_few_blocks_show_as_many_directions_as_there_are(phases: int) -> None:
    random, found = np.random.default_rng(6), []
    for _ in range(20):
        series = random.normal(size=(7, 24, 96)) * SPREAD
        if phases:
            series -= series.mean(axis=0)
        found.append(directions_of(series.reshape(168, 96), phases))
    assert 1 / np.mean(1 / np.array(found)) == pytest.approx(DIRECTIONS, rel=0.04)


def test_features_that_were_made_of_blocks_vary_otherwise_with_others() -> None:
    """Turned so that these vary alike in all directions, others do not."""
    shares, made_of = [], []
    for seed in range(12):
        random = np.random.default_rng(seed)

        def block(n: int, random: np.random.Generator = random) -> Stretch:
            values = random.normal(size=(EVENTS, 96)) * SPREAD
            return Stretch(600 * n, EVENTS, VectorSum.empty().observe(values))

        reading = read_record([block(n) for n in range(BLOCKS)], 600, 6)
        assert reading is not None
        record: Record = reading[0]
        assert isinstance(record.features, VectorFeatures)
        fresh = random.normal(size=(1000, 96)) * SPREAD
        turned = record.features.scaled(fresh)
        covariance = turned.T @ turned
        shares.append(np.square(covariance).sum() / np.trace(covariance) ** 2 - 1e-3)
        made_of.append(1 / record.directions)
    assert np.mean(made_of) == pytest.approx(np.mean(shares), rel=0.05)


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize(("axes", "low", "high"), [(1, 1, 2), (10, 5, 10)])
def test_directions_of_wandering_are_told_from_those_of_noise(
    axes: int, low: float, high: float, *, few: bool
) -> None:
    random = np.random.default_rng(6)
    slow = np.zeros((BLOCKS, 10))
    for axis in range(axes):
        slow[:, axis] = wander(BLOCKS, 6, random)
    count, found = wandering_of(random.normal(size=slow.shape) + 2 * slow, 6, 10, few=few)
    assert low <= count <= high
    assert np.square(found).sum() == pytest.approx(1)
    assert np.square(found[:, :axes]).sum() > 0.75
    count, _ = wandering_of(np.zeros((BLOCKS, 3)), 6, 3, few=few)
    assert count == 1


def test_what_hardly_wanders_is_taken_to_go_in_few_directions() -> None:
    """It makes more alarms than as much that goes in many."""
    random = np.random.default_rng(7)
    found = []
    for _ in range(20):
        slow = np.outer(wander(BLOCKS, 6, random), np.eye(60)[0])
        noise = random.normal(size=(BLOCKS, 60))
        found.append(wandering_of(noise + 0.7 * slow, 6, 60, few=True)[0])
    assert max(found) < 15


def test_bursts_let_know_less_of_a_variance() -> None:
    random = np.random.default_rng(12)
    normal = random.normal(size=(600, 8))
    bursts = normal * np.sqrt(random.gamma(0.5, size=(600, 1)))
    assert evenness(normal, directions_of(normal)) == pytest.approx(1, abs=0.2)
    assert evenness(bursts, directions_of(bursts)) < 0.5
    assert evenness(np.zeros((BLOCKS, 3)), 1.0) == 1.0
