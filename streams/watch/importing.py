"""What is imported before the first batch, so that no moment waits for it."""

from importlib import import_module

from schemas.monitors.resolved import DriftMonitor, MonitorSet


def import_ahead(monitors: MonitorSet) -> None:
    """What the words of a first drift alert need, which takes a second."""
    if any(isinstance(monitor, DriftMonitor) for monitor in monitors.monitors):
        import_module("scipy.stats")
