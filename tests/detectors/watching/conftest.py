"""Panes, batches and runs for the watcher's tests."""

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import Raw

from detectors.summaries import (
    USERS,
    Cardinality,
    Distribution,
    FlagCounts,
    decode_summary,
    encode_summary,
)
from detectors.watching.settings import WatchSettings
from detectors.watching.step import Step
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert
from schemas.changes import Change
from schemas.monitors.conditions import Comparison
from schemas.monitors.resolved import (
    BurnRateMonitor,
    BurnRateTier,
    Indicator,
    MonitorSet,
    NoDataMonitor,
    ThresholdMonitor,
)
from schemas.panes import Example, Pane, PaneBatch
from schemas.segments import Segment
from schemas.windows import Window

SHOP = {"service_name": "shop"}
AVAILABLE = Indicator(name="availability", good=Comparison("status", "=", "ok"))
SIGNAL = AVAILABLE.signal.name


def pane(
    start: int,
    segment: Segment = SHOP,
    *,
    good: int = 0,
    bad: int = 0,
    latencies: Sequence[float] = (),
    users: Sequence[str] = (),
    examples: Sequence[Example] = (),
    condition: str = f"{SIGNAL} = false",
) -> Pane:
    summaries = {SIGNAL: FlagCounts(good + bad, good)} if good + bad else {}
    if latencies:
        summaries["latency"] = Distribution.empty().observe(list(latencies))
    if users:
        summaries[USERS] = Cardinality.empty().observe(list(users))
    return Pane(
        start=start,
        segment=segment,
        events=max(good + bad, len(latencies)),
        signals={name: Raw(encode_summary(summary)) for name, summary in summaries.items()},
        examples={condition: list(examples)} if examples else {},
    )


def batch(
    panes: Iterable[Pane] = (),
    until: float | dict[str, float] | None = None,
    pane_seconds: int = 1,
) -> PaneBatch:
    if until is None:
        until = {}
    elif not isinstance(until, dict):
        until = {"inference/0": until}
    return PaneBatch(
        worker="score-0", pane_seconds=pane_seconds, complete_until=until, panes=list(panes)
    )


def burn_rate(*tiers: BurnRateTier, **options: object) -> BurnRateMonitor:
    options = {"segmentation": ("service_name",), "target": 0.995, "name": "shop-slo"} | options
    options.setdefault("window_seconds", 30 * 86400)
    if tiers:
        options["tiers"] = tiers
    return BurnRateMonitor(indicator=AVAILABLE, **options)


def threshold(**options: object) -> ThresholdMonitor:
    options = {"segmentation": ("service_name",), "severity": "ticket", "name": "limit"} | options
    return ThresholdMonitor(**options)


def no_data(for_seconds: int, **options: object) -> NoDataMonitor:
    options = {"segmentation": ("service_name",), "severity": "page", "name": "silent"} | options
    return NoDataMonitor(for_seconds=for_seconds, **options)


class Run:
    """A watcher with what it put and told."""

    def __init__(self, *monitors: object, **settings: object) -> None:
        self.monitors = MonitorSet(monitors=monitors)
        self.settings = WatchSettings(**settings)
        self.state: dict[str, bytes] = {}
        self.windows: dict[str, Window] = {}
        self.published = 0
        self.alerts: list[Alert] = []
        self.changes: list[Change] = []
        self.offset = -1
        self.watcher = Watcher(self.monitors, self.settings)

    def apply(self, *batches: PaneBatch, told_at: float | None = None) -> Step:
        """Batches told a second apart, or all at ``told_at``."""
        for each in batches:
            self.offset += 1
            at = self.offset + 1.0 if told_at is None else told_at
            step = self.watcher.apply(each, self.offset, told_at=at, changes=self.changes)
            self.tell(step)
            self.keep(step, len(step.puts))
        return step

    def tell(self, step: Step) -> None:
        self.published += len(step.windows)
        for window in step.windows:
            before = self.windows.get(window.key)
            if before is None or before.version <= window.version:
                self.windows[window.key] = window
        self.alerts += step.alerts

    def keep(self, step: Step, puts: int) -> None:
        for key, value in list(step.puts.items())[:puts]:
            if value is None:
                self.state.pop(key, None)
            else:
                self.state[key] = value

    def restart(self, *monitors: object) -> None:
        if monitors:
            self.monitors = MonitorSet(monitors=monitors)
        items = list(self.state.items())
        self.watcher = Watcher(self.monitors, self.settings, reversed(items))

    @property
    def states(self) -> list[str]:
        return [alert.state for alert in self.alerts]

    def window(self, resolution: int, start: int, segment: str = '{"service_name":"shop"}') -> Any:
        return self.windows.get(f"{resolution}|{start}|{segment}")


def contents(windows: dict[str, Window]) -> dict[str, tuple]:
    """Windows without their versions, decoded."""
    return {
        key: (w.events, {name: decode_summary(raw) for name, raw in w.signals.items()})
        for key, w in windows.items()
    }


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    return SimpleNamespace(
        pane=pane,
        batch=batch,
        burn_rate=burn_rate,
        threshold=threshold,
        no_data=no_data,
        run=Run,
        contents=contents,
        shop=SHOP,
        signal=SIGNAL,
        tier=BurnRateTier,
    )
