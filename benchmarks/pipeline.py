"""The whole pipeline on this machine: capacity, stages, latency to the alert, and peers.

Run as ``python -m benchmarks.pipeline [--quick] [--json FILE] [--sizes 500,2000,8000] [--write]``;
``--only capacity`` or ``--only latency`` runs one part, and writes no page.
Starts the embedded Kafka and ClickHouse and the real processes in a temporary folder; about six
minutes on two quiet cores. Settings come from the environment as for every Tidewatch process.
"""

import argparse
import json
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from rich.console import Console

from benchmarks.alert_latency import measure_alert_latency
from benchmarks.capacity import Capacity, Signals, apart, measure_round
from benchmarks.page import BUSY_LOAD, Results, describe, machine, write_section
from benchmarks.peer import Library, Peer, Work, compare_signals, measure_peer
from benchmarks.processes import BenchmarkFailed
from benchmarks.report import capacity_table, latency_table, peer_table, stage_table, usage_table
from benchmarks.traffic import make_pool
from streams.settings import load_settings
from streams.stack import Stack

MONITORS: Final = Path(__file__).parents[1] / "examples" / "monitors"
PEER_SIZE: Final = 2000
Load = tuple[int, Signals]
PEER_LOAD: Final[Load] = (PEER_SIZE, "statistics")
"""Peers compute statistics only."""
PEERS: Final[tuple[tuple[Library, Work], ...]] = (
    *(("Faust", "all"), ("Faust", "none"), ("Quix Streams", "all"), ("Bytewax", "all")),
)
SIZES: Final = f"500,{PEER_SIZE},8000"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is run. ``backlog_bytes`` and ``most_events`` limit a round's backlog."""

    rounds: int
    backlog_bytes: int
    most_events: int
    bursts: int
    peer_events: int


FULL: Final = Effort(
    rounds=3, backlog_bytes=240_000_000, most_events=160_000, bursts=40, peer_events=15_000
)
QUICK: Final = Effort(
    rounds=1, backlog_bytes=120_000_000, most_events=60_000, bursts=6, peer_events=5_000
)


