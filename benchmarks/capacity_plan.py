"""What a rate of events needs: arithmetic from measured figures, and a simulated month.

Run as ``python -m benchmarks.capacity_plan [--rate 1000000] [--score-us 185] ... [--write]``. Put
in your own measurements (``python -m benchmarks.scaling``) and your own prices; the defaults are
those of docs/benchmarks.md and round list prices, named in the output. Seconds; no servers.
"""

import argparse
import sys
from dataclasses import dataclass, fields
from math import ceil
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from benchmarks.page import Results, write_section

PAGE: Final = Path(__file__).parents[1] / "docs" / "capacity.md"
DAY: Final = 86_400
STEP: Final = 5
"""Seconds of a step of the simulation."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured or is assumed; rates a second, sizes in bytes, money in dollars."""

    rate: float = 1_000_000.0
    """Events a second at the busiest minute."""
    score_us: float = 185.0
    """Processor µs of score an event of 2 kB, all detectors."""
    clickhouse_us: float = 45.0
    """Processor µs of ClickHouse an event."""
    kafka_us: float = 45.0
    """Processor µs of Kafka an event."""
    watch_us: float = 120.0
    """Processor µs of watch a pane of a segment."""
    event_bytes: float = 2_000.0
    kafka_compression: float = 2.5
    """Of producers' batches with zstd."""
    row_bytes: float = 900.0
    """Of an event with its signals in ClickHouse, compressed."""
    pane_bytes: float = 2_400.0
    segments: float = 2_000.0
    """Active segments in a second of one worker's traffic."""
    pane_seconds: float = 10.0
    headroom: float = 0.6
    """Share of a core that the busiest minute uses; the rest is for catching up."""
    replicas: float = 3.0
    kafka_hours: float = 6.0
    """Kept on Kafka."""
    days: float = 7.0
    """Raw events kept in ClickHouse, two replicas."""
    cores_a_machine: float = 32.0
    mean_share: float = 0.55
    """Mean rate of a day by that of its busiest minute."""
    core_hour: float = 0.035
    gigabyte_month: float = 0.08
    crossing_gigabyte: float = 0.01
    """Between zones; every replica but the first, and two of three reads."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the figures come to."""

    workers: int
    partitions: int
    watch_workers: int
    kafka_brokers: int
    clickhouse_shards: int
    ingress_gigabits: float
    kafka_terabytes: float
    clickhouse_terabytes: float
    cores: int
    dollars_month: float


def plan(f: Figures) -> Plan:
    """The arithmetic."""
    workers = ceil(f.rate * f.score_us / 1e6 / f.headroom)
    # Partitions divide evenly among workers also when a tenth of them is gone.
    partitions = 2 * workers
    panes = workers * f.segments / f.pane_seconds
    watch_workers = ceil(panes * f.watch_us / 1e6 / f.headroom)
    machines = f.cores_a_machine * f.headroom
    wire = f.rate * f.event_bytes / f.kafka_compression + panes * f.pane_bytes
    brokers = max(3, ceil(f.rate * f.kafka_us / 1e6 * f.replicas / 2 / machines))
    shards = ceil(f.rate * f.clickhouse_us / 1e6 / machines)
    cores = ceil((workers + watch_workers) + f.cores_a_machine * (brokers + 2 * shards))
    mean = f.rate * f.mean_share
    kafka_bytes = wire * f.mean_share * f.kafka_hours * 3600 * f.replicas
    rows_bytes = mean * f.row_bytes * f.days * DAY * 2
    crossing = wire * f.mean_share * (f.replicas - 1 + 2 / 3) + mean * f.row_bytes
    dollars = (
        cores * f.core_hour * 730
        + (kafka_bytes + rows_bytes) / 1e9 * f.gigabyte_month
        + crossing * 30 * DAY / 1e9 * f.crossing_gigabyte
    )
    return Plan(
        workers=workers,
        partitions=partitions,
        watch_workers=watch_workers,
        kafka_brokers=brokers,
        clickhouse_shards=shards,
        ingress_gigabits=wire * 8 / 1e9,
        kafka_terabytes=kafka_bytes / 1e12,
        clickhouse_terabytes=rows_bytes / 1e12,
        cores=cores,
        dollars_month=dollars,
    )


