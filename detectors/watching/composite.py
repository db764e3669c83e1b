"""Several objectives with one budget: it burns at the weighted mean of their burn rates."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from detectors.objectives.budget import Budget, budget_of_all, burn_rate_of_all
from detectors.watching.budget_reading import bad_of, budget_needs, budget_over
from detectors.watching.budget_words import budget_words
from detectors.watching.burn_rate import at_least
from detectors.watching.needs import Need
from detectors.watching.running_counts import NO_COUNTS
from detectors.watching.shares import of_flag
from detectors.watching.slices import SliceSource, slice_source
from detectors.watching.tier_levels import tier_levels
from detectors.watching.verdict import GOOD, UNKNOWN, Measurement, SegmentView, Verdict
from detectors.watching.wording import duration, number, percent
from schemas.alerts import MonitorKind
from schemas.monitors.bad_events import bad_for_objective
from schemas.monitors.resolved import CompositeMonitor, CompositePart


class _Part(NamedTuple):
    part: CompositePart
    signal: str
    slices: SliceSource | None

    @property
    def counted(self) -> str:
        return self.slices.signal if self.slices else self.signal

    @property
    def per(self) -> int:
        """What one slice counts as."""
        return self.slices.per_slice if self.slices else 1


def _share(bad: int, total: int, _per: int) -> float:
    return bad / total


class Composite:
    """Bad when, in both windows of a tier, the budget of all burns more than ``factor`` times.

    A part's burn rate is its share of bad events by what its own target allows; they are averaged
    by weight. A part without events in a window is left out, or counts as good or bad (since the
    segment was first seen), as the monitor says. Unknown while no part has events, or all together
    fewer than ``minimum_events`` in the long window. While both windows hold the same events, the
    parts' shares are those that chance does not explain
    (:func:`~detectors.watching.burn_rate.at_least`).
    """

    kind: MonitorKind = "burn_rate"

    def __init__(self, monitor: CompositeMonitor) -> None:
        self.monitor: CompositeMonitor = monitor
        self._parts = []
        for index, part in enumerate(monitor.parts):
            signal = part.indicator.signal.name
            slices = slice_source(f"{monitor.name}.{index}", signal, part.slices)
            self._parts.append(_Part(part, signal, slices))
        self._tiers = tier_levels(monitor.tiers)
        # Parts that are bad for want of events need no events.
        self._minimum = 0 if monitor.missing == "bad" else monitor.minimum_events

    @property
    def needs(self) -> Sequence[Need]:
        """Counts of every part over the tiers' windows."""
        monitor = self.monitor
        return tuple(
            need
            for part in self._parts
            for need in budget_needs(
                part.signal, part.slices, monitor.tiers, monitor.window_seconds
            )
        )

    def burn_rate(
        self, view: SegmentView, window: int, share: Callable[[int, int, int], float] = _share
    ) -> float | None:
        """The burn rate over one of the tiers' windows; ``None`` without events.

        ``share`` tells a part's share of bad events, as :func:`at_least` does.
        """
        found = []
        for part in self._parts:
            total, good = view.counts.get((part.counted, window), NO_COUNTS)
            bad = share(total - good, total, part.per) if total else None
            found.append((part.part.weight, part.part.target, bad))
        seen = min(max(view.at - view.first_seen, 0) / window, 1.0)
        return burn_rate_of_all(found, self.monitor.missing, seen)

    def evaluate(self, view: SegmentView) -> Verdict:
        """Compare every tier's two windows with its factor."""
        known, holding = False, []
        for ready in self._tiers:
            tier = ready.tier
            events = sum(
                view.counts.get((part.signal, tier.long_seconds), NO_COUNTS)[0]
                for part in self._parts
            )
            if events < self._minimum:
                continue
            long = self.burn_rate(view, tier.long_seconds)
            short = self.burn_rate(view, tier.short_seconds)
            if long is None or short is None:
                continue
            known = True
            if long <= tier.factor or short <= tier.factor:
                continue
            if self._alike(view, tier.long_seconds, tier.short_seconds):
                sure = self.burn_rate(view, tier.long_seconds, at_least)
                if sure is None or sure <= tier.factor:
                    continue
            holding.append(ready.level)
        if holding:
            return Verdict("bad", tuple(holding))
        return GOOD if known else UNKNOWN

    def measure(self, view: SegmentView, level: str, *, resolved: bool) -> Measurement:
        """The tier's two windows, and which part burns most."""
        monitor = self.monitor
        tier = next((t.tier for t in self._tiers if t.level.name == level), self._tiers[0].tier)
        long = self.burn_rate(view, tier.long_seconds)
        short = self.burn_rate(view, tier.short_seconds)
        worst = max(self._parts, key=lambda part: self._burning(view, part, tier.long_seconds))
        bad = bad_of(view, worst.signal, tier.long_seconds)
        name = monitor.display_name or monitor.name
        verb = "no longer burns" if resolved else "burns"
        pace = "too fast" if resolved else f"{number(short or 0.0)} times too fast"
        words = (
            f"{name} {verb} the error budget of its {len(self._parts)} objectives {pace} "
            f"({number(short or 0.0)} in {duration(tier.short_seconds)}, "
            f"{number(long or 0.0)} in {duration(tier.long_seconds)}; most by {worst.part.name}: "
            f"{'no events' if bad.rate is None else f'{percent(bad.rate)} bad'}, "
            f"objective {percent(worst.part.target)})"
        )
        return Measurement(
            summary=words,
            # Of a burn that is over, the long window still holds what was.
            description=self._budgets(view, tier.short_seconds if resolved else tier.long_seconds),
            value=long,
            expected=tier.factor,
            window_seconds=tier.long_seconds,
            events=bad.count,
            bad_events=bad.positive,
            signal=worst.signal,
            shares=of_flag(worst.signal, False),
            evidence=bad_for_objective(worst.signal),
        )

    def _alike(self, view: SegmentView, long: int, short: int) -> bool:
        """Whether both windows hold the same events."""
        return all(
            view.counts.get((part.counted, long), NO_COUNTS)[0]
            == view.counts.get((part.counted, short), NO_COUNTS)[0]
            for part in self._parts
        )

    def _burning(self, view: SegmentView, part: _Part, window: int) -> float:
        rate = bad_of(view, part.counted, window).rate
        if rate is None:
            rate = 1.0 if self.monitor.missing == "bad" else 0.0
        return part.part.weight * rate / (1 - part.part.target)

    def _budgets(self, view: SegmentView, window: int) -> str:
        """What is left of the budget of all."""
        monitor, parts = self.monitor, list[tuple[float, Budget]]()
        for part in self._parts:
            budget = budget_over(
                view, part.counted, part.part.target, monitor.window_seconds, monitor.calendar
            )
            if budget is None:
                return ""
            parts.append((part.part.weight, budget))
        whole = budget_of_all(parts, monitor.missing)
        if whole is None:
            return ""
        burn = self.burn_rate(view, window) or 0.0
        return budget_words(whole, burn, f"Of {len(parts)} objectives together")
