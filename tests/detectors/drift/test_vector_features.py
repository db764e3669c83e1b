"""Embeddings' features: noise alike in all directions, and what is seen of it not too small."""

from dataclasses import dataclass

import numpy as np
import pytest

from detectors.drift.record_reading import read_record
from detectors.drift.vector_features import VectorFeatures
from detectors.summaries import FlagCounts, VectorSum

SIZE, BLOCKS, EVENTS = 40, 96, 30
SPREADS = np.geomspace(2.0, 0.1, SIZE)


@dataclass(frozen=True)
class Stretch:
    start: int
    events: int
    summary: VectorSum


def blocks(number: int, seed: int) -> list[Stretch]:
    random = np.random.default_rng(seed)
    return [
        Stretch(
            600 * n,
            EVENTS,
            VectorSum.empty().observe(SPREADS * random.standard_normal((EVENTS, SIZE))),
        )
        for n in range(number)
    ]


def test_blocks_that_features_do_not_know_vary_as_those_that_they_were_made_of() -> None:
    seen, new, sampling = [], [], []
    for seed in range(6):
        record, means, *_ = read_record(blocks(BLOCKS, seed), 600, 6)
        residuals = [
            record.features.scaled(each.summary.sum - EVENTS * means[0]) / np.sqrt(EVENTS)
            for each in blocks(200, 100 + seed)
        ]
        seen.append(np.square(record.deviations).sum(axis=1).mean())
        new.append(np.square(residuals).sum(axis=1).mean())
        sampling.append(record.sampling)
    assert np.mean(seen) == pytest.approx(np.mean(new), rel=0.04)
    assert np.mean(sampling) == pytest.approx(np.mean(new), rel=0.08)


def test_small_noise_hides_less() -> None:
    random = np.random.default_rng(3)
    whole = VectorSum.empty().observe(SPREADS * random.standard_normal((5000, SIZE)))
    plain = VectorFeatures.of(whole)
    turned = plain.among(SPREADS * random.standard_normal((1000, SIZE)))
    loud, quiet = np.eye(SIZE)[0], np.eye(SIZE)[-1]

    def contrast(features: VectorFeatures) -> float:
        one, other = (np.square(features.scaled(each)).sum() for each in (quiet, loud))
        return float(one / other)

    assert contrast(plain) == pytest.approx(1)
    assert contrast(turned) > 5
    assert plain.among(np.zeros((20, SIZE))) is plain


def test_what_cannot_be_compared_is_known_of_nothing() -> None:
    random = np.random.default_rng(4)
    good = VectorSum.empty().observe(random.standard_normal((30, SIZE)))
    features = VectorFeatures.of(good)
    odd = VectorSum.of(30, np.full(SIZE, np.inf), 1.0)
    short = VectorSum.empty().observe(random.standard_normal((30, 3)))
    counts, sums = features.known([good, odd, None, short, FlagCounts(30, 1)], 20)
    assert counts == [30, 0, 0, 0, 0]
    assert sums[0] == pytest.approx(good.sum)
    assert not sums[1:].any()
    assert features.known([good], 31)[0] == [0]