@dataclass(frozen=True, slots=True)
class Month:
    """A simulated month: seconds of lag of the worst partition, and how soon it was gone."""

    median_lag: float
    p99_lag: float
    worst_lag: float
    worst_recovery: float
    incidents: int


def simulate_month(f: Figures, made: Plan, rng: np.random.Generator, *, days: int = 30) -> Month:
    """Partitions filled with a daily rhythm and emptied by workers that fail and come back.

    Each worker dies about once in thirty days on its own, a zone (a third of all) once a month;
    workers are rolled every week, a twentieth at a time. What a dead worker had moves to others
    after ten seconds (Kafka's session), which then share a core among more partitions. A new
    process is warm after 30 s. Events go to partitions by the hash of their id: a partition's
    share varies by Poisson's law only.
    """
    share = np.full(made.partitions, 1 / made.partitions)
    capacity = 1e6 / f.score_us
    lag = np.zeros(made.partitions)
    alive_at = np.zeros(made.workers)
    owner = np.arange(made.partitions) % made.workers
    original = owner.copy()
    steps = days * DAY // STEP
    worst = np.zeros(steps)
    rhythm = _rhythm(f, steps, rng)
    zone = np.arange(made.workers) % 3
    zone_step = int(rng.integers(steps // 10, steps // 2))
    moved_at = -1
    incidents = 0
    for step in range(steps):
        now = step * STEP
        dead = np.flatnonzero(rng.random(made.workers) < STEP / (30 * DAY))
        back = np.full(len(dead), now + 40.0)
        if step == zone_step:
            dead, back = np.flatnonzero(zone == 0), np.full((zone == 0).sum(), now + 900.0)
        elif now % (7 * DAY) < 20 * 60 and now % 60 == 0 and now >= DAY:
            part = int(now % (7 * DAY) // 60)
            dead = np.arange(part, made.workers, 20)
            back = np.full(len(dead), now + 40.0)
        if len(dead):
            incidents += 1
            alive_at[dead] = np.maximum(alive_at[dead], back)
            moved_at = now + 10
        alive = alive_at <= now
        if now == moved_at or (moved_at < now and not np.array_equal(owner, original)):
            up = np.flatnonzero(alive)
            if len(up) == made.workers:
                owner = original.copy()
            else:
                gone = ~alive[owner]
                owner[gone] = up[np.arange(int(gone.sum())) % len(up)]
        arrived = rng.poisson(rhythm[step] * STEP * share)
        lag += arrived
        busy = np.bincount(owner, weights=lag, minlength=made.workers)
        done = np.minimum(busy, np.where(alive, capacity * STEP, 0.0))
        lag *= 1 - np.divide(done, busy, out=np.zeros_like(busy), where=busy > 0)[owner]
        worst[step] = lag.max() / max(rhythm[step] / made.partitions, 1e-9)
    return Month(
        median_lag=float(np.median(worst)),
        p99_lag=float(np.quantile(worst, 0.99)),
        worst_lag=float(worst.max()),
        worst_recovery=_longest_above(worst, 2 * STEP),
        incidents=incidents,
    )


def _rhythm(f: Figures, steps: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Events a second: a daily wave up to the planned rate, with noise of minutes."""
    at = np.arange(steps) * STEP
    low = 2 * f.mean_share - 1
    wave = low + (1 - low) * (1 - np.cos(2 * np.pi * at / DAY)) / 2
    minutes = rng.normal(1, 0.03, steps * STEP // 60 + 1).clip(0.8, 1.2)
    return f.rate * np.minimum(wave * minutes[at // 60], 1.0)


def _longest_above(lag: NDArray[np.float64], limit: float) -> float:
    """Seconds of the longest time above a lag."""
    above = np.concatenate([[0], (lag > limit).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(above))
    return float((edges[1::2] - edges[::2]).max(initial=0) * STEP)


def plan_table(f: Figures, made: Plan) -> Results:
    """The plan, line by line with its arithmetic."""
    panes = made.workers * f.segments / f.pane_seconds
    used, machine = f"{f.headroom:.0%} of a core", f"of {f.cores_a_machine:.0f} cores"
    rows = {
        "score workers": (f"{made.workers:,}", f"{f.rate:,.0f}/s × {f.score_us:.0f} µs ÷ {used}"),
        "partitions of inference": (
            f"{made.partitions:,}",
            "two a worker, so that a lost worker's go to two others",
        ),
        "watch workers": (
            f"{made.watch_workers:,}",
            f"{panes:,.0f} panes/s × {f.watch_us:.0f} µs ÷ {used}; panes of {f.pane_seconds:.0f} s",
        ),
        "Kafka brokers": (
            f"{made.kafka_brokers:,}",
            f"{machine}, {f.replicas:.0f} replicas, {f.kafka_us:.0f} µs an event",
        ),
        "ClickHouse shards": (
            f"{made.clickhouse_shards:,}",
            f"{machine}, two replicas each, {f.clickhouse_us:.0f} µs an event",
        ),
        "network into Kafka": (
            f"{made.ingress_gigabits:.1f} Gbit/s",
            f"{f.event_bytes:,.0f} bytes ÷ {f.kafka_compression:g} by compression, and panes of "
            f"{f.pane_bytes:,.0f} bytes",
        ),
        "Kafka's disks": (
            f"{made.kafka_terabytes:.0f} TB",
            f"{f.kafka_hours:.0f} hours, {f.replicas:.0f} replicas, mean rate {f.mean_share:.0%} "
            "of the busiest",
        ),
        "ClickHouse's disks": (
            f"{made.clickhouse_terabytes:,.0f} TB",
            f"{f.row_bytes:,.0f} bytes an event, {f.days:.0f} days, two replicas",
        ),
        "cores": (f"{made.cores:,}", "all of them"),
        "money a month": (
            f"${made.dollars_month:,.0f}",
            f"${f.core_hour:g} a core and hour, ${f.gigabyte_month:g} a GB and month, "
            f"${f.crossing_gigabyte:g} a GB between zones",
        ),
    }
    return Results(
        f"{f.rate:,.0f} events/s",
        ("what", "how many", "because"),
        [(what, *cells) for what, cells in rows.items()],
        "Measured figures are those of docs/benchmarks.md; compression, prices and the daily "
        "rhythm are assumptions: give your own.",
    )


def month_table(months: dict[float, tuple[Plan, Month]]) -> Results:
    """Simulated months by headroom."""
    return Results(
        "A simulated month",
        (
            *("busiest minute uses", "workers", "median lag s", "99 % lag s", "worst lag s"),
            *("longest catching up s", "incidents"),
        ),
        [
            (
                f"{headroom:.0%}",
                f"{made.workers:,}",
                f"{month.median_lag:.1f}",
                f"{month.p99_lag:.1f}",
                f"{month.worst_lag:.0f}",
                f"{month.worst_recovery:,.0f}",
                f"{month.incidents:,}",
            )
            for headroom, (made, month) in months.items()
        ],
        "Lag of the worst partition under a daily rhythm, single workers dying, one loss of a zone "
        "for fifteen minutes, and a weekly roll out; steps of five seconds, seed 1.",
    )


def main() -> int:
    """Compute and show; into docs/capacity.md with ``--write``."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.capacity_plan")
    for field in fields(Figures):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    parser.add_argument(
        "--simulated-days", dest="month_days", type=int, default=30, help="simulated days"
    )
    parser.add_argument("--write", action="store_true", help="write them into docs/capacity.md")
    options = vars(parser.parse_args())
    month_days, write = options.pop("month_days"), options.pop("write")
    given = Figures(**options)
    console = Console(highlight=False)
    months = {}
    for headroom in (0.5, given.headroom, 0.75, 0.9):
        figures = Figures(**{**options, "headroom": headroom})
        made = plan(figures)
        months[headroom] = (
            made,
            simulate_month(figures, made, np.random.default_rng(1), days=month_days),
        )
    tables = [plan_table(given, plan(given)), month_table(months)]
    for table in tables:
        table.show(console)
    if write:
        text = "\n\n".join(table.markdown() for table in tables)
        write_section("plan", "The plan", text, PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
