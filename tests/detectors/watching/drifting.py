"""Traffic of one service whose signals drift, minute by minute."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
from msgspec import Raw

from detectors.summaries import Distribution, FlagCounts, Summary, encode_summary
from schemas.alerts import Alert
from schemas.monitors.resolved import DriftMonitor
from schemas.panes import Pane
from schemas.signals import Signal, SignalKind

START = 1_772_409_600
SHOP = {"service_name": "shop"}
Signals = dict[str, Summary]
Make = Callable[[int, np.random.Generator], Signals]


def signal(name: str, kind: SignalKind) -> Signal:
    return Signal(name=name, kind=kind, description=f"{name}.")


ERROR, LATENCY = signal("error", "flag"), signal("latency", "amount")
TOPIC, EMBEDDING = signal("prompt.topic", "category"), signal("prompt.embedding", "vector")
FAILED = signal("prompt.failed_topic", "category")


def monitor(*signals: Signal, **options: object) -> DriftMonitor:
    usual = {
        "name": "drift",
        "segmentation": ("service_name",),
        "severity": "ticket",
        "windows_seconds": (300, 900),
        "interval_seconds": 60,
        "trailing_seconds": 5400,
        "minimum_effect": 0.1,
        "minimum_events": 50,
    }
    return DriftMonitor(signals=signals, **(usual | options))


def raw(signals: Signals) -> dict[str, Raw]:
    return {name: Raw(encode_summary(summary)) for name, summary in signals.items()}


def feed(
    run: SimpleNamespace, make: SimpleNamespace, minutes: range, content: Make, events: int = 40
) -> None:
    """A pane a minute, drawn by the minute's own seed."""
    for minute in minutes:
        end = START + 60 * (minute + 1)
        found = content(minute, np.random.default_rng(minute))
        panes = [Pane(start=end - 10, segment=SHOP, events=events, signals=raw(found))]
        run.apply(make.batch(panes if found else [], until=float(end), pane_seconds=10))


def flags(rate: float) -> Make:
    return lambda _, random: {"error": FlagCounts(40, int(random.binomial(40, rate)))}


def errors_beside_latency(error: float, spread: float) -> Make:
    """A rate of errors, and latencies that never change."""

    def content(_: int, random: np.random.Generator) -> Signals:
        return {
            "error": FlagCounts(40, int(random.binomial(40, error))),
            "latency": Distribution.empty().observe(random.lognormal(0, spread, 40)),
        }

    return content


def minute_of(alert: Alert) -> int:
    return int(alert.changed_at.timestamp() - START) // 60
