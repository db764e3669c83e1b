"""Samples are the same on every replay, and what they say of all events is unbiased."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.sampling import (
    SamplingDesign,
    choose,
    estimate_mean,
    horvitz_thompson_total,
    uniform,
)

DESIGN = SamplingDesign(least=0.02, most=0.3, unknown=0.1)
EVENTS = 3_000
ROUNDS = 1_500


def population(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Light scores, and the truth: right on average, but not calibrated."""
    scores = rng.beta(0.6, 2.0, EVENTS)
    scores[rng.random(EVENTS) < 0.1] = np.nan
    truth = rng.random(EVENTS) < np.nan_to_num(scores, nan=0.3) ** 1.5
    return scores, truth.astype(float)


def simulate(most: int) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """The true rate; estimates, totals and whether each interval covers the rate."""
    rng = np.random.default_rng(7)
    scores, truth = population(rng)
    probabilities = DESIGN.probabilities(scores)
    rate = float(truth.mean())
    values, totals, covered = [], [], []
    for _ in range(ROUNDS):
        sample = choose(probabilities, rng.random(EVENTS), most)
        estimate = estimate_mean(truth[sample.rows], sample.probabilities)
        assert estimate is not None
        assert estimate.sampled <= most
        values.append(estimate.value)
        totals.append(horvitz_thompson_total(truth[sample.rows], sample.probabilities))
        covered.append(estimate.low <= rate <= estimate.high)
    return rate, np.array(values), np.array(totals), np.array(covered)


@pytest.mark.parametrize("most", [EVENTS, 150], ids=["all that are in", "a budget"])
def test_estimates_are_unbiased_and_intervals_cover(most: int) -> None:
    rate, values, totals, covered = simulate(most)

    # Within four standard errors of the simulation; the ratio's bias is of order 1/n.
    assert abs(totals.mean() / EVENTS - rate) < 4 * totals.std() / EVENTS / ROUNDS**0.5
    assert abs(values.mean() - rate) < 4 * values.std() / ROUNDS**0.5 + 0.02 * rate
    # The simulation's own error is 0.006.
    assert 0.93 <= covered.mean() <= 0.99


def test_the_unweighted_mean_would_be_wrong() -> None:
    rng = np.random.default_rng(7)
    scores, truth = population(rng)
    sample = choose(DESIGN.probabilities(scores), rng.random(EVENTS), EVENTS)

    estimate = estimate_mean(truth[sample.rows], sample.probabilities)

    assert estimate is not None
    assert truth[sample.rows].mean() > 1.3 * truth.mean()
    assert abs(estimate.value - truth.mean()) < 0.05


def test_more_weight_to_what_is_unsure_estimates_better_than_equal_probabilities() -> None:
    rng = np.random.default_rng(3)
    scores, truth = population(rng)
    unsure = DESIGN.probabilities(scores)
    equal = np.full(EVENTS, unsure.mean())
    errors = {}
    for name, probabilities in (("unsure", unsure), ("equal", equal)):
        found = [
            horvitz_thompson_total(truth[sample.rows], sample.probabilities)
            for sample in (choose(probabilities, rng.random(EVENTS), EVENTS) for _ in range(400))
        ]
        errors[name] = np.std(found)
    assert errors["unsure"] < errors["equal"]


def test_probabilities_are_those_of_the_draws() -> None:
    ids = [f"event-{number}" for number in range(20_000)]
    probabilities = DESIGN.probabilities(np.linspace(0, 1, len(ids)))
    sample = choose(probabilities, uniform(ids, "judge"), len(ids))
    expected = probabilities.sum()
    assert abs(len(sample.rows) - expected) < 5 * expected**0.5


@given(st.lists(st.text(max_size=12), unique=True, min_size=1), st.randoms(use_true_random=False))
def test_the_same_events_are_chosen_on_every_replay(ids: list[str], rng: object) -> None:
    again = ids.copy()
    rng.shuffle(again)  # type: ignore[attr-defined]
    chosen = []
    for order in (ids, again):
        rows = choose(np.full(len(order), 0.4), uniform(order, "judge"), len(order)).rows
        chosen.append({order[row] for row in rows})
    assert chosen[0] == chosen[1]


def test_salts_give_other_samples() -> None:
    ids = [str(number) for number in range(1_000)]
    one, other = (uniform(ids, salt) for salt in ("a", "b"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.1
    assert abs(one.mean() - 0.5) < 0.05


def test_without_a_budget_nobody_is_chosen() -> None:
    assert len(choose(np.ones(3), np.full(3, 0.5), 0).rows) == 0
    assert estimate_mean(np.empty(0), np.empty(0)) is None


def test_a_census_has_no_error() -> None:
    found = estimate_mean(np.array([1.0, 0.0, 0.0, 1.0]), np.ones(4))
    assert found is not None
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)


def test_nothing_found_is_not_certainty() -> None:
    found = estimate_mean(np.zeros(50), np.full(50, 0.01))
    assert found is not None
    assert found.value == 0
    assert 0.04 < found.high < 0.12


@pytest.mark.parametrize(
    "wrong",
    [
        {"least": 0.0, "most": 0.5, "unknown": 0.1},
        {"least": 0.1, "most": 1.5, "unknown": 0.1},
        {"least": 0.5, "most": 0.1, "unknown": 0.1},
    ],
)
def test_a_design_that_leaves_events_out_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        SamplingDesign(**wrong)
