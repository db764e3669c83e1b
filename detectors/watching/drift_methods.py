"""Drift monitors of the other methods: relations within strata, series, seasons."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import reduce
from typing import Literal

from detectors.drift.counts import known_count
from detectors.drift.effects import SETTLED, effect_size
from detectors.drift.rate_curve import RELIEF
from detectors.drift.relation import chance_of, joined, together, within_strata
from detectors.drift.series import last_change, seasonal_surprise
from detectors.drift.witness import grown_side
from detectors.summaries import CategoryCounts, Distribution, FlagCounts, Summary
from detectors.watching.drift_reference import Past, blocks_of, due, next_due
from detectors.watching.drift_words import describe
from detectors.watching.merging import merge_many
from detectors.watching.needs import EVENTS, Need
from detectors.watching.shares import (
    Shares,
    of_change,
    of_events,
    of_flag,
    of_rates,
    of_sum,
)
from detectors.watching.tiers import floor_to
from detectors.watching.verdict import (
    BETWEEN,
    GOOD,
    UNCHANGED,
    UNKNOWN,
    Block,
    Level,
    Measurement,
    SegmentView,
    Verdict,
)
from detectors.watching.wording import duration
from schemas.alerts import MonitorKind
from schemas.monitors.conditions import Comparison
from schemas.monitors.resolve_drift import VOLUME
from schemas.monitors.resolved import DriftMonitor
from schemas.quantity_words import points, quantity
from schemas.signals import Signal

Outcome = Literal["bad", "between", "good"]


class Method(ABC):
    """What the methods share: how each signal stands, with a measurement to tell of it.

    As with the method *shift*, an alert stays until chance alone makes as much :data:`RELIEF` times
    as often as alarms are borne, or the effect is well below the minimum.
    """

    kind: MonitorKind = "drift"

    def __init__(self, monitor: DriftMonitor) -> None:
        self.monitor: DriftMonitor = monitor
        self.past = Past(monitor)

    @property
    def needs(self) -> Sequence[Need]:
        """The signals, as far back as they are looked at."""
        names = {signal.name for signal in self.monitor.signals} - {VOLUME.name}
        names |= {self.monitor.strata} - {""} or {EVENTS}
        return [self.past.need(name) for name in sorted(names)]

    def evaluate(self, view: SegmentView) -> Verdict:
        """Bad when any signal is."""
        if not due(view, self.monitor.interval_seconds):
            return UNCHANGED
        found = self._looks(view)
        bad = [name for name, (outcome, _) in found.items() if outcome == "bad"]
        if bad:
            return Verdict("bad", tuple(Level(name, self.monitor.severity, 0) for name in bad))
        if not found:
            return UNKNOWN
        return GOOD if all(outcome == "good" for outcome, _ in found.values()) else BETWEEN

    def next_look(self, view: SegmentView) -> int:
        """The next judgement."""
        return next_due(view, self.monitor.interval_seconds)

    def measure(self, view: SegmentView, level: str, *, resolved: bool) -> Measurement:
        """The signal that decided, else the first that is known."""
        found = self._looks(view)
        chosen = found.get(level) or next(iter(found.values()), None)
        return chosen[1] if chosen else Measurement(summary="not enough data to compare")

    @property
    def comparisons(self) -> int:
        """How many are made at one judgement of a segment."""
        return len(self.monitor.signals)

    def outcome(self, view: SegmentView, probability: float, effect: float) -> Outcome:
        """How a signal stands, by how probable so much is by chance, and how large it is."""
        monitor, least = self.monitor, self.monitor.minimum_effect
        borne = monitor.interval_seconds / monitor.false_alarm_seconds
        share = view.others(monitor).share(self.comparisons)
        if probability <= borne * share and effect >= least:
            return "bad"
        calm = probability > RELIEF * borne / self.comparisons or effect < SETTLED * least
        return "good" if calm else "between"

    def _looks(self, view: SegmentView) -> dict[str, tuple[Outcome, Measurement]]:
        """By signal, of those that are known."""
        looks = {signal.name: self.look(view, signal) for signal in self.monitor.signals}
        return {name: found for name, found in looks.items() if found is not None}

    @abstractmethod
    def look(self, view: SegmentView, signal: Signal) -> tuple[Outcome, Measurement] | None:
        """How the signal stands, and what was measured; ``None`` while that is not known."""


class Relation(Method):
    """Concept drift: a category of bad events against the one of all events, value by value."""

    def look(self, view: SegmentView, signal: Signal) -> tuple[Outcome, Measurement] | None:
        """Compare the rates within strata, the last window against the reference."""
        window, strata = self.monitor.windows_seconds[-1], self.monitor.strata
        begin, end = self.past.of(view.at)
        parts = self._parts(view, signal.name, begin, end)
        before = together(parts)
        now = joined(*(_categories(view.summary(n, window)) for n in (strata, signal.name)))
        if sum(flag.count for flag in now.values()) < self.monitor.minimum_events:
            return None
        names = sorted(before.keys() & now.keys())
        found = within_strata([(before[name], now[name]) for name in names])
        if found is None:
            return None
        most = max(names, key=lambda name: abs(_excess(before[name], now[name])))
        chance = chance_of(found, parts)
        return self.outcome(view, chance, abs(found.difference)), Measurement(
            summary=(
                f"{signal.name} within {strata}: the rate moved by {points(found.difference)} "
                f"over {duration(window)} at the same mixture, most in {most}: "
                f"{describe(before[most], now[most])}"
            ),
            description=f"Without strata it moved by {points(found.raw)}.",
            value=found.difference,
            low=found.low,
            high=found.high,
            expected=0.0,
            window_seconds=window,
            events=sum(flag.count for flag in now.values()),
            bad_events=sum(flag.positive for flag in now.values()),
            signal=signal.name,
            shares=of_rates(
                signal.name,
                strata,
                {name: before[name].rate or 0.0 for name in names},
                more=found.difference > 0,
            ),
            evidence=Comparison(
                name=signal.name if found.difference > 0 else strata, operator="=", value=most
            ),
        )

    def _parts(
        self, view: SegmentView, bad: str, begin: int, end: int
    ) -> list[dict[str, FlagCounts]]:
        """The reference in parts as long as the window."""
        window, found = self.monitor.windows_seconds[-1], []
        for name in (self.monitor.strata, bad):
            parts: dict[int, list[CategoryCounts]] = {}
            for block in blocks_of(self.past, view, name, begin, end):
                if isinstance(block.summary, CategoryCounts):
                    parts.setdefault((block.start - begin) // window, []).append(block.summary)
            found.append({part: reduce(CategoryCounts.merge, some) for part, some in parts.items()})
        every, failed = found
        none = CategoryCounts.empty()
        return [joined(every[part], failed.get(part, none)) for part in sorted(every)]


class Changes(Method):
    """Changes of the mean of a signal, block by block, with no reference but its own past."""

    def look(self, view: SegmentView, signal: Signal) -> tuple[Outcome, Measurement] | None:
        """Whether a change was noticed within the longest window."""
        method = self.monitor.method
        if method not in ("adwin", "page_hinkley", "kswin"):
            raise ValueError(f"monitor {self.monitor.name}: {method} is no method of this kind")
        blocks = [b for b in past_blocks(self, view, signal) if b.summary is not None]
        window = self.monitor.windows_seconds[-1]
        recent = [b for b in blocks if b.start >= view.at - window]
        earlier = [b for b in blocks if b.start < view.at - window]
        if len(earlier) < 12 or not recent:
            return None
        values = [block_mean(b.summary) for b in blocks]
        share = view.others(self.monitor).share(self.comparisons)
        run = self.monitor.false_alarm_seconds / share / self.past.block
        place = last_change(values, method, run)
        before, now = _merged(earlier), _merged(recent)
        if before is None or now is None or known_count(now) < self.monitor.minimum_events:
            return None
        effect = effect_size(before, now) or 0.0
        noticed = place is not None and blocks[place].start >= view.at - window
        words = describe(before, now, view.unit(signal.name))
        outcome = self.outcome(view, 0.0 if noticed else 1.0, effect)
        verb = "no longer changes" if outcome == "good" else "changes"
        return outcome, Measurement(
            summary=f"{signal.name} {verb} ({method}) over {duration(window)}: {words}",
            value=effect,
            expected=self.monitor.minimum_effect,
            window_seconds=window,
            events=known_count(now),
            signal=signal.name,
            shares=of_change(signal.name, before, now),
            evidence=grown_side(signal.name, before, now),
        )


class Seasonal(Method):
    """Sums of a signal, or the number of events, against what the season lets expect."""

    def look(self, view: SegmentView, signal: Signal) -> tuple[Outcome, Measurement] | None:
        """Compare the last window's sum with its forecast."""
        block, window = self.past.block, self.monitor.windows_seconds[-1]
        end = floor_to(view.at, block)
        by_start = {b.start: _total(b, signal) for b in past_blocks(self, view, signal)}
        if not by_start:
            return None
        values = [by_start.get(start, 0.0) for start in range(min(by_start), end, block)]
        found = seasonal_surprise(
            values, max(self.monitor.season_seconds // block, 1), max(window // block, 1)
        )
        if found is None:
            return None
        total, expected, probability = found
        off = abs(total - expected) / max(abs(expected), 1e-12)
        unit = VOLUME.unit if signal is VOLUME else view.unit(signal.name)
        return self.outcome(view, probability, off), Measurement(
            summary=(
                f"{signal.name}: {quantity(total, unit)} over {duration(window)}, expected "
                f"{quantity(expected, unit)} at this time"
            ),
            value=total,
            expected=expected,
            unit=unit,
            window_seconds=window,
            events=view.flag(EVENTS, window).count,
            signal=EVENTS if signal is VOLUME else signal.name,
            shares=_sums(signal, fewer=total < expected),
        )


def past_blocks(method: Method, view: SegmentView, signal: Signal) -> list[Block]:
    """The past and the present in blocks."""
    name = EVENTS if signal.name == VOLUME.name else signal.name
    begin = view.at - method.past.span + 2 * method.past.block
    return list(view.history(name, method.past.block, begin, view.at))


def _categories(summary: Summary | None) -> CategoryCounts:
    return summary if isinstance(summary, CategoryCounts) else CategoryCounts.empty()


def _excess(before: FlagCounts, now: FlagCounts) -> float:
    """Bad events beyond what the rate before makes."""
    return now.positive - now.count * (before.rate or 0.0)


def block_mean(summary: Summary | None) -> float:
    """The mean of a number, or the rate of a flag."""
    match summary:
        case FlagCounts():
            return summary.rate or 0.0
        case Distribution():
            return summary.mean or 0.0
    return 0.0


def _total(block: Block, signal: Signal) -> float:
    if signal.name == VOLUME.name:
        return float(block.events)
    match block.summary:
        case FlagCounts():
            return float(block.summary.positive)
        case Distribution():
            return block.summary.sum
    return 0.0


def _sums(signal: Signal, *, fewer: bool) -> Shares | None:
    """What sub-segments are compared by where a sum is not what was expected."""
    if signal.name == VOLUME.name:
        return of_events(fewer=fewer)
    if fewer:
        return None
    return of_flag(signal.name, True) if signal.kind == "flag" else of_sum(signal.name)


def _merged(blocks: Sequence[Block]) -> Summary | None:
    known = [block.summary for block in blocks if block.summary is not None]
    return merge_many(known) if known else None
