"""What lasts or wanders within blocks makes their means vary as much as it does in blocks."""

import numpy as np
import pytest

from detectors.drift.course import Course, resemblance


@pytest.mark.parametrize("looks", [1, 3, 6])
def test_what_lasts_part_of_a_block_varies_as_much_in_means_of_blocks(looks: int) -> None:
    random = np.random.default_rng(1)
    past, ahead, streams = 96, 60, 300
    course = Course.of(
        np.zeros(past, np.int64), np.full(past, 50), 0, past, streams, ahead, looks, random
    )
    values = random.standard_normal(past)
    values -= values.mean()
    found = course.lasting((values / values.std())[course.drawn][..., None])[..., 0]
    assert found[:, :past].var() == pytest.approx(1, rel=0.1)
    live = found[:, past:]
    for begin in range(looks):
        end = live.shape[1] - looks + begin
        means = live[:, begin:end].reshape(streams, -1, looks).mean(axis=2)
        assert means.var() == pytest.approx(1, rel=0.1)
    assert course.counts[:, past:].sum() == pytest.approx(50 * ahead * streams, rel=0.01)


@pytest.mark.parametrize("memory", [0.5, 1.0, 4.0])
def test_means_of_blocks_resemble_each_other_as_told(memory: float) -> None:
    random = np.random.default_rng(2)
    looks, keep = 6, np.exp(-1 / memory / 6)
    series = np.zeros(120_000)
    series[0] = random.standard_normal()
    shocks = np.sqrt(1 - keep**2) * random.standard_normal(len(series))
    for at in range(1, len(series)):
        series[at] = keep * series[at - 1] + shocks[at]
    means = series.reshape(-1, looks).mean(axis=1)
    variance, correlation = resemblance(memory, looks)
    assert means.var() == pytest.approx(variance, rel=0.08)
    assert np.corrcoef(means[1:], means[:-1])[0, 1] == pytest.approx(correlation, abs=0.04)
    assert resemblance(memory, 1) == pytest.approx((1.0, np.exp(-1 / memory)))
