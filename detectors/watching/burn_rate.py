"""Burn rates of an error budget, after the SRE workbook, chapter 5 (alerting on SLOs)."""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.summaries import FlagCounts
from detectors.watching.budget_reading import bad_of, budget_needs, budget_over
from detectors.watching.budget_words import budget_words, recovery_seconds
from detectors.watching.needs import Need
from detectors.watching.running_counts import NO_COUNTS
from detectors.watching.shares import of_flag
from detectors.watching.slices import slice_source
from detectors.watching.tier_levels import TierLevel, tier_levels
from detectors.watching.verdict import (
    BETWEEN,
    GOOD,
    UNKNOWN,
    Level,
    Measurement,
    SegmentView,
    Verdict,
)
from detectors.watching.wording import duration
from schemas.alerts import MonitorKind
from schemas.monitors.bad_events import bad_for_objective
from schemas.monitors.resolved import BurnRateMonitor, BurnRateTier
from schemas.quantity_words import SHARE, percent, plain


@dataclass(frozen=True, slots=True)
class _Tier:
    tier: BurnRateTier
    long: tuple[str, int]
    short: tuple[str, int]
    enough: tuple[str, int]
    limit: float
    level: Level


class BurnRate:
    """Bad when, in both windows of a tier, the budget burns more than ``factor`` times too fast.

    The share of bad events is compared with ``factor * (1 - target)``, from counts. A tier is
    unknown with fewer than ``minimum_events`` known events in its long window, or none in its
    short one. Good when no tier holds and at least one is known.

    A segment younger than a window is judged by what it has seen, as Prometheus would: a release
    that is broken from its first event on is told at once. ``minimum_events`` keeps a few first
    events from deciding. While both windows hold the same events, as those of a segment younger
    than the short one do, the second window confirms nothing: chance must not explain it then
    (:func:`at_least`). An alert that fires goes on while the share is above the limit, however
    uncertain: else it would come and go with every event.
    """

    kind: MonitorKind = "burn_rate"

    def __init__(self, monitor: BurnRateMonitor) -> None:
        self.monitor: BurnRateMonitor = monitor
        self._signal = monitor.indicator.signal.name
        self._slices = slice_source(monitor.name, self._signal, monitor.slices)
        self._counted = self._slices.signal if self._slices else self._signal
        self._per = self._slices.per_slice if self._slices else 1
        # Slices that are bad for want of events need no events.
        silence_is_bad = monitor.slices is not None and monitor.slices.missing == "bad"
        self._minimum = 0 if silence_is_bad else monitor.minimum_events
        self._tiers = [self._prepare(each) for each in tier_levels(monitor.tiers)]

    def _prepare(self, ready: TierLevel) -> _Tier:
        tier = ready.tier
        return _Tier(
            tier,
            (self._counted, tier.long_seconds),
            (self._counted, tier.short_seconds),
            (self._signal, tier.long_seconds),
            tier.factor * (1 - self.monitor.target),
            ready.level,
        )

    @property
    def needs(self) -> Sequence[Need]:
        """Counts over the tiers' windows; the budget's window is read only when an alert goes."""
        return budget_needs(
            self._signal, self._slices, self.monitor.tiers, self.monitor.window_seconds
        )

    def evaluate(self, view: SegmentView) -> Verdict:
        """Compare every tier's two windows with its limit."""
        counts, known, likely, holding = view.counts, False, False, []
        for tier in self._tiers:
            total, good = counts.get(tier.long, NO_COUNTS)
            burns = total - good > tier.limit * total
            if known and not burns:
                continue
            if total == 0 or counts.get(tier.enough, NO_COUNTS)[0] < self._minimum:
                continue
            recent, recent_good = counts.get(tier.short, NO_COUNTS)
            if recent == 0:
                continue
            known = True
            if not burns or recent - recent_good <= tier.limit * recent:
                continue
            if recent == total and tier.limit >= at_least(total - good, total, self._per):
                likely = True
                continue
            holding.append(tier.level)
        if holding:
            return Verdict("bad", tuple(holding))
        if likely:
            return BETWEEN
        return GOOD if known else UNKNOWN

    def measure(self, view: SegmentView, level: str, *, resolved: bool) -> Measurement:
        """The tier's two windows, and the budget."""
        monitor = self.monitor
        tier = next((t.tier for t in self._tiers if t.level.name == level), self._tiers[0].tier)
        long = bad_of(view, self._counted, tier.long_seconds)
        short = bad_of(view, self._counted, tier.short_seconds)
        events = long if self._slices is None else bad_of(view, self._signal, tier.long_seconds)
        name, budget = monitor.display_name or monitor.indicator.name, 1 - monitor.target
        length = f"{duration(monitor.window_seconds).replace(' ', '-').replace('-d', '-day')}"
        what = "bad" if monitor.slices is None else f"bad {duration(monitor.slices.seconds)} slices"
        before = "nothing before"
        if long != short:
            before = f"{_share(long)} in {duration(tier.long_seconds)}"
        shares = (
            f"{_share(short)} {what} in {duration(tier.short_seconds)}, {before}, "
            f"objective {percent(monitor.target)}"
        )
        if resolved:
            words = f"{name} no longer burns its {length} error budget too fast ({shares})"
        else:
            rate = (short.rate or 0.0) / budget
            words = (
                f"{name} burns its {length} error budget {plain(rate)} times too fast ({shares})"
            )
        low, high = long.interval() if long.count and self._per == 1 else (None, None)
        return Measurement(
            summary=words,
            description=self._budget(view, tier, short, long, resolved=resolved),
            value=long.rate,
            low=low,
            high=high,
            expected=budget,
            unit=SHARE,
            window_seconds=tier.long_seconds,
            events=events.count,
            bad_events=events.positive,
            signal=self._signal,
            shares=of_flag(self._signal, False),
            evidence=bad_for_objective(self._signal),
        )

    def _budget(
        self,
        view: SegmentView,
        tier: BurnRateTier,
        short: FlagCounts,
        long: FlagCounts,
        *,
        resolved: bool,
    ) -> str:
        """How much budget is left, and how long until it is gone or the alert is over."""
        monitor = self.monitor
        budget = budget_over(
            view, self._counted, monitor.target, monitor.window_seconds, monitor.calendar
        )
        words = ""
        if budget is not None:
            span = duration(budget.seen_seconds)
            things = "events" if self._slices is None else "slices"
            since = f"in the last {span}" if budget.ends_in is None else "in the present period"
            bad = plain(budget.bad / self._per)
            counted = f"{bad} of {budget.counted / self._per:.0f} {things} were bad {since}"
            # Of a burn that is over, the long window still holds what was.
            rate = short.rate if resolved else long.rate
            burn = (rate or 0.0) / (1 - monitor.target)
            words = budget_words(budget, burn, counted)
        if resolved:
            return words
        limit = tier.factor * (1 - monitor.target)
        return " ".join(filter(None, (words, _over(short, long, limit, tier))))


def _over(short: FlagCounts, long: FlagCounts, limit: float, tier: BurnRateTier) -> str:
    """When the alert is over if all stays as it is of late."""
    if short.rate is None or long.rate is None or short.rate <= limit:
        return ""
    # Both windows burn: if the cause ended now, the short one would be clear first.
    clear = recovery_seconds(short.rate, 0.0, limit, tier.short_seconds)
    return f"Once the cause is gone, the alert is over in {duration(clear or 0)}."


def at_least(bad: int, total: int, per: int = 1) -> float:
    """The share of bad events that so many of so many are evidence of; ``per`` of them are one.

    The lower end of Wilson's interval of 95 %.

    >>> round(at_least(7, 329), 3), round(at_least(14, 329), 3)
    (0.01, 0.026)
    """
    return FlagCounts(total // per, bad // per).interval()[0]


def _share(bad: FlagCounts) -> str:
    return percent(bad.rate) if bad.rate is not None else "no events"
