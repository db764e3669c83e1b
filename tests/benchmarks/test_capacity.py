"""The benchmark's score starts with whatever detectors are off."""

from pathlib import Path

from benchmarks.capacity import switched_off, usable_documents
from benchmarks.pipeline import MONITORS
from detectors.discovery import all_signals, discover_detectors
from streams.monitors import usable_monitors


def test_monitors_of_signals_that_are_off_are_left_out(tmp_path: Path) -> None:
    off = switched_off("statistics")
    folder = usable_documents(MONITORS, off, tmp_path / "monitors")
    on = [each for each in discover_detectors() if each.name not in off]
    kept = usable_monitors(folder, all_signals(on))
    everything = usable_monitors(MONITORS, all_signals(discover_detectors()))
    assert 0 < len(kept.monitors) < len(everything.monitors)
    assert kept.indicators
