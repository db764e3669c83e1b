"""How blocks vary, and streams that vary like them."""

from functools import reduce

import numpy as np
import pytest
from scipy.stats import power_divergence

from detectors.drift.calibration import log_more_looks
from detectors.drift.directions import directions_of
from detectors.drift.features import Features, differences, features_of
from detectors.drift.record import Record
from detectors.drift.resampling import resampled
from detectors.drift.variation import Variation
from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    merge_summaries,
)

BLOCKS, EVENTS = 96, 80
REFERENCES = {
    "flag": FlagCounts(7680, 307),
    "category": CategoryCounts({"a": 5000, "b": 2000, "c": 680}, 0),
    "number": Distribution.empty().observe(np.random.default_rng(1).lognormal(0, 1, 7680)),
}
NOTHING = np.array([])


@pytest.mark.parametrize("bad", [0, 1, 3, 9, 80])
def test_a_rates_difference_is_its_deviance(bad: int) -> None:
    features = features_of(REFERENCES["flag"])
    rate = float(features.rates[0])
    _, sums = features.sums(FlagCounts(80, bad))
    means = features.rates / features.scales
    found = differences(features, features.scaled(sums) - 80 * means, np.array(80.0), means)
    expected = [80 * rate, 80 * (1 - rate)]
    exact = power_divergence([bad, 80 - bad], expected, lambda_="log-likelihood").statistic
    assert found[0] == pytest.approx(exact, rel=1e-9, abs=1e-9)


def test_categories_differ_as_pearson_has_it_where_many_are_expected() -> None:
    features = features_of(REFERENCES["category"])
    counts = np.array([540, 190, 70])
    _, sums = features.sums(CategoryCounts(dict(zip("abc", counts.tolist(), strict=True)), 0))
    means = features.rates / features.scales
    found = differences(features, features.scaled(sums) - 800 * means, np.array(800.0), means)
    pearson = power_divergence(counts, 800 * features.rates[:3] / features.rates[:3].sum())
    assert found[0] == pytest.approx(pearson.statistic, rel=0.1)


@pytest.mark.parametrize("kind", REFERENCES)
def test_cells_are_disjoint_and_add_up_to_features(kind: str) -> None:
    features = features_of(REFERENCES[kind])
    cells = features.cells(features.rates)
    assert cells.min() >= 0
    assert cells.sum() == pytest.approx(1, abs=1e-3)
    assert features.of_cells(1000 * cells) * features.scales == pytest.approx(1000 * features.rates)


def wander(length: int, memory: float, random: np.random.Generator) -> np.ndarray:
    keep, state, found = np.exp(-1 / memory), random.normal(), []
    for _ in range(length):
        state = keep * state + np.sqrt(1 - keep**2) * random.normal()
        found.append(state)
    return np.array(found)


def test_the_posterior_tells_wandering_from_noise() -> None:
    quiet, loud, memories = [], [], []
    for seed in range(20):
        random = np.random.default_rng(seed)
        noise = random.normal(size=(BLOCKS, 1))
        drifting = noise + 1.5 * wander(BLOCKS, 6, random)[:, None]
        quiet.append(Variation.of(noise, 1.0, (1, 1), NOTHING, 600).weights[0])
        found = Variation.of(drifting, 1.0, (1, 1), NOTHING, 600)
        loud.append(found.weights[0])
        memories.append(np.exp(found.weights @ np.log(found.memory)))
    assert np.median(quiet) > 0.6
    assert max(loud) < 0.01
    assert 3 < np.median(memories) < 12


def test_what_blocks_vary_one_by_one_is_no_wandering() -> None:
    found = [
        Variation.of(
            3 * np.random.default_rng(seed).normal(size=(400, 1)), 1.0, (1, 1), NOTHING, 600
        )
        for seed in range(10)
    ]
    assert max(each.weights[0] for each in found) < 0.01
    white = [each.weights @ each.white for each in found]
    wandering = [each.weights @ (each.excess * (each.memory > 3)) for each in found]
    assert 4 < np.median(white) < 12
    assert np.median(wandering) < 0.5


def test_an_unknown_level_is_found() -> None:
    random = np.random.default_rng(3)
    series = 7 * random.normal(size=(300, 20))
    found = Variation.of(series, None, (directions_of(series), 20), NOTHING, 600)
    levels, white, excess, _ = found.draw(400, random)
    assert levels.mean() == pytest.approx(20 * 49, rel=0.1)
    assert not white.any()
    assert np.median(excess) < 0.1 * 20 * 49


def test_cycles_that_are_expected_are_left_out() -> None:
    random = np.random.default_rng(4)
    # What comes again every 24 blocks is in the expectation: nothing of it is left.
    series = random.normal(size=(7, 24, 1))
    series = (series - series.mean(axis=0)).reshape(-1, 1)
    skip = np.arange(1, 13) / 24
    assert Variation.of(series, 1.0, (1, 1), skip, 600).weights[0] > 0.5


def test_a_series_too_short_for_several_memories_is_no_trouble() -> None:
    series = np.random.default_rng(1).standard_normal((24, 1))
    with np.errstate(all="raise"):
        found = Variation.of(series, 1.0, (1, 1), NOTHING, 600)
    assert np.ptp(found.memory) == 0
    assert found.weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("size", [1.0, 0.05, 40.0])
