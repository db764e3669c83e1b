"""Runs the peers over the same events as score."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final, Literal

import msgspec

from benchmarks.capacity import STATISTICS
from benchmarks.kafka_io import wait_for
from benchmarks.plain_signals import agreement, signals_of
from benchmarks.processes import BenchmarkFailed
from benchmarks.traffic import Pool
from detectors.batch import EventBatch
from detectors.discovery import discover_detectors, score_batch
from schemas.topics import INFERENCE
from schemas.wire.native import decode_event
from streams.kafka import partition_count, topic_name
from streams.settings import Settings

_COMPARED: Final = 500
_RUN_SECONDS: Final = 180.0

Library = Literal["Faust", "Quix Streams", "Bytewax"]
Work = Literal["all", "none"]
"""Which signals a peer computes; with none it decodes and counts."""

_ROOT: Final = Path(__file__).parents[1]
PEERS_PYTHON: Final = _ROOT / ".venv-peers" / "bin" / "python"
"""Of the environment of peers that need other versions of packages; ``make bench`` makes it."""
_COMMANDS: Final[dict[Library, tuple[str, ...]]] = {
    "Faust": (
        *(sys.executable, "-m", "benchmarks.faust_peer", "-L", "uvloop", "worker"),
        *("-l", "warn", "--without-web"),
    ),
    "Quix Streams": (str(PEERS_PYTHON), "-m", "benchmarks.quix_peer"),
    "Bytewax": (str(PEERS_PYTHON), "-m", "bytewax.run", "benchmarks.bytewax_peer:flow"),
}


@dataclass(frozen=True, slots=True)
class Peer:
    """Medians over rounds: events a second of wall time, and a second of processor time."""

    library: Library
    work: Work
    rounds: int
    events: int
    per_second: float
    per_core: float
    per_core_range: tuple[float, float]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def measure_peer(
    settings: Settings, folder: Path, library: Library, work: Work, *, events: int, rounds: int
) -> Peer:
    """Let a peer read the first events of the inference topic, several times."""
    short = library.split()[0].lower()
    told = [
        _round(settings, folder / f"{short}-{work}-{number}", library, work, events)
        for number in range(rounds)
    ]
    core = sorted(t["events"] / t["cpu_seconds"] for t in told)
    return Peer(
        library=library,
        work=work,
        rounds=rounds,
        events=events,
        per_second=median(t["events"] / t["wall_seconds"] for t in told),
        per_core=median(core),
        per_core_range=(core[0], core[-1]),
    )


def compare_signals(pool: Pool) -> tuple[dict[str, float], int]:
    """How often the peer's signals are ours, by name, and how many signals we have."""
    messages = [pool.message("compare", number, 1.7e9)[1] for number in range(_COMPARED)]
    ours = score_batch(
        EventBatch([decode_event(m) for m in messages]),
        [d for d in discover_detectors() if d.name in STATISTICS],
    )
    plain = [signals_of(msgspec.json.decode(message)) for message in messages]
    return agreement(ours.to_dicts(), plain), len(ours.columns)


def _round(
    settings: Settings, folder: Path, library: Library, work: Work, events: int
) -> dict[str, float]:
    if not Path(_COMMANDS[library][0]).exists():
        raise BenchmarkFailed(f"{library} is not installed: run `make bench`, which installs it")
    folder.mkdir(parents=True)
    log_file, result = folder / "log", folder / "result.json"
    environment = {
        **os.environ,
        "PYTHONPATH": str(_ROOT),
        "PEER_NAME": folder.name,
        "PEER_BROKER": settings.kafka.bootstrap_servers,
        "PEER_TOPIC": topic_name(settings.kafka, INFERENCE),
        "PEER_PARTITIONS": str(partition_count(settings.kafka, INFERENCE)),
        "PEER_EVENTS": str(events),
        "PEER_SIGNALS": work,
        "PEER_DATA_DIR": str(folder),
        "PEER_RESULT": str(result),
    }
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            _COMMANDS[library], env=environment, cwd=_ROOT, stdout=log, stderr=log
        )
        try:
            wait_for(
                lambda: result.exists() or process.poll() is not None,
                _RUN_SECONDS,
                lambda: f"{library} reads {events} events (its log: {log_file})",
            )
        finally:
            process.kill()
            process.wait()
    if not result.exists():
        raise BenchmarkFailed(f"{library} ended before its last event (its log: {log_file})")
    told: dict[str, float] = json.loads(result.read_text())
    return told
