"""Streams of counts vary as their reference does, phase by phase."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.signal import lfilter

from detectors.drift.record_reading import read_record
from detectors.drift.resampling import resampled
from detectors.drift.variation import Variation
from detectors.summaries import Distribution, Summary


@dataclass
class Hour:
    """A block of a reference."""

    start: int
    events: int
    summary: Summary | None


def test_streams_differ_from_their_own_reference_as_much_as_they_are_to() -> None:
    """All go up and down together: some shares gain more than they lose, which is no wandering."""
    random = np.random.default_rng(14)
    scales = np.exp(0.3 * random.normal(size=7 * 24))
    counts = (300 * random.gamma(4, size=7 * 24) / 4).astype(int) + 5
    hours = [
        Hour(3600 * n, count, Distribution.empty().observe(scale * random.lognormal(0, 1, count)))
        for n, (scale, count) in enumerate(zip(scales, counts.tolist(), strict=True))
    ]
    found = read_record(hours, 3600, 6)
    assert found is not None
    reference, *_ = found
    level = reference.sampling
    assert level is not None
    # An hour's seven days are known no better than seven blocks are.
    seen = float(np.square(reference.deviations).sum(axis=1).mean()) * 7 / 6
    one, nothing = np.ones(1), np.zeros(1)
    variation = Variation(one, nothing, seen / level - one, one, level * one, np.inf * one)
    drawn = [
        (np.square(streams.sums - streams.expected).sum(axis=2) / streams.counts).mean()
        for streams in resampled(reference, variation, 1, 20_000, random)
    ]
    assert np.mean(drawn) == pytest.approx(seen * 8 / 7, rel=0.1)


def test_amounts_wander_at_the_quantiles_of_their_phase() -> None:
    """Seven times as much by day as by night, both wander by one factor: bound by bound as seen."""
    random = np.random.default_rng(3)
    hours, past = np.arange(54 * 24), 14 * 24
    day, keep = hours % 24 < 12, np.exp(-1 / 3)
    wandering = lfilter([np.sqrt(1 - keep**2)], [1, -keep], random.normal(size=len(hours)))
    scales = np.exp(np.where(day, 1, -1) + 0.2 * wandering)
    blocks = [Distribution.empty().observe(scale * random.lognormal(0, 1, 400)) for scale in scales]
    reference_hours = [Hour(3600 * n, 400, each) for n, each in enumerate(blocks[:past])]
    found = read_record(reference_hours, 3600, 6)
    assert found is not None
    reference, *_ = found
    features = reference.features
    sums = features.scaled(np.array([features.sums(block)[1] for block in blocks]))
    seen = np.stack([sums[side].var(axis=0) for side in (day, ~day)]) / 400
    drawn, number = np.zeros_like(seen), 0
    for streams in resampled(reference, reference.variation(), 1, 20_000, random):
        off = np.square(streams.sums - streams.expected) / streams.counts[..., None]
        side = np.arange(off.shape[1]) % 24 < 12
        drawn += np.stack([off[:, each].mean(axis=1).sum(axis=0) for each in (side, ~side)])
        number += len(off)
    moved = seen > 1
    assert moved.sum() > 10
    ratios = np.log(drawn[moved] / number / seen[moved])
    assert ratios.std() < 0.25
    assert ratios.mean() == pytest.approx(0, abs=0.4)
