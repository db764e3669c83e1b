"""What an alert's numbers are called, and in which unit people read them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    ComparisonMonitor,
    CompositeMonitor,
    DriftMonitor,
    ThresholdMonitor,
)
from schemas.monitors.statistics import SHARES

_COUNTS = ("count", "distinct")
_EFFECTS = ("shift", "adwin", "page_hinkley", "kswin")


def bound_unit(monitor: ThresholdMonitor, units: Mapping[str, str]) -> str:
    """The unit of a threshold's bounds; ``units`` are those of signals, by name."""
    if monitor.statistic in SHARES:
        return "%"
    return "1" if monitor.statistic in _COUNTS else units.get(monitor.signal, "1")


class Measured(NamedTuple):
    """Names of what was measured and of what it was held against; ``%`` is a share of 0 to 1."""

    value: str
    expected: str
    unit: str


def measured(alert: Mapping[str, Any], monitor: AnyMonitor | None) -> Measured:
    """The words for an alert's row, by the ``monitor`` that raised it where that still watches."""
    unit, value, expected = str(alert["unit"]), "Measured", "Expected"
    match monitor:
        case BurnRateMonitor():
            value, expected, unit = "Bad", "Allowed", "%"
        case CompositeMonitor():
            value, expected = "Burn rate", "Allowed"
        case ComparisonMonitor():
            value, expected, unit = "Difference", "Allowed", "%" if unit == "1" else unit
        case DriftMonitor(method=method) if method in _EFFECTS:
            value, expected = "Effect", "Smallest that counts"
        case ThresholdMonitor(statistic=statistic):
            expected, unit = "Bound", "%" if statistic in SHARES else unit
    return Measured(value, expected, unit)
