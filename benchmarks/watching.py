"""What a ``watch`` worker's core costs: many segments, ten monitors each, without Kafka.

Run as ``python -m benchmarks.watching [--segments 10000] [--ticks 60] [--write]``. The watcher
starts with the past that four days of traffic would have left it (restored from state records, as
after a restart), then gets a pane batch a second. Segments are as busy as few customers and many:
most of them have an event every few seconds.
"""

import argparse
import gc
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
import numpy as np
import psutil  # type: ignore[import-untyped]
from msgspec import Raw
from rich.console import Console

from benchmarks.page import Results, describe, machine, write_section
from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    encode_summary,
)
from detectors.watching.admission import Admission
from detectors.watching.front import Part
from detectors.watching.journal import StateJournal
from detectors.watching.kinds import evaluator
from detectors.watching.needs import SegmentNeeds
from detectors.watching.past_slot import slot_of, still_needed
from detectors.watching.progress import Progress
from detectors.watching.rollup import Merged
from detectors.watching.settings import WatchSettings
from detectors.watching.step import Step
from detectors.watching.tiers import PAST_TIERS
from detectors.watching.watcher import STATE_VERSION, Watcher
from detectors.watching.watcher import _Meta as Meta
from schemas.monitors.conditions import Comparison
from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    DriftMonitor,
    Indicator,
    MonitorSet,
    NoDataMonitor,
    Statistic,
    ThresholdMonitor,
)
from schemas.panes import Pane, PaneBatch, decode_pane_batch, encode_pane_batch
from schemas.segments import Segment
from schemas.signals import Signal
from schemas.windows import encode_window

BY = ("labels.customer",)
START = 1_772_409_600
CHUNK = WatchSettings().chunk_bytes
FLAGS = ("sli.up", "sli.fast", "sli.grounded", "error", "response.refusal")
Record = tuple[str, bytes]
_VARIETY: Final = 1000
_encode = msgspec.msgpack.Encoder(order="deterministic").encode
AMOUNTS = ("latency", "cost", "response.hallucination", "tokens.output")


def monitors() -> tuple[AnyMonitor, ...]:
    """Three objectives, five bounds, silence and drift."""

    def objective(name: str) -> BurnRateMonitor:
        indicator = Indicator(name=name, good=Comparison("availability", "=", True))
        return BurnRateMonitor(
            name=name,
            segmentation=BY,
            indicator=indicator,
            target=0.99,
            window_seconds=28 * 86400,
            minimum_events=50,
        )

    def bound(
        name: str, signal: str, statistic: Statistic, window: int, upper: float
    ) -> ThresholdMonitor:
        return ThresholdMonitor(
            name=name,
            segmentation=BY,
            signal=signal,
            statistic=statistic,
            window_seconds=window,
            upper=upper,
            minimum_events=20,
            severity="ticket",
        )

    return (
        objective("up"),
        objective("fast"),
        objective("grounded"),
        bound("refusals", "response.refusal", "rate", 900, 0.4),
        bound("events", "", "count", 600, 1e6),
        bound("slow", "latency", "p95", 600, 60.0),
        bound("dear", "cost", "mean", 3600, 1.0),
        bound("made-up", "response.hallucination", "mean", 1800, 0.9),
        NoDataMonitor(name="silent", segmentation=BY, for_seconds=3600, severity="page"),
        DriftMonitor(
            name="drift",
            segmentation=BY,
            signals=(
                Signal(name="latency", kind="amount", unit="s", description="Latency."),
                Signal(name="error", kind="flag", description="Error."),
            ),
            windows_seconds=(600, 3600),
            interval_seconds=600,
            trailing_seconds=16 * 3600,
            minimum_events=50,
            severity="ticket",
        ),
    )


class Traffic:
    """Pane batches of made-up customers."""

    def __init__(self, segments: int, rate: float, random: np.random.Generator) -> None:
        self.segments: list[Segment] = [{BY[0]: f"customer-{n:05d}"} for n in range(segments)]
        weights = random.lognormal(0, 1, segments)
        self._rates = rate * weights / weights.sum()
        self._random = random
        self._signals = {n: [self._summaries(n) for _ in range(20)] for n in range(1, 9)}

    def _summaries(self, events: int) -> dict[str, Raw]:
        random = self._random
        found: dict[str, Summary] = {
            name: FlagCounts(
                events, int(random.binomial(events, 0.997 if name.startswith("sli.") else 0.02))
            )
            for name in FLAGS
        }
        found["response.refusal"] = FlagCounts(events, int(random.binomial(events, 0.02)))
        for name in AMOUNTS:
            found[name] = Distribution.empty().observe(random.lognormal(-1, 0.5, events))
        found["finish_reason"] = CategoryCounts({"stop": events}, 0)
        return {name: Raw(encode_summary(summary)) for name, summary in found.items()}

    def batch(self, start: int, seconds: int = 1) -> PaneBatch:
        """The panes of one pane's time; up to eight events of a segment count."""
        counts = np.minimum(self._random.poisson(self._rates * seconds), 8)
        panes = [
            Pane(
                start=start,
                segment=self.segments[n],
                events=int(counts[n]),
                signals=self._signals[int(counts[n])][int(self._random.integers(20))],
            )
            for n in np.flatnonzero(counts).tolist()
        ]
        return PaneBatch(
            worker="score-0",
            pane_seconds=seconds,
            complete_until={"inference/0": float(start + seconds)},
            panes=panes,
        )


