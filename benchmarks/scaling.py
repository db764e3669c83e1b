"""Several score workers on the partitions of one topic, and what many segments cost.

Run as ``python -m benchmarks.scaling [--events N] [--write]``. Starts the embedded Kafka and
ClickHouse and 1, 2 and 4 workers, one after the other; about four minutes on two quiet cores. With
fewer cores than workers wall time says nothing: what counts is whether an event takes more
processor time when workers share the topic.
"""

import argparse
import json
import logging
import os
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped]
import structlog
from msgspec.structs import replace
from rich.console import Console

from benchmarks.capacity import apart, drop_database, environment_of, fill, rows_and_ids
from benchmarks.kafka_io import delete_topics, wait_for
from benchmarks.page import BUSY_LOAD, Results, describe, machine, write_section
from benchmarks.pipeline import MONITORS
from benchmarks.processes import BenchmarkFailed
from benchmarks.traffic import make_pool
from detectors.discovery import all_signals, discover_detectors
from schemas.wire.native import decode_event
from streams.kafka import ensure_topics
from streams.monitors import usable_monitors
from streams.ports import free_port
from streams.score.service import build_scoring
from streams.settings import load_settings
from streams.stack import Stack, health_problem
from streams.store.setup import connect_by, prepare_store
from streams.supervisor import Supervisor

WORKERS: Final = (1, 2, 4)
SEGMENTS: Final = (4, 40, 400, 1_600)
PARTITIONS: Final = 8
SIZE: Final = 2_000
ROUNDS: Final = 3
_READY_SECONDS: Final = 90.0
_RUN_SECONDS: Final = 240.0


@dataclass(frozen=True, slots=True)
class Scaled:
    """One run: events a second of wall time, and workers' processor µs an event."""

    workers: int
    per_second: float
    microseconds: float
    least_share: float


def measure_workers(stack: Stack, workers: int, events: int) -> Scaled:
    """Start workers, then give them a backlog; every event is one row afterwards."""
    settings = apart(stack.settings, f"scaling{workers}")
    settings = settings.model_copy(
        update={"kafka": settings.kafka.model_copy(update={"partitions": PARTITIONS})}
    )
    prepare_store(settings.clickhouse)
    ensure_topics(settings.kafka)
    client = connect_by(settings.clickhouse)
    with ExitStack() as ending:
        ports = [free_port() for _ in range(workers)]
        processes = []
        for number, port in enumerate(ports):
            environment = {
                **environment_of(stack, settings, settings.kafka.topic_prefix),
                "TIDEWATCH_SCORE__WORKER": f"worker-{number}",
                "TIDEWATCH_HTTP__SCORE_PORT": str(port),
            }
            supervisor = Supervisor(environment, stack.data_dir / "logs")
            ending.callback(supervisor.stop)
            child = supervisor.start(f"score-{workers}-{number}", "score")
            assert child.process is not None
            processes.append(psutil.Process(child.process.pid))
        wait_for(
            lambda: not any(health_problem("127.0.0.1", port) for port in ports),
            _READY_SECONDS,
            lambda: f"{workers} workers are ready (logs: {stack.data_dir / 'logs'})",
        )
        time.sleep(2 * settings.score.commit_seconds)
        before = [_cpu_seconds(process) for process in processes]
        fill(settings, make_pool(SIZE), events)
        begun = time.monotonic()
        wait_for(
            lambda: client.query("SELECT count() FROM raw_events").result_rows[0][0] >= events,
            _RUN_SECONDS,
            lambda: f"{workers} workers take {events} events (logs: {stack.data_dir / 'logs'})",
        )
        seconds = time.monotonic() - begun
        used = [
            _cpu_seconds(process) - earlier
            for process, earlier in zip(processes, before, strict=True)
        ]
    rows, ids = rows_and_ids(settings)
    if (rows, ids) != (events, events):
        raise BenchmarkFailed(f"{events} events became {rows} rows of {ids} events")
    drop_database(settings)
    delete_topics(settings.kafka)
    total = sum(used)
    return Scaled(workers, events / seconds, 1e6 * total / events, min(used) / total)


