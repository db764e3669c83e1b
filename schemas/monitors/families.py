"""Families of drift monitors, which bear their false alarms together."""

from collections.abc import Iterable

from schemas.monitors.folder import Located
from schemas.monitors.resolved import AnyMonitor, DriftMonitor


def check_families(made: Iterable[tuple[Located, AnyMonitor]]) -> None:
    """Report monitors of a family that say another rate of false alarms than its first."""
    first: dict[str, DriftMonitor] = {}
    for located, monitor in made:
        if isinstance(monitor, DriftMonitor) and monitor.family:
            other = first.setdefault(monitor.family, monitor)
            if other.false_alarm_seconds != monitor.false_alarm_seconds:
                located.error(
                    "spec.falseAlarms",
                    f"is another rate than that of {other.name!r}: the family {monitor.family!r} "
                    "bears them together",
                )
