"""Forecasts of budgets: where they must be, and how often their intervals hold the truth."""

import numpy as np
import pytest

from detectors.objectives.forecast import forecast
from detectors.objectives.series import Series

WEEK = 168


def hours(bad: float, count: int, counted: float = 1000.0) -> tuple[np.ndarray, np.ndarray]:
    return np.full(count, counted), np.full(count, bad * counted)


def test_a_steady_burn_is_gone_when_arithmetic_says_so() -> None:
    # A clean week, but for two days at twice the allowed rate: 4/7 of the budget are spent.
    counted, bad = hours(0.0, WEEK)
    bad[-48:] = 20.0
    found = forecast(
        counted,
        bad,
        target=0.99,
        window_hours=WEEK,
        random=np.random.default_rng(1),
        recent_hours=48,
    )
    assert found is not None
    assert not found.overspent
    assert found.probability == 1.0
    # Another 36 hours at 20 an hour make up 1680.
    assert found.median == pytest.approx(36, abs=3)
    assert found.low <= 36.5 <= found.high + 1


def test_a_budget_that_lasts() -> None:
    counted, bad = hours(0.001, WEEK)
    found = forecast(counted, bad, target=0.99, window_hours=WEEK, random=np.random.default_rng(1))
    assert found is not None
    assert (found.probability, found.low, found.median) == (0.0, None, None)


def test_an_overspent_budget_recovers_as_the_bad_hours_fall_out() -> None:
    counted, bad = hours(0.0, WEEK)
    bad[:24] = 200.0  # 4800 of 1680
    found = forecast(counted, bad, target=0.99, window_hours=WEEK, random=np.random.default_rng(1))
    assert found is not None
    assert found.overspent
    # It is in credit when fewer than 1680 remain: after 16 of the 24 hours have fallen out.
    assert found.median == pytest.approx(16, abs=1)


def test_a_calendars_period_ends_before_the_budget_does() -> None:
    counted, bad = hours(0.012, 48)
    options = {"target": 0.99, "window_hours": WEEK, "random": np.random.default_rng(1)}
    ends = forecast(counted, bad, period_ends_in=WEEK - 48, **options)
    assert ends is not None
    # 20 % too fast: 1680 of the week are gone after 140 hours, 92 from now.
    assert ends.median == pytest.approx(92, abs=8)
    soon = forecast(counted, bad, period_ends_in=24, **options)
    assert soon is not None
    assert soon.horizon_hours == 24


def test_the_first_hours_of_a_period_are_forecast_from_those_before() -> None:
    counted, bad = hours(0.02, 72)
    options = {"target": 0.99, "window_hours": WEEK, "random": np.random.default_rng(1)}
    found = forecast(counted, bad, period_ends_in=WEEK - 2, before=70, **options)
    assert found is not None
    assert not found.overspent
    # Twice too fast: gone in the middle of the week, of which two hours are over.
    assert found.median == pytest.approx(WEEK / 2 - 2, abs=6)


@pytest.mark.parametrize(
    ("counted", "bad"), [hours(0.1, 10), hours(0.0, 72, 0.0), (np.array([]), np.array([]))]
)
def test_too_little_gives_no_forecast(counted: np.ndarray, bad: np.ndarray) -> None:
    random = np.random.default_rng(1)
    assert forecast(counted, bad, target=0.9, window_hours=WEEK, random=random) is None


def test_intervals_hold_the_truth_nearly_as_often_as_they_say() -> None:
    random = np.random.default_rng(7)
    held = 0
    for _ in range(40):
        counted = random.poisson(200, 2 * WEEK + 72).astype(float)
        rate = np.full(len(counted), 0.003)
        rate[WEEK - 72 :] = 0.03
        bad = random.binomial(counted.astype(int), rate).astype(float)
        found = forecast(
            counted[:WEEK], bad[:WEEK], target=0.98, window_hours=WEEK, random=random, futures=200
        )
        assert found is not None
        spent = [
            bad[end - WEEK : end].sum() / counted[end - WEEK : end].sum() / 0.02
            for end in range(WEEK + 1, 2 * WEEK)
        ]
        truth = next(n for n, each in enumerate(spent, start=1) if each >= 1)
        held += (found.low or np.inf) <= truth <= (found.high or np.inf)
    assert held >= 32


def test_intervals_hold_the_truth_through_bursts_as_large_as_the_mean() -> None:
    random, held, runs = np.random.default_rng(3), 0, 150
    for _ in range(runs):
        level, states = np.repeat([0.003, 0.03], [WEEK - 72, WEEK + 72]), []
        state = random.normal()
        for _ in range(2 * WEEK):
            state = 0.85 * state + np.sqrt(1 - 0.85**2) * random.normal()
            states.append(state)
        spread = np.sqrt(np.log(2))
        rate = np.minimum(level * np.exp(spread * np.array(states) - spread**2 / 2), 0.9)
        counted = random.poisson(500, 2 * WEEK).astype(float)
        bad = random.binomial(counted.astype(int), rate).astype(float)
        found = forecast(
            counted[:WEEK], bad[:WEEK], target=0.98, window_hours=WEEK, random=random, futures=200
        )
        assert found is not None
        spent = [
            bad[end - WEEK : end].sum() / counted[end - WEEK : end].sum() / 0.02
            for end in range(WEEK + 1, 2 * WEEK)
        ]
        gone = (n for n, each in enumerate(spent, start=1) if (each < 1) == found.overspent)
        truth = next(gone, np.inf)
        held += (found.low or np.inf) <= truth <= (found.high or np.inf)
    assert held >= 0.8 * runs


def test_hours_of_a_series_end_at_its_end() -> None:
    series = Series.of([(0, 3600, 10, 1), (3600, 3660, 5, 2), (7140, 7200, 1, 0)])
    counted, bad = series.hourly(0, 7200)
    assert counted.tolist() == [10, 6]
    assert bad.tolist() == [1, 2]
    counted, _ = series.hourly(0, 5400)
    assert counted.tolist() == [10, 5]
