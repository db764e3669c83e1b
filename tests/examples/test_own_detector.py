"""The example package, laid out as an installer does, is found and scores."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_detector"

SCRIPT = """
import json
from datetime import UTC, datetime
from detectors.batch import EventBatch
from detectors.discovery import discover_detectors, score_batch
from schemas.events import InferenceEvent

own = [detector for detector in discover_detectors() if detector.name == "politeness"]
events = [
    InferenceEvent(event_id="e", time=datetime.now(UTC), service_name="shop", response=text)
    for text in ("Thank you!", "No.", None)
]
print(json.dumps(score_batch(EventBatch(events), own)["response.polite"].to_list()))
"""


def test_an_installed_package_adds_its_signal(tmp_path: Path) -> None:
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())
    for name in project["tool"]["setuptools"]["py-modules"]:
        (tmp_path / f"{name}.py").write_bytes((EXAMPLE / f"{name}.py").read_bytes())
    about = project["project"]
    info = tmp_path / f"{about['name'].replace('-', '_')}-{about['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n"
    )
    points = about["entry-points"]["tidewatch.detectors"]
    lines = ["[tidewatch.detectors]", *(f"{name} = {value}" for name, value in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")

    path = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", path + SCRIPT],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True, False, None]
