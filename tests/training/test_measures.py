import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    roc_auc_score,
    roc_curve,
)

from training.measures import MEASURES, Ranking, measured

rows = st.lists(
    st.tuples(st.booleans(), st.integers(0, 20).map(lambda step: step / 20)), max_size=60
).map(lambda found: [(True, 0.4), (False, 0.6), *found])


@settings(max_examples=60, deadline=None)
@given(rows)
def test_measures_are_those_of_scikit_learn(found: list[tuple[bool, float]]) -> None:
    labels = np.array([label for label, _ in found])
    scores = np.array([score for _, score in found])
    values = dict(zip(MEASURES, Ranking(labels, scores).measures(np.ones(len(found))), strict=True))
    assert values["AUROC"] == pytest.approx(roc_auc_score(labels, scores))
    assert values["average precision"] == pytest.approx(average_precision_score(labels, scores))
    expected = balanced_accuracy_score(labels, scores >= 0.5)
    assert values["balanced accuracy"] == pytest.approx(expected)
    fallout, recall, _ = roc_curve(labels, scores, drop_intermediate=False)
    expected = recall[fallout <= 0.01].max()
    assert values["recall at 1 % false positives"] == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@given(rows, st.integers(0, 9))
def test_a_weight_is_a_row_that_often(found: list[tuple[bool, float]], seed: int) -> None:
    # Both of the first rows stay, so that there are both labels.
    counts = np.random.default_rng(seed).integers(0, 4, len(found))
    counts[:2] += 1
    labels = np.array([label for label, _ in found])
    scores = np.array([score for _, score in found])
    order = np.argsort(-scores, kind="stable")
    weighted = Ranking(labels, scores).measures(counts[order].astype(float))
    repeated = Ranking(np.repeat(labels, counts), np.repeat(scores, counts))
    assert weighted == pytest.approx(repeated.measures(np.ones(counts.sum())))


def test_calibration_error_of_two_bins() -> None:
    labels = np.array([True, False, False, True])
    scores = np.array([0.25, 0.25, 0.85, 0.95])
    error = Ranking(labels, scores).measures(np.ones(4))[-1]
    # Two rows in 0.2–0.3 with a half positive, one in 0.8–0.9 and one in 0.9–1.0.
    assert error == pytest.approx(0.5 * abs(0.5 - 0.25) + 0.25 * 0.85 + 0.25 * 0.05)


def test_intervals_hold_the_figure_and_narrow_with_more_rows() -> None:
    rng = np.random.default_rng(1)

    def area(count: int) -> tuple[float, float, float]:
        labels = np.arange(count) % 3 == 0
        found = measured(labels, labels + rng.normal(0, 1, count), resamples=100)[0]
        return found.low, found.value, found.high

    few, many = area(60), area(4000)
    assert few[0] <= few[1] <= few[2]
    assert many[2] - many[0] < (few[2] - few[0]) / 3
    # Normal scores one standard deviation apart: Φ(1/√2).
    assert many[0] < 0.760 < many[2]


@pytest.mark.parametrize(
    ("labels", "scores", "message"),
    [
        ([True, False], [0.5], "2 labels, but 1 scores"),
        ([True, False], [0.5, np.nan], "not a number"),
        ([True, True], [0.5, 0.6], "positives and negatives"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    labels: list[bool], scores: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        measured(np.array(labels), np.array(scores))