class Run:
    """One run: what was measured, as tables and for JSON."""

    def __init__(self, folder: Path, effort: Effort, console: Console) -> None:
        self.folder = folder
        self.effort = effort
        self.console = console
        self.tables: list[Results] = []
        self.found: dict[str, Any] = {}
        self.failures: list[str] = []
        self._began = time.monotonic()
        self._capacities: list[Capacity] = []

    def part(self, name: str, measure: Callable[[], None]) -> None:
        """Do a part; one that fails is told, and does not stop the others."""
        self.say(f"{name} …")
        try:
            measure()
        except Exception as error:
            # Whatever it was: minutes of other measurements are not thrown away for it.
            if not isinstance(error, BenchmarkFailed):
                self.console.print_exception()
            self.failures.append(f"{name}: {type(error).__name__}: {error}")
            self.console.print(f"[red]{name} failed:[/] {error}", soft_wrap=True)

    def say(self, text: str) -> None:
        """Tell what is going on."""
        self.console.print(f"[dim]{time.monotonic() - self._began:5.0f} s[/] {text}")

    def add(self, table: Results) -> None:
        """Show a table and keep it for the page."""
        self.tables.append(table)
        table.show(self.console)

    def capacity_and_peer(self, sizes: list[int], *, peer: bool) -> None:
        """Score alone over backlogs of every size; then the peer over one of them, if wanted."""
        settings = load_settings(data_dir=self.folder / "capacity", monitors=MONITORS)
        found: dict[Load, Capacity] = {}
        loads: list[Load] = [(size, "all") for size in sizes]
        if PEER_SIZE in sizes:
            loads.append(PEER_LOAD)
        with Stack(settings, processes=()) as stack:
            for load in loads:
                size, signals = load
                self.part(
                    f"capacity at {size} bytes, {signals}",
                    lambda load=load: self._capacity(stack, load, found),  # type: ignore[misc]
                )
            if found:
                self.add(capacity_table(list(found.values())))
                self.add(stage_table(list(found.values())))
            if peer and PEER_LOAD in found:
                self.part("peers", lambda: self._peers(stack, found[PEER_LOAD]))
        self.found["capacity"] = [c.as_dict() for c in found.values()]
        self._capacities = list(found.values())

    def _capacity(self, stack: Stack, load: Load, found: dict[Load, Capacity]) -> None:
        size, signals = load
        pool = make_pool(size)
        events = min(self.effort.backlog_bytes // size, self.effort.most_events)
        rounds = []
        for number in range(self.effort.rounds):
            last = load == PEER_LOAD and number == self.effort.rounds - 1
            name = _name(load, number)
            rounds.append(measure_round(stack, name, pool, signals, events, keep=last))
            per_core = rounds[-1].events / rounds[-1].cpu_seconds
            self.say(f"  round {number + 1}: {per_core:,.0f} events/s per core")
        found[load] = Capacity.of(pool, signals, events, rounds)

    def _peers(self, stack: Stack, ours: Capacity) -> None:
        settings = apart(stack.settings, _name(PEER_LOAD, self.effort.rounds - 1))
        rounds, events = self.effort.rounds, self.effort.peer_events
        peers: list[Peer] = []
        for library, work in PEERS:
            self.part(
                f"{library}, signals: {work}",
                lambda library=library, work=work: peers.append(  # type: ignore[misc]
                    measure_peer(
                        settings, self.folder / "peer", library, work, events=events, rounds=rounds
                    )
                ),
            )
        alike, signals = compare_signals(make_pool(PEER_SIZE))
        self.found["peers"] = [peer.as_dict() for peer in peers]
        self.found["agreement"] = alike
        self.add(peer_table(peers, ours, alike, signals))

    def latency(self) -> None:
        """Everything on, and alerts timed."""
        found = measure_alert_latency(
            self.folder / "latency", MONITORS, make_pool(PEER_SIZE), bursts=self.effort.bursts
        )
        self.found["latency"] = found.as_dict()
        self.add(latency_table(found))
        self.add(usage_table(found, self._capacities))


def _name(load: Load, number: int) -> str:
    return f"{load[1]}{load[0]}r{number}"


def main() -> int:
    """Measure; the exit code is 1 when a part failed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.pipeline")
    parser.add_argument("--quick", action="store_true", help="one short round of everything")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--sizes", default=SIZES, help="bytes an event, by commas")
    parser.add_argument("--only", choices=("capacity", "latency"), help="one part of it")
    parser.add_argument("--write", action="store_true", help="write them into docs/benchmarks.md")
    options = parser.parse_args()
    if options.only and options.write:
        parser.error("--write needs all parts")
    sizes = [int(size) for size in options.sizes.split(",")]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    where = machine()
    console = Console(highlight=False)
    # What decides about the figures, not where they go.
    command = "python -m benchmarks.pipeline" + (" --quick" if options.quick else "")
    if options.sizes != SIZES:
        command += f" --sizes {options.sizes}"
    console.print(describe(where, command))
    if where["load"] > BUSY_LOAD:
        console.print("[yellow]Figures of a busy machine say little: stop what else runs.[/]")
    folder = Path(tempfile.mkdtemp(prefix="tidewatch-benchmark-"))
    run = Run(folder, QUICK if options.quick else FULL, console)
    if options.only != "latency":
        peer = options.only is None
        run.part("capacity and peer", lambda: run.capacity_and_peer(sizes, peer=peer))
    if options.only != "capacity":
        run.part("latency to the alert", run.latency)
    if options.json:
        figures = {"machine": where, "command": command, **run.found, "failures": run.failures}
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    if run.failures:
        console.print(f"[red]{len(run.failures)} parts failed;[/] data and logs are in {folder}")
        return 1
    shutil.rmtree(folder)
    if options.write:
        text = "\n\n".join([describe(where, command), *(table.markdown() for table in run.tables)])
        write_section("pipeline", "The pipeline", text)
        console.print("docs/benchmarks.md is written")
    run.say("done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