def aged(segments: list[Segment], until: int, random: np.random.Generator) -> Iterator[Record]:
    """State records as four days of traffic leave them, one after the other.

    Every segment is in nearly every block, with one of a thousand slots.
    """
    needs = SegmentNeeds.of(need for each in map(evaluator, monitors()) for need in each.needs)
    longest = max(needs.longest.values())
    admission = Admission(len(segments), CHUNK)
    for segment in segments:
        admission.admit(segment, until - 4 * 86400)
    for seen in admission.seen.values():
        seen.newest = until
    journal, progress = StateJournal(), Progress()
    progress.hear({"inference/0": float(until)}, told_at=float(until))
    meta = _encode(Meta(STATE_VERSION, until, Merged().advance(until - 5), progress))
    admission.flush(journal)
    keys = np.array(list(admission.seen), object)
    for tier, kept in PAST_TIERS.items():
        slots = [slot_of(_part(random, tier), needs, tier) for _ in range(_VARIETY)]
        first = until - min(kept, longest + 2 * tier + 10, 4 * 86400)
        for start in range(first // tier * tier, until - tier + 1, tier):
            age = until - start - tier
            encoded = [_encode(still_needed(slot, needs, tier, age)) for slot in slots]
            chosen = random.integers(_VARIETY, size=len(keys))
            some = [n for n, choice in enumerate(chosen.tolist()) if slots[choice].events]
            found = {keys[n]: Raw(encoded[chosen[n]]) for n in some}
            each = max(CHUNK * len(found) // max(len(_encode(found)), 1), 1)
            items = list(found.items())
            for number, begin in enumerate(range(0, len(items), each)):
                value = _encode(dict(items[begin : begin + each]))
                journal.put(f"past|{tier}|{start}|{number}", value)
            for name, put in journal.commit(0, meta).items():
                if put is not None:
                    yield name, put


def _part(random: np.random.Generator, seconds: int) -> Part:
    """A segment's events of so many seconds, at one in five seconds on average."""
    events = int(random.poisson(seconds / 5 * random.lognormal(-0.5, 1)))
    signals: dict[str, Summary] = {
        name: FlagCounts(events, int(random.binomial(events, 0.997 if name.startswith("sli.") else 0.02)))
        for name in FLAGS
    }
    for name in AMOUNTS:
        signals[name] = Distribution.empty().observe(random.lognormal(-1, 0.5, min(events, 5000)))
    return Part(events, signals, {})


class Worker:
    """A watcher with its state records beside it, as ``watch`` keeps them in Faust's table."""

    def __init__(self, segments: int, state: Iterable[Record]) -> None:
        self._process = psutil.Process()
        self._base = self.resident()
        self.table = dict(state)
        gc.collect()
        self.table_mib = self.resident() - self._base
        gc.disable()
        before = time.process_time()
        self.watcher = Watcher(
            MonitorSet(monitors=monitors()),
            WatchSettings(max_segments=segments),
            self.table.items(),
        )
        self.restored = time.process_time() - before
        gc.enable()
        gc.collect()
        gc.freeze()

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


def fed(worker: Worker, traffic: Traffic, begin: int, seconds: int, step: int) -> Iterator[float]:
    """Feed that much time, a batch every ``step`` seconds; processor seconds of each batch."""
    for start in range(begin, begin + seconds, step):
        message = encode_pane_batch(traffic.batch(start, step))
        before = time.process_time()
        worker.take(message, float(start + step))
        yield time.process_time() - before


def main() -> None:
    """Measure, show, and write the page when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--segments", type=int, default=10_000)
    parser.add_argument("--events", type=float, default=2000.0, help="a second, in all")
    parser.add_argument("--ticks", type=int, default=120, help="seconds measured")
    parser.add_argument("--warm", type=int, default=600, help="seconds before, in steps of 10 s")
    parser.add_argument("--write", action="store_true", help="write into docs/benchmarks.md")
    options = parser.parse_args()
    where = machine()
    traffic = Traffic(options.segments, options.events, np.random.default_rng(1))
    state = aged(traffic.segments, START, np.random.default_rng(2))
    worker = Worker(options.segments, state)
    print(
        f"table {worker.table_mib:.0f} MiB, process {worker.resident():.0f} MiB, "
        f"restored in {worker.restored:.1f} s",
        file=sys.stderr,
    )
    warm = list(fed(worker, traffic, START, options.warm, 10))
    undecided = worker.watcher.undecided["drift"]
    begin = START + options.warm
    found = np.array(list(fed(worker, traffic, begin, options.ticks, 1)))
    records = sum(map(len, worker.table.values())) / 2**20
    results = Results(
        title="A second of a watch worker",
        columns=("segments", "events/s", "median tick", "95 %", "longest", "process", "records"),
        rows=[
            [
                f"{options.segments:,}",
                f"{options.events:,.0f}",
                f"{1000 * np.median(found):.0f} ms",
                f"{1000 * np.quantile(found, 0.95):.0f} ms",
                f"{1000 * found.max():.0f} ms",
                f"{worker.resident():.0f} MiB",
                f"{records:.0f} MiB",
            ]
        ],
        note=f"undecided {undecided} before: {len(warm)} batches of 10 s, "
        f"{1000 * float(np.mean(warm)):.0f} ms each.",
    )
    results.show(Console())
    if options.write:
        text = f"{describe(where, 'python -m benchmarks.watching --write')}\n\n{results.markdown()}"
        write_section("watching", "Many segments and monitors", text)


if __name__ == "__main__":
    main()
