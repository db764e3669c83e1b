"""Why monitors had no verdict, in words."""

from collections.abc import Collection, Iterable

from schemas.monitors.resolved import AnyMonitor, DriftMonitor


def why_undecided(monitors: Iterable[AnyMonitor], names: Collection[str]) -> str:
    """What keeps the monitors of these names from a verdict."""
    embeddings = any(
        monitor.name in names
        and isinstance(monitor, DriftMonitor)
        and any(signal.kind == "vector" for signal in monitor.signals)
        for monitor in monitors
    )
    if embeddings:
        return "for too few events, too short a past, or embeddings of another model"
    return "for too few events or too short a past"