def test_the_posterior_is_as_wide_as_references_differ(size: float) -> None:
    """Also where it lies within a step of the first grid: of many blocks, in many directions."""
    random, found, widths = np.random.default_rng(13), [], []
    for _ in range(20):
        series = np.sqrt(1 + size) * random.normal(size=(168, 10))
        posterior = Variation.of(series, 10.0, (10, 10), NOTHING, 3600)
        total = posterior.level * (1 + posterior.white) * (1 + posterior.excess)
        mean = posterior.weights @ total
        found.append(mean / (10 * (1 + size)))
        widths.append(np.sqrt(posterior.weights @ np.square(total - mean)) / mean)
    assert np.mean(found) == pytest.approx(1, abs=0.1)
    assert np.std(found) < 0.07
    assert 0.01 < np.median(widths) < 0.12


def test_what_wanders_changes_little_from_look_to_look() -> None:
    random = np.random.default_rng(7)
    noise = random.normal(size=(BLOCKS, 1))
    steady = Variation.of(noise, 1.0, (1, 1), NOTHING, 600)
    wandering = Variation.of(
        noise + 3 * wander(BLOCKS, 12, random)[:, None], 1.0, (1, 1), NOTHING, 600
    )
    assert steady.roughness(6) > 0.7
    assert wandering.roughness(6) < 0.2
    assert Variation.of(np.zeros((BLOCKS, 1)), 0.0, (1, 1), NOTHING, 600).roughness(6) > 0
    assert log_more_looks(8, 6, 6, roughness=0.2) < log_more_looks(8, 6, 6)
    assert log_more_looks(8, 6, 0.1) < 0


def record(summaries: list[Summary]) -> Record:
    features: Features = features_of(reduce(merge_summaries, summaries))
    pairs = [features.sums(summary) for summary in summaries]
    counts = np.array([n for n, _ in pairs])
    sums = features.scaled(np.array([each for _, each in pairs]))
    means = sums.sum(axis=0) / counts.sum()
    rows = np.zeros(len(summaries), np.int64)
    sampling = None
    if features.rates is not None:
        shares = features.rates * (1 - features.rates) / features.scales**2
        sampling = float(shares @ features.weights)
    residuals, starts = sums - counts[:, None] * means, 600 * np.arange(len(counts))
    return Record(features, means[None], rows, counts, residuals, 0, 600, sampling, 6, starts)


def flags(sizes: float, seed: int) -> Record:
    random = np.random.default_rng(seed)
    rates = 0.04 * np.exp(sizes * wander(BLOCKS, 6, random))
    return record([FlagCounts(400, int(random.binomial(400, rate))) for rate in rates])


def drawn(reference: Record) -> tuple[float, float]:
    """Variance by sampling's, of single blocks and of six together; medians over streams."""
    single, six = [], []
    for streams in resampled(reference, reference.variation(), 1, 20_000, np.random.default_rng(1)):
        off, counts = streams.sums - streams.expected, streams.counts
        length = off.shape[1] // 6 * 6
        together = off[:, :length].reshape(len(off), -1, 6, off.shape[2]).sum(axis=2)
        single += (np.square(off).sum(axis=(1, 2)) / counts.sum(axis=1)).tolist()
        six += (np.square(together).sum(axis=(1, 2)) / counts[:, :length].sum(axis=1)).tolist()
    return float(np.median(single)), float(np.median(six))


def test_streams_vary_as_independent_events_where_blocks_do() -> None:
    single, six = drawn(flags(0.0, seed=7))
    assert single == pytest.approx(1, abs=0.15)
    assert six == pytest.approx(1, abs=0.3)


def test_streams_wander_where_blocks_do() -> None:
    single, six = drawn(flags(0.4, seed=8))
    assert 2 < single < 8
    assert six > 2 * single


def test_vectors_vary_as_their_blocks() -> None:
    random = np.random.default_rng(6)
    blocks = random.normal(size=(BLOCKS, EVENTS, 8))
    reference = record([VectorSum.empty().observe(block) for block in blocks])
    single, six = drawn(reference)
    assert single == pytest.approx(1, rel=0.2)
    assert six == pytest.approx(1, rel=0.4)


def test_phases_have_expectations_of_their_own() -> None:
    random = np.random.default_rng(9)
    rates = np.where(np.arange(24) < 12, 0.5, 0.1)
    counts = random.integers(50, 150, 7 * 24)
    bad = random.binomial(counts, np.tile(rates, 7))
    features = features_of(FlagCounts(int(counts.sum()), int(bad.sum())))
    rows = np.arange(7 * 24) % 24
    sums = bad[:, None] / features.scales
    weights = np.bincount(rows, counts)[:, None]
    means = np.array([sums[rows == row].sum(axis=0) for row in range(24)]) / weights
    residuals, starts = sums - counts[:, None] * means[rows], 3600 * np.arange(7 * 24)
    reference = Record(features, means, rows, counts, residuals, 24, 3600, 1.0, 6, starts)
    for streams in resampled(reference, reference.variation(), 1, 5000, random):
        shares = streams.expected[..., 0] * features.scales / streams.counts
        phase = np.arange(shares.shape[1]) % 24
        assert shares[:, phase == 3].mean() == pytest.approx(0.5, abs=0.05)
        assert shares[:, phase == 15].mean() == pytest.approx(0.1, abs=0.05)
