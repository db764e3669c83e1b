"""What a rate of events needs: arithmetic from measured figures, and a simulated month.

Run as ``python -m benchmarks.capacity_plan [--rate 1000000] [--score-us 102] ... [--write]``. Put
in your own measurements (``python -m benchmarks.scaling``) and your own prices; the defaults are
those of docs/benchmarks.md and round list prices, named in the output. Seconds; no servers.
"""

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console

from benchmarks.capacity_arithmetic import Figures, Plan, plan
from benchmarks.capacity_month import Month, simulate_month
from benchmarks.page import Results, write_section

PAGE: Final = Path(__file__).parents[1] / "docs" / "capacity.md"


def plan_table(f: Figures, made: Plan) -> Results:
    """The plan, line by line with its arithmetic."""
    used, machine = f"{f.headroom:.0%} of a core", f"of {f.cores_a_machine:.0f} cores"
    rows = {
        "score workers": (f"{made.workers:,}", f"{f.rate:,.0f}/s × {f.score_us:.0f} µs ÷ {used}"),
        "partitions of inference": (
            f"{made.partitions:,}",
            "two a worker, so that a lost worker's go to two others",
        ),
        "watch workers": (
            f"{made.watch_workers:,}",
            f"{made.panes:,.0f} panes/s × {f.watch_us:.0f} µs ÷ {used}; "
            f"panes of {f.pane_seconds:.0f} s",
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
        "for fifteen minutes at the busiest time, and a weekly roll out; steps of five seconds, "
        "seed 1.",
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
