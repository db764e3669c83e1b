"""Why monitors had no verdict."""

import pytest

from schemas.monitors.resolved import DriftMonitor
from schemas.signals import Signal
from streams.cli.undecided import why_undecided

EMBEDDING = Signal(name="prompt.embedding", kind="vector", description="Embedding.")
LATENCY = Signal(name="latency", kind="amount", description="Latency.")


@pytest.mark.parametrize(
    ("names", "told"), [({"asked"}, True), ({"slow"}, False), ({"asked", "slow"}, True)]
)
def test_embeddings_of_another_model_are_named_where_some_are_watched(
    names: set[str], told: bool
) -> None:
    monitors = [
        DriftMonitor(
            name=name,
            segmentation=(),
            signals=(signal,),
            windows_seconds=(600,),
            interval_seconds=600,
            severity="info",
        )
        for name, signal in (("asked", EMBEDDING), ("slow", LATENCY))
    ]
    assert ("embeddings of another model" in why_undecided(monitors, names)) == told
