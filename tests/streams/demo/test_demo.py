"""The demonstration for real."""

import json
import subprocess
import sys
from pathlib import Path


def test_a_minute_of_it_holds(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "streams.cli.main", "demo", "--for", "60s", "--rate", "100"),
            *("--data-dir", str(tmp_path), "--json"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    summary = json.loads(done.stdout)
    assert summary["problems"] == []
    assert summary["sent"] == summary["scored"] == 6000
    assert (summary["lost"], summary["doubled"], summary["miscounted"]) == (0, 0, 0)
    assert summary["copies"] > 0
    assert sum(summary["dead_letters"].values()) == summary["bad"] > 0
    assert summary["alerts_fired"] >= 1
    assert summary["alerts_resolved"] >= 1
    (fault,) = summary["faults"]
    assert (fault["kind"], fault["due"]) == ("error_burst", True)
    assert fault["monitor"] == "availability"
    assert fault["resolved_after"] is not None
    assert not (tmp_path / "demo" / "stack.json").exists()
