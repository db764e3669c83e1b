"""Made-up customers for ``benchmarks.watching``: their monitors, their past, their pane batches.

The past is that of four days, as state records that are made one by one. Segments are as busy as
few customers and many: most of them have an event every few seconds.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from msgspec import Raw

from detectors.summaries import (
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
    encode_summary,
)
from detectors.watching.admission import Admission
from detectors.watching.blocks import Blocks, encode_slot
from detectors.watching.front import Part
from detectors.watching.journal import StateJournal
from detectors.watching.kinds import evaluator
from detectors.watching.meta import STATE_VERSION, Meta, encode_meta
from detectors.watching.needs import SegmentNeeds
from detectors.watching.past_slot import RawSlot, slot_of, still_needed
from detectors.watching.phases import PHASES, Phases
from detectors.watching.progress import Progress
from detectors.watching.rollup import Merged, Slot
from detectors.watching.settings import WatchSettings
from detectors.watching.tiers import PAST_TIERS, floor_to
from schemas.monitors.conditions import Comparison
from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    DriftMonitor,
    Indicator,
    NoDataMonitor,
    Statistic,
    ThresholdMonitor,
)
from schemas.panes import Pane, PaneBatch
from schemas.segments import Segment
from schemas.signals import Signal

BY = ("labels.customer",)
START = 1_772_409_600 - 80
"""A little before midnight: a minute, ten minutes, an hour and a day are about to end."""
CHUNK = WatchSettings().chunk_bytes
FLAGS = ("sli.up", "sli.fast", "sli.grounded", "error", "response.refusal")
Record = tuple[str, bytes]
_VARIETY: Final = 4000
"""Different slots of a tier; more than a record holds, or it would compress too well."""

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

    Every segment is in nearly every block; slots come again after thousands of segments.
    """
    needs = SegmentNeeds.of(need for each in map(evaluator, monitors()) for need in each.needs)
    longest = max(needs.longest.values())
    admission = Admission(len(segments), CHUNK)
    for segment in segments:
        admission.admit(segment, until - 4 * 86400)
    for seen in admission.seen.values():
        seen.newest = until
    progress, phases = Progress(), Phases()
    progress.hear({"inference/0": float(until)}, told_at=float(until))
    merged = [Merged().advance(until - 5 - phase) for phase in range(PHASES)]
    meta = encode_meta(Meta(STATE_VERSION, until, merged, progress))
    yield from _written(admission, meta)
    keys = np.array(list(admission.seen), object)
    for tier, kept in PAST_TIERS.items():
        slots = [slot_of(_part(random, tier), needs, tier) for _ in range(_VARIETY)]
        first = until - min(kept, longest + 2 * tier + 10, 4 * 86400)
        for start in range(first // tier * tier, until - tier + 1, tier):
            age = until - start - tier
            full = [encode_slot(still_needed(slot, needs, tier, age)) for slot in slots]
            rounds = -(-len(keys) // _VARIETY)
            chosen = np.concatenate([random.permutation(_VARIETY) for _ in range(rounds)])
            chosen = chosen[: len(keys)]
            some = [n for n, choice in enumerate(chosen.tolist()) if slots[choice].events]
            blocks = Blocks("past", RawSlot, CHUNK, phases)
            blocks.put(tier, start, ((keys[n], full[chosen[n]]) for n in some))
            yield from _written(blocks, meta)
    for tier, begin in ((60, floor_to(until, 600)), (3600, until), (86400, until)):
        open_slots = [encode_slot(_open_slot(random, tier, until)) for _ in range(_VARIETY)]
        for start in range(floor_to(begin, tier), until - 65 if tier == 60 else until, tier):
            opened = Blocks("full", Slot, CHUNK, phases)
            opened.put(tier, start, ((k, open_slots[n % _VARIETY]) for n, k in enumerate(keys)))
            yield from _written(opened, meta)


def _open_slot(random: np.random.Generator, seconds: int, newest: int) -> Slot:
    """What is still to be merged into a longer window."""
    part = _part(random, seconds)
    signals = part.signals | {"finish_reason": CategoryCounts({"stop": part.events}, 0)}
    raws = {name: Raw(encode_summary(summary)) for name, summary in signals.items()}
    return Slot(part.events, newest, raws)


def _written(part: Admission | Blocks[RawSlot] | Blocks[Slot], meta: bytes) -> Iterator[Record]:
    """The state records of a part."""
    journal = StateJournal()
    part.flush(journal)
    for name, value in journal.commit(0, meta).items():
        if value is not None:
            yield name, value


def _part(random: np.random.Generator, seconds: int) -> Part:
    """A segment's events of so many seconds, at one in five seconds on average."""
    events = int(random.poisson(seconds / 5 * random.lognormal(-0.5, 1)))
    signals: dict[str, Summary] = {
        name: FlagCounts(
            events, int(random.binomial(events, 0.997 if name.startswith("sli.") else 0.02))
        )
        for name in FLAGS
    }
    for name in AMOUNTS:
        signals[name] = Distribution.empty().observe(random.lognormal(-1, 0.5, min(events, 5000)))
    return Part(events, signals, {})
