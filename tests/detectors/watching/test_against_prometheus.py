"""Burn-rate alerts and burn rates equal those of a real Prometheus.

Both see the same counts: the Watcher as panes, Prometheus as counters sampled when the panes are
over, judged by the multiwindow, multi-burn-rate rules of the SRE workbook. Prometheus takes a range
closed at both ends (2.42), so that ``increase`` over samples at T - w and T is exact; where a
counter is younger than the range it extrapolates bad and all events alike, and shares agree.

What is compared, and when. The near edge of our windows is exact, the far edge is rounded down to
the tier that holds it (:mod:`detectors.watching.tiers`): 10 s for 5 min, 1 min up to 2 h, 10 min
for 6 h and 1 d, 1 h for 3 d. So the tiers of 1 h, 6 h and 1 d are compared every 10 min, the one
of 3 d every hour; there the far edges fall on tier boundaries and everything has to be equal.

Two differences are meant, and kept out of the comparison:

- A window without events has no share (NaN), where Prometheus' alert goes at once and ours stays as
  it is for a while: silence is no recovery. There ours must not begin to fire.
- While both windows hold the same events, ours must not begin to fire where chance explains the
  share; one that fires goes on while the share is above the limit.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from detectors.summaries import FlagCounts
from detectors.watching.watcher import Watcher
from schemas.monitors.resolved import WORKBOOK_TIERS, BurnRateTier
from tests import prometheus
from tests.prometheus import Counters

HOUR, DAY = 3600, 86400
T0 = 480_000 * HOUR
TARGET = 0.995
LIMITS = [factor * (1 - TARGET) for factor, _, _ in prometheus.WORKBOOK.values()]
NAMES = list(prometheus.WORKBOOK)
KEY = '{"service_name":"shop"}'


@dataclass(frozen=True)
class History:
    """Counts of all and of bad events in every ``step`` seconds."""

    step: int
    counts: list[tuple[int, int]]

    @property
    def counters(self) -> Counters:
        events, bad = [0], [0]
        for all_of_step, bad_of_step in self.counts:
            events.append(events[-1] + all_of_step)
            bad.append(bad[-1] + bad_of_step)
        return Counters(self.step, events, bad)


Shares = Callable[[random.Random, int, float], tuple[float, float]]
"""Events a second and share of bad ones, for a step that begins at a second of the history."""


def quiet(rng: random.Random, at: int, length: float) -> tuple[float, float]:
    return rng.uniform(20, 40), 0.001


def bursts(rng: random.Random, at: int, length: float) -> tuple[float, float]:
    return 30, 0.4 if at % (3 * HOUR) > 2.5 * HOUR else 0.001


def slow_burn(rng: random.Random, at: int, length: float) -> tuple[float, float]:
    """The share rises through every limit."""
    return 50, 0.12 * (at / length) ** 3


def gaps(rng: random.Random, at: int, length: float) -> tuple[float, float]:
    traffic = 0 if at // 1200 % 4 in (1, 2) else rng.uniform(1, 60)
    return traffic, 0.2 if at % (4 * HOUR) > 2 * HOUR else 0.01


def low_traffic(rng: random.Random, at: int, length: float) -> tuple[float, float]:
    return 0.01, 0.02


def recovery(rng: random.Random, at: int, length: float) -> tuple[float, float]:
    return 25, 0.3 * max(0.0, 1 - 3 * at / length) if at > length / 10 else 0.0


def restless(rng: random.Random, at: int, length: float) -> tuple[float, float]:
    """Any limit, a little above or below, for a while."""
    level = random.Random(f"{length}{at // 5400}")
    return level.uniform(0.5, 80), level.choice(LIMITS) * level.uniform(0.9, 1.1)


def history(seed: int, shares: Shares, hours: int) -> History:
    """A random history of this kind."""
    rng = random.Random(seed)
    length = hours * HOUR
    step = 60 if hours <= 12 else 300
    counts = []
    for at in range(0, length, step):
        traffic, share = shares(rng, at, length)
        events = _about(rng, traffic * step)
        bad = (
            sum(rng.random() < share for _ in range(events))
            if events < 100
            else min(events, _about(rng, events * share))
        )
        counts.append((events, bad))
    return History(step, counts)


def _about(rng: random.Random, mean: float) -> int:
    """A number of things with this mean, as independent ones come."""
    return max(0, round(rng.gauss(mean, mean**0.5)))


HISTORIES = [
    (quiet, 2),
    (quiet, 26),
    (bursts, 2),
    (bursts, 4),
    (bursts, 12),
    (bursts, 48),
    (slow_burn, 3),
    (slow_burn, 8),
    (slow_burn, 30),
    (slow_burn, 120),
    (gaps, 5),
    (gaps, 12),
    (gaps, 24),
    (low_traffic, 6),
    (low_traffic, 12),
    (low_traffic, 72),
    (recovery, 4),
    (recovery, 12),
    (recovery, 96),
    (restless, 6),
    (restless, 12),
    (restless, 36),
    (restless, 72),
]


@dataclass(frozen=True)
class Seen:
    """What a watcher says at one moment, of every alert of the workbook by its name."""

    at: int
    firing: dict[str, bool]
    begun: set[str]
    counts: dict[int, FlagCounts]


def watch(make: Any, told: History, tiers: tuple[BurnRateTier, ...]) -> Iterator[Seen]:
    """Every tier as a monitor of its own, over the history; what is seen every ten minutes."""
    monitors = [
        make.burn_rate(tier, name=name, target=TARGET)
        for name, tier in zip(NAMES, tiers, strict=True)
    ]
    run = make.run(*monitors, segment_expiry_seconds=30 * DAY, max_evaluations=1)
    firing = dict.fromkeys(NAMES, False)
    rng = random.Random(0)
    for number, (events, bad) in enumerate(told.counts):
        begin = T0 + number * told.step
        # Anywhere in the step, in two panes.
        early, late = sorted(rng.sample(range(0, told.step, 10), 2))
        some = min(bad, events // 2)
        panes = [
            make.pane(begin + early, good=events // 2 - some, bad=some),
            make.pane(begin + late, good=events - events // 2 - bad + some, bad=bad - some),
        ]
        step = run.apply(
            make.batch([p for p in panes if p.events], begin + told.step, pane_seconds=10)
        )
        for alert in step.alerts:
            firing[alert.monitor] = alert.state == "firing"
        at = begin + told.step
        if at % 600 == 0:
            begun = {a.monitor for a in step.alerts if a.state == "firing"}
            yield Seen(at - T0, dict(firing), begun, counted(run.watcher))


def counted(watcher: Watcher) -> dict[int, FlagCounts]:
    """Good events among those known, by window."""
    counts = watcher._past.counts(KEY)
    return {
        length: FlagCounts(*counts.get(("sli.availability", length), (0, 0)))
        for length in prometheus.LENGTHS
    }


def judge(
    folder: Path, make: Any, told: History, tiers: tuple[BurnRateTier, ...] = WORKBOOK_TIERS
) -> str:
    """What Prometheus finds different."""
    firing: dict[str, dict[int, bool]] = {name: {} for name in NAMES}
    expressions: dict[int, list[str]] = {}
    for seen in watch(make, told, tiers):
        hourly = seen.at % HOUR == 0
        for tier, name in zip(tiers, NAMES, strict=True):
            windows = seen.counts[tier.long_seconds], seen.counts[tier.short_seconds]
            if not all(window.count for window in windows):
                assert name not in seen.begun, f"{name} begins at {seen.at} without events"
                firing[name][seen.at] = False
            elif windows[0].count == windows[1].count and by_chance(windows[0], tier):
                assert name not in seen.begun, f"{name} begins at {seen.at} by chance"
            elif hourly or name != "ticket-3d":
                firing[name][seen.at] = seen.firing[name]
        expressions[seen.at] = [
            burn_rate_is(prometheus.LENGTHS[length], window)
            for length, window in seen.counts.items()
            if hourly or length != 3 * DAY
        ]
    return prometheus.verdict(
        folder, told.counters, target=TARGET, interval=600, firing=firing, expressions=expressions
    )


def by_chance(good: FlagCounts, tier: BurnRateTier) -> bool:
    """Whether the share of bad events is above the tier's limit, but not surely."""
    limit = tier.factor * (1 - TARGET)
    bad = FlagCounts(good.count, good.count - good.positive)
    return bad.interval()[0] <= limit < (bad.rate or 0.0)


