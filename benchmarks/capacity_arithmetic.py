"""What a rate of events needs, by arithmetic from measured figures."""

from dataclasses import dataclass
from math import ceil
from typing import Final

DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured or is assumed; rates a second, sizes in bytes, money in dollars."""

    rate: float = 1_000_000.0
    """Events a second at the busiest minute."""
    score_us: float = 102.0
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
    panes: float
    """A second."""
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
        panes=panes,
        watch_workers=watch_workers,
        kafka_brokers=brokers,
        clickhouse_shards=shards,
        ingress_gigabits=wire * 8 / 1e9,
        kafka_terabytes=kafka_bytes / 1e12,
        clickhouse_terabytes=rows_bytes / 1e12,
        cores=cores,
        dollars_month=dollars,
    )
