"""Rates within strata that wander by themselves: alarms about as rare as they shall be."""

from math import erfc, sqrt

import numpy as np

from detectors.drift.relation import Relation, chance_of, within_strata
from detectors.summaries import FlagCounts

WINDOW, REFERENCE = 6, 96
"""An hour and sixteen, in blocks of ten minutes."""


def test_rates_that_wander_make_few_alarms() -> None:
    """At one in a day; with an hour's memory independence would make more than twice as many."""
    found = {"alone": 0, "with parts": 0}
    days, looks = 10, 48
    for seed in range(3):
        random = np.random.default_rng(seed)
        length = REFERENCE + WINDOW + 144 * days
        state, keep = np.zeros(length), np.exp(-1 / 6)
        for n in range(1, length):
            state[n] = keep * state[n - 1] + np.sqrt(1 - keep**2) * random.normal()
        rates = 0.05 * np.exp(0.3 * state[:, None] + random.normal(0, 0.5, 4))
        counts = random.poisson(20, (length, 4))
        bad = random.binomial(counts, rates.clip(0, 1))

        def flags(
            begin: int, end: int, counts: np.ndarray = counts, bad: np.ndarray = bad
        ) -> dict[str, FlagCounts]:
            sums = counts[begin:end].sum(axis=0), bad[begin:end].sum(axis=0)
            return {f"t{n}": FlagCounts(int(sums[0][n]), int(sums[1][n])) for n in range(4)}

        firing = dict.fromkeys(found, False)
        for at in range(REFERENCE + WINDOW, length, 144 // looks):
            end = (at - WINDOW) // 24 * 24
            parts = [flags(n, n + WINDOW) for n in range(end - REFERENCE, end, WINDOW)]
            before, now = flags(end - REFERENCE, end), flags(at - WINDOW, at)
            relation = within_strata([(before[name], now[name]) for name in now])
            assert relation is not None
            alone = erfc(abs(relation.z) / sqrt(2))
            for how, each in (("alone", alone), ("with parts", chance_of(relation, parts))):
                chance = each * looks
                if not firing[how] and chance <= 1:
                    found[how] += 1
                firing[how] = chance <= (10 if firing[how] else 1)
    assert found["with parts"] <= 1.5 * 3 * days < 2 * 3 * days < found["alone"]


def test_no_part_no_verdict() -> None:
    assert chance_of(Relation(0.5, 0.4, 0.6, 30.0, 0.5), []) == 1.0
