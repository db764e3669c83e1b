"""What a ``watch`` worker's core costs: many segments, ten monitors each, without Kafka.

Run as ``python -m benchmarks.watching [--segments 10000] [--ticks 240] [--write]``. The watcher is
restored from state records as after a restart, then gets a pane batch a second.
"""

import argparse
import gc
import resource
import sys
import time
from collections.abc import Iterable, Iterator

import numpy as np
import psutil  # type: ignore[import-untyped]
from rich.console import Console

from benchmarks.page import Results, describe, machine, write_section
from benchmarks.watching_traffic import START, Record, Traffic, aged, monitors
from detectors.watching.settings import WatchSettings
from detectors.watching.step import Step
from detectors.watching.watcher import Watcher
from schemas.monitors.resolved import MonitorSet
from schemas.panes import decode_pane_batch, encode_pane_batch
from schemas.windows import encode_window
from streams.watch.collecting import collect_seldom
from streams.watch.importing import import_ahead


class Worker:
    """A watcher with its state records beside it, as ``watch`` keeps them in Faust's table."""

    def __init__(self, segments: int, state: Iterable[Record]) -> None:
        self._process = psutil.Process()
        self.base = self.resident()
        self.table = dict(state)
        gc.disable()
        before = time.process_time()
        watched = MonitorSet(monitors=monitors())
        import_ahead(watched)
        self.watcher = Watcher(
            watched,
            WatchSettings(max_segments=segments),
            self.table.items(),
        )
        self.restored = time.process_time() - before
        gc.enable()
        gc.collect()
        gc.freeze()
        collect_seldom()

    def resident(self) -> float:
        """Memory of the process, in MiB."""
        return float(self._process.memory_info().rss) / 2**20

    def take(self, message: bytes, told_at: float) -> Step:
        """All that a message of the panes topic makes ``watch`` do but the sending."""
        watcher = self.watcher
        step = watcher.apply(decode_pane_batch(message), watcher.offset + 1, told_at=told_at)
        for window in step.windows:
            encode_window(window)
        for name, value in step.puts.items():
            if value is None:
                self.table.pop(name, None)
            else:
                self.table[name] = value
        return step


def fed(
    worker: Worker, traffic: Traffic, begin: int, seconds: int, step: int
) -> Iterator[tuple[float, float]]:
    """Feed that much time, a batch every ``step`` seconds; processor and wall seconds of each."""
    for start in range(begin, begin + seconds, step):
        message = encode_pane_batch(traffic.batch(start, step))
        begun, before = time.perf_counter(), time.process_time()
        worker.take(message, float(start + step))
        yield time.process_time() - before, time.perf_counter() - begun


def main() -> None:
    """Measure, show, and write the page when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--segments", type=int, default=10_000)
    parser.add_argument("--events", type=float, default=2000.0, help="a second, in all")
    parser.add_argument("--ticks", type=int, default=240, help="seconds measured")
    parser.add_argument("--warm", type=int, default=60, help="seconds before, in steps of 10 s")
    parser.add_argument("--write", action="store_true", help="write into docs/benchmarks.md")
    options = parser.parse_args()
    where = machine()
    traffic = Traffic(options.segments, options.events, np.random.default_rng(1))
    state = aged(traffic.segments, START, np.random.default_rng(2))
    worker = Worker(options.segments, state)
    before = worker.resident()
    print(f"restored in {worker.restored:.1f} s: {before:.0f} MiB", file=sys.stderr)
    for _ in fed(worker, traffic, START, options.warm, 10):
        pass
    begin = START + options.warm
    found = np.array(list(fed(worker, traffic, begin, options.ticks, 1)))
    records = sum(map(len, worker.table.values())) / 1e6
    milliseconds = [
        f"{1000 * np.quantile(each, q):,.0f} ms" for each in found.T for q in (0.5, 0.9, 1.0)
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    results = Results(
        title="A second of a watch worker",
        columns=(
            "segments",
            "events/s",
            "median",
            "90 %",
            "longest",
            "wall median",
            "wall 90 %",
            "wall longest",
            "peak memory",
            "of it records",
            "restored",
        ),
        rows=[
            [
                f"{options.segments:,}",
                f"{options.events:,.0f}",
                *milliseconds,
                f"{peak:,.0f} MB",
                f"{records:.0f} MB",
                f"{worker.restored:.0f} s",
            ]
        ],
        note=f"Ten monitors a segment, three objectives and drift among them, over a past of four "
        f"days; {options.ticks} s of event time, a batch a second, after {options.warm} s. A "
        "minute, ten minutes, an hour and a day end among them, and references are being made "
        "ready, as after every restart. Times are of the processor, and by the clock on the wall, "
        "in which others have their share where the machine is busy. Peak memory is all that the "
        f"process ever held: the interpreter and its libraries ({worker.base:.0f} MiB), the state "
        "records, which are Faust's table and the watcher's past at once, and the watcher; "
        "*restored* is the processor time that a restart takes. Without Kafka.",
    )
    results.show(Console())
    if options.write:
        command = "python -m benchmarks.watching --write"
        if options.segments != parser.get_default("segments"):
            command += f" --segments {options.segments} --events {options.events:g}"
        text = f"{describe(where, command)}\n\n{results.markdown()}"
        write_section("watching", "Many segments and monitors", text)


if __name__ == "__main__":
    main()
