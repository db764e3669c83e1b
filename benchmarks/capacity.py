"""How many events score takes from Kafka to ClickHouse, and where its time goes."""

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final, Literal

from benchmarks.kafka_io import commits, delete_topics, outgoing, send_all, wait_for
from benchmarks.metrics import Metrics, of, read_metrics, total
from benchmarks.processes import BenchmarkFailed, Sampler
from benchmarks.traffic import Pool
from detectors.discovery import all_signals, discover_detectors
from streams.kafka import ensure_topics
from streams.monitors import read_monitors
from streams.settings import Settings
from streams.stack import Stack
from streams.store.setup import connect_by, prepare_store
from streams.supervisor import Supervisor

EVENT_RATE: Final = 10_000
"""Events a second of event time: a backlog of busy traffic."""
_RUN_SECONDS: Final = 180.0

Signals = Literal["all", "statistics"]
"""What is on: all, or only the detectors of lengths, times, costs and forms, and no redaction."""
STATISTICS: Final = frozenset(
    {
        *("character_shares", "contexts", "form", "guardrail", "language", "latency", "outcome"),
        *("readability", "refusal", "repetition", "size", "usage"),
    }
)


@dataclass(frozen=True, slots=True)
class Round:
    """One measured run of score over a backlog.

    ``events`` in ``wall_seconds`` are those between the first and the last full commit;
    ``cpu_seconds`` are score's, ``servers_cpu_seconds`` Kafka's and ClickHouse's in that time.
    """

    events: int
    wall_seconds: float
    cpu_seconds: float
    servers_cpu_seconds: float
    stages: dict[str, float]
    peak_bytes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Capacity:
    """Medians over rounds. Rates are events a second; times µs an event."""

    bytes: float
    signals: Signals
    rounds: int
    events: int
    per_second: float
    per_second_range: tuple[float, float]
    per_core: float
    per_core_range: tuple[float, float]
    servers_microseconds: float
    stages: dict[str, float]
    peak_bytes: dict[str, int]

    @classmethod
    def of(cls, pool: Pool, signals: Signals, events: int, rounds: list[Round]) -> "Capacity":
        """The medians of the rounds."""
        wall = sorted(r.events / r.wall_seconds for r in rounds)
        core = sorted(r.events / r.cpu_seconds for r in rounds)
        return cls(
            bytes=pool.mean_bytes,
            signals=signals,
            rounds=len(rounds),
            events=events,
            per_second=median(wall),
            per_second_range=(wall[0], wall[-1]),
            per_core=median(core),
            per_core_range=(core[0], core[-1]),
            servers_microseconds=median(1e6 * r.servers_cpu_seconds / r.events for r in rounds),
            stages={
                name: median(r.stages.get(name, 0.0) for r in rounds) for name in rounds[0].stages
            },
            peak_bytes={
                name: max(r.peak_bytes.get(name, 0) for r in rounds)
                for name in rounds[0].peak_bytes
            },
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def apart(settings: Settings, name: str) -> Settings:
    """The same servers with topics and a database of their own."""
    return settings.model_copy(
        update={
            "kafka": settings.kafka.model_copy(update={"topic_prefix": f"{name}-"}),
            "clickhouse": settings.clickhouse.model_copy(update={"database": f"bench_{name}"}),
        }
    )


def environment_of(stack: Stack, settings: Settings, group: str) -> dict[str, str]:
    """The environment of a score of :func:`apart`'s settings.

    Topics of a round are not those of the last one, so its ``group`` must not be: its worker would
    be taken for the last one's, come back to the partitions it had.
    """
    return {
        **stack.environment(),
        "TIDEWATCH_KAFKA__TOPIC_PREFIX": settings.kafka.topic_prefix,
        "TIDEWATCH_KAFKA__PARTITIONS": str(settings.kafka.partitions),
        "TIDEWATCH_CLICKHOUSE__DATABASE": settings.clickhouse.database,
        "TIDEWATCH_SCORE__GROUP": group,
    }


def rows_and_ids(settings: Settings) -> tuple[int, int]:
    """How many rows there are, and of how many events."""
    rows, ids = (
        connect_by(settings.clickhouse)
        .query("SELECT count(), uniqExact(event_id) FROM raw_events")
        .result_rows[0]
    )
    return rows, ids


def drop_database(settings: Settings) -> None:
    """Drop the database of :func:`apart`'s settings."""
    connect_by(settings.clickhouse, "default").command(
        f"DROP DATABASE {settings.clickhouse.database} SYNC"
    )


def fill(settings: Settings, pool: Pool, events: int) -> None:
    """Make topics and put a backlog of events into the inference topic."""
    ensure_topics(settings.kafka)
    start = time.time() - events / EVENT_RATE
    run = settings.kafka.topic_prefix.rstrip("-")
    messages = (
        outgoing(*pool.message(run, number, at), at)
        for number in range(events)
        for at in (start + number / EVENT_RATE,)
    )
    send_all(settings.kafka, messages)


def switched_off(signals: Signals) -> list[str]:
    """The detectors to switch off."""
    names = {detector.name for detector in discover_detectors()}
    return sorted(names - STATISTICS) if signals == "statistics" else []


def usable_documents(monitors: Path, off: list[str], folder: Path) -> Path:
    """A copy of a folder of monitors without the files that name a signal of what is off."""
    on = [each for each in discover_detectors() if each.name not in off]
    shutil.copytree(monitors, folder)
    for problem in read_monitors(folder, all_signals(on)).problems:
        if problem.severity == "error":
            (folder / problem.file).unlink(missing_ok=True)
    return folder


def measure_round(
    stack: Stack, name: str, pool: Pool, signals: Signals, events: int, *, keep: bool
) -> Round:
    """Fill topics, run score alone over them, check every row; ``keep`` leaves the topics."""
    settings = apart(stack.settings, name)
    prepare_store(settings.clickhouse)
    fill(settings, pool, events)
    off = switched_off(signals)
    monitors = usable_documents(Path(settings.monitors), off, stack.data_dir / "monitors" / name)
    environment = {
        **environment_of(stack, settings, f"benchmark-{name}"),
        "TIDEWATCH_MONITORS": str(monitors),
        "TIDEWATCH_SCORE__DETECTORS_OFF": json.dumps(off),
        "TIDEWATCH_SCORE__REDACT": json.dumps(signals == "all"),
    }
    logs = stack.data_dir / "logs" / name
    supervisor = Supervisor(environment, logs)
    snapshots: list[Metrics] = []
    try:
        with Sampler() as sampler:
            child = supervisor.start("score", "score")
            wait_for(
                lambda: child.restarts > 0 or _scored(settings, snapshots) >= events,
                _RUN_SECONDS,
                lambda: f"score takes {events} events (its log: {logs / 'score.log'})",
            )
    finally:
        supervisor.stop()
    if child.restarts:
        raise BenchmarkFailed(f"score ended by itself (its log: {logs / 'score.log'})")
    _check(settings, snapshots[-1], events, logs)
    measured = _measured(commits(settings.kafka), sampler, snapshots)
    drop_database(settings)
    if not keep:
        delete_topics(settings.kafka)
    return measured


def _scored(settings: Settings, snapshots: list[Metrics]) -> float:
    try:
        snapshots.append(read_metrics(settings.http, "score"))
    except OSError:
        return 0.0  # not up yet
    return total(snapshots[-1], "tidewatch_score_events_total")


def _check(settings: Settings, last: Metrics, events: int, logs: Path) -> None:
    """Every event is one row, and nothing else happened."""
    rows, ids = rows_and_ids(settings)
    found = {
        "rows": rows,
        "ids": ids,
        "dead letters": total(last, "tidewatch_score_dead_letters_total"),
        "failures of detectors": total(last, "tidewatch_score_detector_failures_total"),
        "retries": total(last, "tidewatch_score_retries_total"),
    }
    if list(found.values()) != [events, events, 0, 0, 0]:
        raise BenchmarkFailed(f"{events} events became {found} (logs: {logs})")


def _measured(told: list[tuple[float, int]], sampler: Sampler, snapshots: list[Metrics]) -> Round:
    if len(told) < 4:
        raise BenchmarkFailed(f"only {len(told)} commits: ask for more events")
    # The last batch is no full one: it waited for more events in vain.
    start, end = told[0][0], told[-2][0]
    return Round(
        events=sum(count for _, count in told[1:-1]),
        wall_seconds=end - start,
        cpu_seconds=sampler.cpu_seconds("score", start, end),
        servers_cpu_seconds=sum(
            sampler.cpu_seconds(name, start, end) for name in ("kafka", "clickhouse")
        ),
        stages=_stages(snapshots),
        peak_bytes=sampler.peak_bytes(),
    )


def _stages(snapshots: list[Metrics]) -> dict[str, float]:
    """µs an event by stage, between the first and the last commit that was seen under way."""
    name = "tidewatch_score_events_total"
    under_way = [s for s in snapshots if 0 < total(s, name) < total(snapshots[-1], name)]
    first, last = (under_way[0], under_way[-1]) if under_way else (snapshots[-1], snapshots[-1])
    if total(first, name) == total(last, name):
        first, last = {}, snapshots[-1]
    seconds, before = (of(s, "tidewatch_score_stage_seconds_sum") for s in (last, first))
    events = total(last, name) - total(first, name)
    return {stage: 1e6 * (seconds[stage] - before.get(stage, 0.0)) / events for stage in seconds}
