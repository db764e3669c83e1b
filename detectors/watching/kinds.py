"""The kinds of monitors. A new kind is a file with its :class:`verdict.Evaluator`, and a line."""

from collections.abc import Callable
from typing import Final

from detectors.watching.burn_rate import BurnRate
from detectors.watching.comparison import Comparing
from detectors.watching.composite import Composite
from detectors.watching.drift_kinds import drift_evaluator
from detectors.watching.no_data import NoData
from detectors.watching.threshold import Threshold
from detectors.watching.verdict import Evaluator
from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    ComparisonMonitor,
    CompositeMonitor,
    DriftMonitor,
    Monitor,
    NoDataMonitor,
    ThresholdMonitor,
)

KINDS: Final[dict[type[Monitor], Callable[..., Evaluator]]] = {
    BurnRateMonitor: BurnRate,
    CompositeMonitor: Composite,
    ComparisonMonitor: Comparing,
    DriftMonitor: drift_evaluator,
    ThresholdMonitor: Threshold,
    NoDataMonitor: NoData,
}


def evaluator(monitor: AnyMonitor) -> Evaluator:
    """The evaluator of a monitor. Raises ``ValueError`` for a kind that has none."""
    kind = KINDS.get(type(monitor))
    if kind is None:
        raise ValueError(f"monitor {monitor.name}: no evaluator for a {type(monitor).__name__}")
    return kind(monitor)