def scaling_table(found: list[Scaled]) -> Results:
    """Workers, and the processor time that an event takes."""
    one = found[0].microseconds
    return Results(
        "Several workers",
        ("workers", "events/s of wall time", "µs of CPU an event", "efficiency", "least worker"),
        [
            (
                str(each.workers),
                f"{each.per_second:,.0f}",
                f"{each.microseconds:.0f}",
                f"**{100 * one / each.microseconds:.0f} %**",
                f"{100 * each.least_share * each.workers:.0f} % of its share",
            )
            for each in found
        ],
        f"Workers that are ready get a backlog of 2 kB events on {PARTITIONS} partitions, all "
        f"detectors on; {os.cpu_count()} cores also carry Kafka, ClickHouse and the producer, so "
        "wall time stops growing where they are busy. Efficiency is one worker's processor time an "
        "event by that of several: what sharing costs (smaller batches, more commits, more panes). "
        "Every event was found as one row afterwards.",
    )


def measure_segments(segments: int, events: int = 4_000) -> tuple[float, float, int]:
    """µs of folding an event, encoded bytes an event, and panes, of a batch with many segments."""
    settings = load_settings(monitors=MONITORS)
    monitors = usable_monitors(MONITORS, all_signals(discover_detectors()))
    scoring = build_scoring(settings.score, monitors)
    pool = make_pool(SIZE)
    begin = time.time()
    batch = [
        replace(
            decode_event(pool.message("segments", number, begin + number / events)[1]),
            service_name=f"service-{number % segments}",
        )
        for number in range(events)
    ]
    scored = scoring.score(batch)
    least, panes = float("inf"), scoring.panes(scored)
    for _ in range(ROUNDS):
        start = time.process_time()
        panes = scoring.panes(scored)
        least = min(least, time.process_time() - start)
    encoded = sum(len(bytes(each)) for pane in panes for each in pane.signals.values())
    return 1e6 * least / events, encoded / events, len(panes)


def segment_table(found: dict[int, tuple[float, float, int]]) -> Results:
    """What a batch costs that falls into many segments."""
    return Results(
        "Many segments",
        ("services", "panes of a second", "µs of folding an event", "bytes of summaries an event"),
        [
            (f"{services:,}", f"{panes:,}", f"{micros:.1f}", f"{size:,.0f}")
            for services, (micros, size, panes) in found.items()
        ],
        "A second of 4,000 events, all detectors and the default segmentations, by the number of "
        "services that they are of. Above `score.segment_limit` the rest is one segment.",
    )


def _cpu_seconds(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


def main() -> int:
    """Measure and show; into docs/benchmarks.md with ``--write``."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.scaling")
    parser.add_argument("--events", type=int, default=60_000, help="events of a run")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--write", action="store_true", help="write them into docs/benchmarks.md")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    where, console = machine(), Console(highlight=False)
    command = f"python -m benchmarks.scaling --events {options.events}"
    console.print(describe(where, command))
    if where["load"] > BUSY_LOAD:
        console.print("[yellow]Figures of a busy machine say little: stop what else runs.[/]")
    folder = Path(tempfile.mkdtemp(prefix="tidewatch-benchmark-"))
    settings = load_settings(data_dir=folder, monitors=MONITORS)
    scaled = []
    with Stack(settings, processes=()) as stack:
        for workers in WORKERS:
            scaled.append(measure_workers(stack, workers, options.events))
            console.print(f"{workers} workers: {scaled[-1].microseconds:.0f} µs an event")
    segments = {count: measure_segments(count) for count in SEGMENTS}
    tables = [scaling_table(scaled), segment_table(segments)]
    for table in tables:
        table.show(console)
    shutil.rmtree(folder)
    if options.json:
        options.json.write_text(json.dumps([asdict(each) for each in scaled], indent=2) + "\n")
    if options.write:
        text = "\n\n".join([describe(where, command), *(table.markdown() for table in tables)])
        write_section("scaling", "Many workers, many segments", text)
        console.print("docs/benchmarks.md is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
