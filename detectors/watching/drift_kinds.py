"""The evaluators of drift monitors, by method."""

from detectors.watching.drift import Drift
from detectors.watching.drift_correlation import Correlation
from detectors.watching.drift_methods import Changes, Method, Relation, Seasonal
from schemas.monitors.resolved import DriftMonitor


def drift_evaluator(monitor: DriftMonitor) -> Drift | Method:
    """The evaluator of a drift monitor's method. Raises ``ValueError`` where it cannot be made."""
    match monitor.method:
        case "shift":
            return Drift(monitor)
        case "relation":
            return Relation(monitor)
        case "correlation":
            return Correlation(monitor)
        case "seasonal":
            return Seasonal(monitor)
    return Changes(monitor)
