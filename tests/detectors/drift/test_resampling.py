"""Streams like the reference: independent events told from blocks that wander, and their tails."""

import numpy as np
import pytest
from scipy.stats import power_divergence

from detectors.drift.features import differences, features_of
from detectors.drift.resampling import _memory, is_sampling, resampled
from detectors.summaries import CategoryCounts, Distribution, FlagCounts, Summary, VectorSum

BLOCKS, EVENTS = 96, 80
REFERENCES = {
    "flag": FlagCounts(7680, 307),
    "category": CategoryCounts({"a": 5000, "b": 2000, "c": 680}, 0),
    "number": Distribution.empty().observe(np.random.default_rng(1).lognormal(0, 1, 7680)),
}


@pytest.mark.parametrize("bad", [0, 1, 3, 9, 80])
def test_a_rates_difference_is_its_deviance(bad: int) -> None:
    features = features_of(REFERENCES["flag"])
    rate = float(features.rates[0])
    _, sums = features.sums(FlagCounts(80, bad))
    means = features.rates / features.scales
    found = differences(features, sums - 80 * means, np.array(80.0), means)
    expected = [80 * rate, 80 * (1 - rate)]
    exact = power_divergence([bad, 80 - bad], expected, lambda_="log-likelihood").statistic
    assert found[0] == pytest.approx(exact, rel=1e-9, abs=1e-9)


def test_categories_differ_as_pearson_has_it_where_many_are_expected() -> None:
    features = features_of(REFERENCES["category"])
    counts = np.array([540, 190, 70])
    _, sums = features.sums(CategoryCounts(dict(zip("abc", counts.tolist(), strict=True)), 0))
    means = features.rates / features.scales
    found = differences(features, sums - 800 * means, np.array(800.0), means)
    pearson = power_divergence(counts, 800 * features.rates[:3] / features.rates[:3].sum())
    assert found[0] == pytest.approx(pearson.statistic, rel=0.1)


@pytest.mark.parametrize("kind", REFERENCES)
def test_events_drawn_have_the_references_shares(kind: str) -> None:
    features = features_of(REFERENCES[kind])
    random = np.random.default_rng(2)
    drawn = features.sampled(np.full(2000, EVENTS), random) * features.scales
    assert drawn.mean(axis=0) == pytest.approx(EVENTS * features.rates, abs=0.6)
    spread = EVENTS * features.rates * (1 - features.rates)
    assert drawn.var(axis=0) == pytest.approx(spread, rel=0.15, abs=0.1)


@pytest.mark.parametrize("kind", REFERENCES)
def test_blocks_of_independent_events_are_known_for_it(kind: str) -> None:
    features, counts = features_of(REFERENCES[kind]), np.full(BLOCKS, EVENTS)
    means = features.rates / features.scales
    alike = 0
    for seed in range(10):
        random = np.random.default_rng(seed)
        residuals = features.sampled(counts, random) - counts[:, None] * means
        alike += is_sampling(features, means, counts, residuals, 6, random)
    assert alike >= 7


def test_blocks_that_wander_are_not() -> None:
    features, counts = features_of(REFERENCES["flag"]), np.full(BLOCKS, 800)
    means = features.rates / features.scales
    random = np.random.default_rng(3)
    residuals = (random.binomial(800, _wander(random) / 25)[:, None]) / features.scales
    residuals = residuals - residuals.mean(axis=0)
    assert not is_sampling(features, means, counts, residuals, 6, random)


def test_a_memory_is_found() -> None:
    random = np.random.default_rng(4)
    assert _memory(random.normal(size=(300, 20))) <= 3
    assert _memory(np.log(_wander(random, 300))[:, None]) > 3


def _wander(random: np.random.Generator, length: int = BLOCKS) -> np.ndarray:
    state, found = 0.0, []
    for _ in range(length):
        state = 0.85 * state + np.sqrt(1 - 0.85**2) * random.normal()
        found.append(np.exp(0.4 * state))
    return np.array(found)


def test_streams_vary_as_their_blocks() -> None:
    random = np.random.default_rng(5)
    vectors: Summary = VectorSum.empty().observe(random.normal(size=(5000, 8)))
    features = features_of(vectors)
    residuals = random.normal(size=(BLOCKS, 8)) * np.sqrt(EVENTS / 8)
    streams = list(resampled(features, np.full(BLOCKS, EVENTS), residuals, 6, 200, random))
    events = np.array([counts for counts, _ in streams])
    assert events == pytest.approx(EVENTS)
    energy = np.mean([np.square(drawn).sum(axis=1).mean() for _, drawn in streams])
    assert energy == pytest.approx(EVENTS, rel=0.25)
