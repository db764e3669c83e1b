"""What a ``watch`` worker's core costs: many segments, ten monitors each, without Kafka.

Run as ``python -m benchmarks.watching [--segments 10000] [--ticks 60] [--write]``. The watcher
starts with the past that four days of traffic would have left it (restored from state records, as
after a restart), then gets a pane batch a second. Segments are as busy as few customers and many:
most of them have an event every few seconds.
"""

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator

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
from detectors.watching.blocks import Blocks
from detectors.watching.front import Part
from detectors.watching.journal import StateJournal
from detectors.watching.kinds import evaluator
from detectors.watching.needs import SegmentNeeds
from detectors.watching.past_slot import PastSlot, slot_of
from detectors.watching.progress import Progress
from detectors.watching.rollup import Merged
from detectors.watching.settings import WatchSettings
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
from schemas.panes import Pane, PaneBatch
from schemas.segments import Segment
from schemas.signals import Signal

BY = ("labels.customer",)
START = 1_772_409_600
CHUNK = WatchSettings().chunk_bytes
FLAGS = ("sli.up", "sli.fast", "sli.grounded", "error", "response.refusal")
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
                events, int(random.binomial(events, 0.02 if "." not in name else 0.99))
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


def aged(segments: list[Segment], until: int, random: np.random.Generator) -> dict[str, bytes]:
    """State records as four days of traffic leave them: every segment in every block."""
    watched = monitors()
    needs = SegmentNeeds.of(need for each in map(evaluator, watched) for need in each.needs)
    longest = max(needs.longest.values())
    journal = StateJournal()
    admission = Admission(len(segments), CHUNK)
    for segment in segments:
        admission.admit(segment, until - 4 * 86400)
    keys = list(admission.seen)
    for seen in admission.seen.values():
        seen.newest = until
    blocks = Blocks("past", PastSlot, CHUNK)
    for tier, kept in PAST_TIERS.items():
        slots = [slot_of(_part(random, tier), needs, tier) for _ in range(20)]
        first = until - min(kept, longest + 2 * tier + 10, 4 * 86400)
        for start in range(first // tier * tier, until - tier + 1, tier):
            choice = random.integers(len(slots), size=len(keys)).tolist()
            blocks.put(tier, start, ((k, slots[n]) for k, n in zip(keys, choice, strict=True)))
    admission.flush(journal)
    blocks.flush(journal)
    progress = Progress()
    progress.hear({"inference/0": float(until)}, told_at=float(until))
    merged = Merged().advance(until - 5)
    meta = Meta(STATE_VERSION, until, merged, progress)
    puts = journal.commit(0, msgspec.msgpack.encode(meta, order="deterministic"))
    return {name: value for name, value in puts.items() if value is not None}


def _part(random: np.random.Generator, seconds: int) -> Part:
    """A segment's events of so many seconds, at one in five seconds."""
    events = max(seconds // 5, 1)
    signals: dict[str, Summary] = {
        name: FlagCounts(events, events - int(random.binomial(events, 0.01))) for name in FLAGS[:3]
    }
    for name in FLAGS[3:]:
        signals[name] = FlagCounts(events, int(random.binomial(events, 0.02)))
    for name in AMOUNTS:
        signals[name] = Distribution.empty().observe(random.lognormal(-1, 0.5, min(events, 5000)))
    return Part(events, signals, {})


def fed(watcher: Watcher, traffic: Traffic, begin: int, seconds: int, step: int) -> Iterator[float]:
    """Feed that much time, a batch every ``step`` seconds; processor seconds of each batch."""
    for start in range(begin, begin + seconds, step):
        batch = traffic.batch(start, step)
        before = time.process_time()
        watcher.apply(batch, watcher.offset + 1, told_at=float(start + step))
        yield time.process_time() - before


def main() -> None:
    """Measure, show, and write the page when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--segments", type=int, default=10_000)
    parser.add_argument("--events", type=float, default=2000.0, help="a second, in all")
    parser.add_argument("--ticks", type=int, default=60, help="seconds measured")
    parser.add_argument("--warm", type=int, default=1200, help="seconds before, in steps of 10 s")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument(
        "--aged", action=argparse.BooleanOptionalAction, default=True, help="begin with a past"
    )
    parser.add_argument("--write", action="store_true", help="write into docs/benchmarks.md")
    options = parser.parse_args()
    where = machine()
    process = psutil.Process(os.getpid())
    traffic = Traffic(options.segments, options.events, np.random.default_rng(1))
    state = aged(traffic.segments, START, np.random.default_rng(2)).items() if options.aged else ()
    settings = WatchSettings(max_segments=options.segments)
    gc.disable()
    before = process.memory_info().rss
    watcher = Watcher(MonitorSet(monitors=monitors()), settings, state)
    gc.enable()
    gc.collect()
    gc.freeze()
    print(f"restored: {(process.memory_info().rss - before) / 2**20:.0f} MiB", file=sys.stderr)
    warm = list(fed(watcher, traffic, START, options.warm, 10))
    begin = START + options.warm
    if options.profile:
        import cProfile  # noqa: PLC0415
        import pstats  # noqa: PLC0415

        profile = cProfile.Profile()
        profile.enable()
    ticks = list(fed(watcher, traffic, begin, options.ticks, 1))
    if options.profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    grown = (process.memory_info().rss - before) / 2**20
    found = np.array(ticks)
    results = Results(
        title="A second of a watch worker",
        columns=("segments", "events/s", "median tick", "95 %", "longest", "memory"),
        rows=[
            [
                f"{options.segments:,}",
                f"{options.events:,.0f}",
                f"{1000 * np.median(found):.0f} ms",
                f"{1000 * np.quantile(found, 0.95):.0f} ms",
                f"{1000 * found.max():.0f} ms",
                f"{grown:.0f} MiB",
            ]
        ],
        note=f"Ten monitors a segment; processor time; before: {len(warm)} batches of 10 s, "
        f"{1000 * float(np.mean(warm)):.0f} ms each.",
    )
    results.show(Console())
    if options.write:
        text = f"{describe(where, 'python -m benchmarks.watching --write')}\n\n{results.markdown()}"
        write_section("watching", "Many segments and monitors", text)


if __name__ == "__main__":
    main()
