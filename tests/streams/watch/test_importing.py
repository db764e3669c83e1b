"""What watch imports before it begins."""

import subprocess
import sys

CODE = """
import sys
from schemas.monitors.resolved import DriftMonitor, MonitorSet
from streams.watch.importing import import_ahead
import_ahead(MonitorSet())
assert "scipy.stats" not in sys.modules, "nothing asks for it"
drift = DriftMonitor(
    name="d",
    segmentation=(),
    signals=(),
    windows_seconds=(600,),
    interval_seconds=600,
    severity="ticket",
)
import_ahead(MonitorSet(monitors=(drift,)))
assert "scipy.stats" in sys.modules
"""


def test_words_of_drift_are_imported_where_drift_is_watched() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
