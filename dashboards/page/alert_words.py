"""What an alert's numbers are called, and the units of bounds."""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    ComparisonMonitor,
    CompositeMonitor,
    DriftMonitor,
    ThresholdMonitor,
)
from schemas.monitors.statistics import SHARES
from schemas.quantity_words import SHARE

_COUNTS = ("count", "distinct")
_EFFECTS = ("shift", "adwin", "page_hinkley", "kswin")


def bound_unit(monitor: ThresholdMonitor, units: Mapping[str, str]) -> str:
    """The unit of a threshold's bounds; ``units`` are those of signals, by name."""
    if monitor.statistic in SHARES:
        return SHARE
    return "1" if monitor.statistic in _COUNTS else units.get(monitor.signal, "1")


class Measured(NamedTuple):
    """Names of what was measured and of what it was held against."""

    value: str
    expected: str


def measured(monitor: AnyMonitor | None) -> Measured:
    """The words for an alert, by the ``monitor`` that raised it where that still watches."""
    value, expected = "Measured", "Expected"
    match monitor:
        case BurnRateMonitor():
            value, expected = "Bad", "Allowed"
        case CompositeMonitor():
            value, expected = "Burn rate", "Allowed"
        case ComparisonMonitor():
            value, expected = "Difference", "Allowed"
        case DriftMonitor(method=method) if method in _EFFECTS:
            value, expected = "Effect", "Smallest that counts"
        case ThresholdMonitor():
            expected = "Bound"
    return Measured(value, expected)
