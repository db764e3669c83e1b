"""Targets that people write or keep as files: monitors, references, settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from detectors.drift.reference_files import read_reference
from schemas.monitors.load import load_monitors
from schemas.monitors.secrets import secret_resolver
from schemas.references import MAGIC
from streams.settings import SettingsError, load_settings
from tests.fuzz.inputs import Make, changed_bytes, changed_document, either, small, text
from tests.recorded import samples
from tests.recorded.record import recorded
from tests.schemas.monitors.documents import FOLDER
from tests.schemas.monitors.signals import SIGNALS

ROOT = Path(__file__).parents[2]

_DRIFT = """
apiVersion: tidewatch/v1
kind: DriftMonitor
metadata: {name: drift}
spec:
  service: shop
  severity: ticket
  signals: ["*"]
  windows: [10m, 1h]
  reference: {file: march}
"""


def reference(value: bytes) -> None:
    """The file of a reference, as a monitor names it."""
    result = load_monitors(
        {"monitors.yaml": _DRIFT},
        signals=SIGNALS,
        resolve_secret=str,
        read_reference=lambda _: read_reference(value),
    )
    assert all(problem.message for problem in result.problems)


def _reference_inputs() -> Make:
    """Changed files, and changed contents of files that are whole."""
    files = recorded("reference")
    whole = changed_document(
        [msgspec.msgpack.decode(zstandard.decompress(f.removeprefix(MAGIC))) for f in files]
    )
    encode = msgspec.msgpack.Encoder().encode
    return either(
        lambda rng: MAGIC + zstandard.compress(encode(small(whole(rng)))), changed_bytes(files)
    )


def monitors(document: str) -> None:
    """A file of monitors: what is wrong is told with its place."""

    def no_file(path: str) -> str:
        raise FileNotFoundError(2, "No such file", path)

    result = load_monitors(
        {"monitors.yaml": document},
        signals=SIGNALS,
        resolve_secret=secret_resolver({}, no_file),
        read_reference=lambda path: read_reference(no_file(path).encode()),
        today=samples.NOW.date(),
    )
    for problem in result.problems:
        assert problem.file == "monitors.yaml"
        assert problem.message
        assert str(problem)


def settings(document: dict[str, Any]) -> None:
    """Sections of settings."""
    try:
        load_settings(**document)
    except SettingsError as error:
        assert str(error)  # noqa: PT017


_SETTINGS = {
    "kafka": {"partitions": 3, "security_protocol": "SASL_SSL", "sasl_password": "file:/none"},
    "score": {"segmentations": [["service_name", "labels.tenant"]], "pane_seconds": 1},
    "notify": {"allow_networks": "10.0.0.0/8, private", "timeout_seconds": 10},
    "judge": {"kind": "endpoint", "least_probability": 0.1},
    "page": {"hosts": "a.example", "token": "x"},
    "log": {"level": "info"},
}


def _documents() -> list[str]:
    """Documents of monitors that are right, one a text and all in one."""
    folder = [msgspec.json.encode(document).decode() for document in FOLDER.values()]
    files = [*(ROOT / "examples" / "monitors").glob("*.yaml")]
    files += [*(ROOT / "streams" / "demo" / "monitors").glob("*.yaml")]
    return [*folder, *(path.read_text() for path in files)]


def _document_inputs() -> Make:
    folder = list(FOLDER.values())
    whole = changed_document([folder, *([one] for one in folder)])
    raw = changed_bytes([each.encode() for each in _documents()])
    return either(lambda rng: msgspec.json.encode(whole(rng)).decode(), text(raw))


def targets() -> dict[str, tuple[Make, Callable[[Any], None]]]:
    """Inputs and target, by name."""
    return {
        "references": (_reference_inputs(), reference),
        "monitors": (_document_inputs(), monitors),
        "settings": (changed_document([_SETTINGS]), settings),
    }
