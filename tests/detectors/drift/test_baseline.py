"""Baselines: alarms as rare as they shall be, and soon where something changes."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pytest

from detectors.drift.baseline import Baseline
from detectors.drift.relation import joined, within_strata
from detectors.drift.series import last_change, seasonal_surprise
from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    VectorSum,
    merge_summaries,
)

BLOCK, WINDOWS = 600, (600, 3600)


@dataclass(frozen=True)
class Stretch:
    start: int
    events: int
    summary: Summary | None


def draw(kind: str, random: np.random.Generator, shifted: bool = False) -> Summary:
    n = int(random.poisson(80)) + 1
    match kind:
        case "flag":
            return FlagCounts(n, int(random.binomial(n, 0.15 if shifted else 0.03)))
        case "never":
            return FlagCounts(n, int(random.binomial(n, 0.05)) if shifted else 0)
        case "number":
            return Distribution.empty().observe(random.lognormal(0.5 if shifted else 0, 1, n))
        case "constant":
            return Distribution.empty().observe(np.full(n, 2.0 if shifted else 1.0))
        case "category":
            p = [0.3, 0.6, 0.1] if shifted else [0.6, 0.3, 0.1]
            found = random.multinomial(n, p)
            return CategoryCounts({f"c{i}": int(c) for i, c in enumerate(found)}, 0)
    return VectorSum.empty().observe(random.normal(0.3 if shifted else 0, 1, (n, 20)))


def baseline(kind: str, blocks: int = 200, seed: int = 0) -> Baseline | None:
    random = np.random.default_rng(seed)
    past = [Stretch(BLOCK * i, 80, draw(kind, random)) for i in range(blocks)]
    return Baseline.of(past, block=BLOCK, windows=WINDOWS, random=np.random.default_rng(1))


def judged(ready: Baseline, kind: str, *, shifted: bool, seed: int = 9) -> float:
    random = np.random.default_rng(seed)
    live = [draw(kind, random, shifted) for _ in range(6)]
    now = [live[-1], reduce(merge_summaries, live)]
    finding = ready.judge(now, BLOCK * 1000, minimum=20, interval=BLOCK)
    assert finding is not None
    return finding.log_rate


KINDS = ("flag", "never", "number", "constant", "category", "vector")


@pytest.mark.parametrize("kind", KINDS)
def test_changes_stand_out_and_chance_does_not(kind: str) -> None:
    ready = baseline(kind)
    once_a_month = -np.log(30 * 86400)
    assert judged(ready, kind, shifted=True) < once_a_month
    assert judged(ready, kind, shifted=False) > once_a_month


def test_alarms_come_about_as_often_as_they_shall() -> None:
    alarms = days = 0.0
    for seed in range(3):
        ready = baseline("category", seed=seed)
        random = np.random.default_rng(100 + seed)
        live = [draw("category", random) for _ in range(300)]
        last = -100
        for at in range(6, 300):
            now = [live[at - 1], reduce(merge_summaries, live[at - 6 : at])]
            finding = ready.judge(now, BLOCK * at, minimum=20, interval=BLOCK)
            if finding.log_rate < -np.log(86400):
                alarms += at - last > 6
                last = at
        days += 294 * BLOCK / 86400
    assert 0.2 * days < alarms < 3 * days


def test_too_little_is_no_baseline_and_no_judgement() -> None:
    assert baseline("flag", blocks=8) is None
    ready = baseline("flag")
    few = [FlagCounts(5, 5), FlagCounts(5, 5)]
    assert ready.judge(few, 0, minimum=20, interval=BLOCK) is None
    assert ready.judge([None, None], 0, minimum=1, interval=BLOCK) is None


def test_another_kind_or_length_is_not_judged() -> None:
    ready = baseline("vector")
    other = VectorSum.empty().observe(np.ones((50, 8)))
    assert ready.judge([other, other], 0, minimum=1, interval=BLOCK) is None
    assert ready.judge([FlagCounts(99, 1)] * 2, 0, minimum=1, interval=BLOCK) is None


def test_hours_are_held_against_the_same_hours() -> None:
    random = np.random.default_rng(0)
    past = []
    for i in range(6 * 24 * 5):
        rate = 0.5 if (i // 6) % 24 < 12 else 0.1
        past.append(Stretch(BLOCK * i, 80, FlagCounts(80, int(random.binomial(80, rate)))))
    ready = Baseline.of(past, block=BLOCK, windows=WINDOWS, random=np.random.default_rng(1))
    morning, evening = 100 * 86400 + 6 * 3600, 100 * 86400 + 18 * 3600
    now = [FlagCounts(80, 40), FlagCounts(480, 240)]
    usual = ready.judge(now, morning, minimum=20, interval=BLOCK)
    odd = ready.judge(now, evening, minimum=20, interval=BLOCK)
    assert usual.log_rate > -np.log(86400) > odd.log_rate


def test_weekends_are_held_against_weekends() -> None:
    random = np.random.default_rng(0)

    def rate(hour: int) -> float:
        return 0.5 if hour // 24 % 7 < 2 else 0.1

    past = [
        Stretch(3600 * i, 80, FlagCounts(80, int(random.binomial(80, rate(i)))))
        for i in range(28 * 24)
    ]
    ready = Baseline.of(past, block=3600, windows=(3600,), random=np.random.default_rng(1))
    begin = 28 * 86400
    saturday, monday = begin + 10 * 3600, begin + 2 * 86400 + 10 * 3600
    now = [FlagCounts(80, 40)]
    usual = ready.judge(now, saturday, minimum=20, interval=3600)
    odd = ready.judge(now, monday, minimum=20, interval=3600)
    assert usual.log_rate > -np.log(86400) > odd.log_rate


def test_blocks_are_read_again_for_calibration_alone() -> None:
    random, asked = np.random.default_rng(0), []
    past = [Stretch(BLOCK * i, 80, draw("flag", random)) for i in range(200)]
    usual, odd = [FlagCounts(80, 3)] * 2, [FlagCounts(80, 30)] * 2

    def again() -> list[Stretch]:
        asked.append(1)
        return past

    options = {"block": BLOCK, "windows": WINDOWS}
    ready = Baseline.of(past, **options, random=np.random.default_rng(1), again=again)
    held = Baseline.of(past, **options, random=np.random.default_rng(1))
    level, judged_so = -np.log(86400), {"minimum": 20, "interval": BLOCK}
    assert ready.judge(usual, 0, level=level, **judged_so).log_rate > level
    assert not asked
    found = ready.judge(odd, 0, level=level, **judged_so)
    assert found == held.judge(odd, 0, level=level, **judged_so)
    assert len(asked) == 1
    gone = Baseline.of(past, **options, random=np.random.default_rng(1), again=list)
    assert gone.judge(odd, 0, level=level, **judged_so).log_rate < level


def test_the_mixture_of_strata_is_no_concept_drift() -> None:
    before = joined(CategoryCounts({"a": 900, "b": 100}, 0), CategoryCounts({"a": 9, "b": 50}, 0))
    now = joined(CategoryCounts({"a": 100, "b": 900}, 0), CategoryCounts({"a": 1, "b": 450}, 0))
    found = within_strata([(before[name], now[name]) for name in "ab"])
    assert abs(found.difference) < 1e-9
    assert found.raw > 0.3
    worse = joined(CategoryCounts({"a": 100, "b": 900}, 0), CategoryCounts({"a": 20, "b": 500}, 0))
    found = within_strata([(before[name], worse[name]) for name in "ab"])
    assert found.low > 0
    assert found.z > 4
    assert within_strata([]) is None


@pytest.mark.parametrize("method", ["adwin", "page_hinkley", "kswin"])
def test_series_tell_a_change(method: str) -> None:
    random = np.random.default_rng(2)
    quiet = random.normal(10, 1, 200)
    changed = np.concatenate((quiet, random.normal(13, 1, 40)))
    assert last_change(quiet.tolist(), method, 10_000) is None
    assert last_change(changed.tolist(), method, 10_000) >= 200
    assert last_change([5.0] * 100, method, 10_000) is None


def test_seasons_are_expected() -> None:
    random = np.random.default_rng(4)
    day = 100 + 50 * np.sin(np.arange(24 * 10) / 24 * 2 * np.pi)
    values = (day + random.normal(0, 3, len(day))).tolist()
    total, expected, usual = seasonal_surprise(values, 24, 3)
    assert total == pytest.approx(expected, rel=0.2)
    assert usual > 1e-4
    assert seasonal_surprise([*values[:-3], *(2 * v for v in values[-3:])], 24, 3)[2] < 1e-6
    assert seasonal_surprise(values[:48], 24, 3) is None


@pytest.mark.parametrize("method", ["adwin", "page_hinkley", "kswin"])
@pytest.mark.parametrize(("usual", "jump"), [(0.0, 0.001), (0.1, 0.02), (2.0, 0.5), (1e6, 100.0)])
def test_what_was_constant_and_moves_is_told_at_any_scale(
    method: str, usual: float, jump: float
) -> None:
    moved = [usual] * 100 + [usual + jump] * 30
    assert (last_change(moved, method, 4320) or 0) >= 100
    assert last_change([usual] * 130, method, 4320) is None
    alone = [usual] * 100 + [usual + jump] + [usual] * 29
    assert last_change(alone, method, 4320) is None