def burn_rate_is(length: str, good: FlagCounts) -> str:
    """The burn rate over a window, within 1e-9 of it; NaN, not equal to itself, without events."""
    burn = f"{prometheus.ratio(length)} / (1 - {TARGET})"
    if not good.count:
        return f"({burn}) != bool ({burn})"
    ours = (good.count - good.positive) / good.count / (1 - TARGET)
    return f"abs({burn} - {ours!r}) <= bool {1e-9 * ours!r}"


@pytest.mark.parametrize(
    ("seed", "shares", "hours"),
    [(seed, shares, hours) for seed, (shares, hours) in enumerate(HISTORIES)],
    ids=[f"{shares.__name__}-{hours}h" for shares, hours in HISTORIES],
)
def test_alerts_and_burn_rates_are_those_of_prometheus(
    make: Any, tmp_path: Path, seed: int, shares: Shares, hours: int
) -> None:
    assert judge(tmp_path, make, history(seed, shares, hours)) == ""


@pytest.mark.parametrize("change", [0.99, 1.01])
@pytest.mark.parametrize("number", range(4), ids=NAMES)
def test_a_factor_off_by_a_hundredth_is_found(
    make: Any, tmp_path: Path, number: int, change: float
) -> None:
    """The comparison can tell: half a hundredth beside the limit, the wrong factor is caught."""
    events = 100_000_000
    told = History(300, [(events, round(events * LIMITS[number] * (1 + change) / 2))] * 24)
    assert judge(tmp_path, make, told) == ""
    tiers = list(WORKBOOK_TIERS)
    tiers[number] = structs.replace(tiers[number], factor=tiers[number].factor * change)
    assert f"alertname: {NAMES[number]}" in judge(tmp_path, make, told, tuple(tiers))
