"""Burn rates of an error budget, after the SRE workbook, chapter 5 (alerting on SLOs)."""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.summaries import FlagCounts
from detectors.watching.evidence import column
from detectors.watching.needs import Need
from detectors.watching.running_counts import Counts
from detectors.watching.verdict import GOOD, UNKNOWN, Level, Measurement, SegmentView, Verdict
from detectors.watching.wording import duration, number, percent
from schemas.alerts import MonitorKind, Severity
from schemas.monitors.resolved import BurnRateMonitor, BurnRateTier

_WORST: dict[Severity, int] = {"page": 0, "ticket": 1, "info": 2}
_NOTHING: Counts = [0, 0]


@dataclass(frozen=True, slots=True)
class _Tier:
    tier: BurnRateTier
    long: tuple[str, int]
    short: tuple[str, int]
    limit: float
    level: Level


class BurnRate:
    """Bad when, in both windows of a tier, the budget burns more than ``factor`` times too fast.

    The share of bad events is compared with ``factor * (1 - target)``, from counts. A tier is
    unknown with fewer than ``minimum_events`` known events in its long window, or none in its
    short one. Good when no tier holds and at least one is known.

    A segment younger than a window is judged by what it has seen, as Prometheus would: a release
    that is broken from its first event on is told at once. ``minimum_events`` keeps a few first
    events from deciding.
    """

    kind: MonitorKind = "burn_rate"

    def __init__(self, monitor: BurnRateMonitor) -> None:
        self.monitor: BurnRateMonitor = monitor
        self._signal = monitor.indicator.signal.name
        tiers = [self._prepare(number, tier) for number, tier in enumerate(monitor.tiers)]
        # Worst first: by severity, then by factor.
        self._tiers = sorted(tiers, key=lambda t: (_WORST[t.tier.severity], -t.tier.factor))

    def _prepare(self, number: int, tier: BurnRateTier) -> _Tier:
        return _Tier(
            tier,
            (self._signal, tier.long_seconds),
            (self._signal, tier.short_seconds),
            tier.factor * (1 - self.monitor.target),
            Level(str(number), tier.severity, tier.for_seconds),
        )

    @property
    def needs(self) -> Sequence[Need]:
        """Counts over the tiers' windows; the budget's window is read only when an alert goes."""
        lengths = {w for t in self.monitor.tiers for w in (t.long_seconds, t.short_seconds)}
        return (
            *(Need(self._signal, window, counted=True) for window in sorted(lengths)),
            Need(self._signal, self.monitor.window_seconds),
        )

    def evaluate(self, view: SegmentView) -> Verdict:
        """Compare every tier's two windows with its limit."""
        counts, known, holding = view.counts, False, []
        for tier in self._tiers:
            total, good = counts.get(tier.long, _NOTHING)
            if total == 0 or total < self.monitor.minimum_events:
                continue
            recent, recent_good = counts.get(tier.short, _NOTHING)
            if recent == 0:
                continue
            known = True
            if total - good > tier.limit * total and recent - recent_good > tier.limit * recent:
                holding.append(tier.level)
        if holding:
            return Verdict("bad", tuple(holding))
        return GOOD if known else UNKNOWN

    def measure(self, view: SegmentView, level: str, *, resolved: bool) -> Measurement:
        """The tier's two windows, and the budget."""
        monitor = self.monitor
        tier = next((t.tier for t in self._tiers if t.level.name == level), self._tiers[0].tier)
        long = _bad(view, self._signal, tier.long_seconds)
        short = _bad(view, self._signal, tier.short_seconds)
        name, budget = monitor.display_name or monitor.indicator.name, 1 - monitor.target
        length = f"{duration(monitor.window_seconds).replace(' ', '-').replace('-d', '-day')}"
        shares = (
            f"{_share(short)} bad in {duration(tier.short_seconds)}, "
            f"{_share(long)} in {duration(tier.long_seconds)}, objective {percent(monitor.target)}"
        )
        if resolved:
            words = f"{name} no longer burns its {length} error budget too fast ({shares})"
        else:
            rate = (short.rate or 0.0) / budget
            words = (
                f"{name} burns its {length} error budget {number(rate)} times too fast ({shares})"
            )
        low, high = long.interval() if long.count else (None, None)
        return Measurement(
            summary=words,
            description=self._budget(view, long),
            value=long.rate,
            low=low,
            high=high,
            expected=budget,
            window_seconds=tier.long_seconds,
            events=long.count,
            bad_events=long.positive,
            signal=self._signal,
            shares=self._signal,
            bad=False,
            evidence=(f"{column(self._signal)} = false",),
            evidence_columns=(column(self._signal),),
        )

    def _budget(self, view: SegmentView, now: FlagCounts) -> str:
        """How much budget is left, and how long it lasts at the present rate.

        Traffic not yet seen is taken to be like what was: with less than a window of history, the
        share of the budget spent is in proportion.
        """
        window, budget = self.monitor.window_seconds, 1 - self.monitor.target
        whole = _bad(view, self._signal, window)
        span = min(window, max(view.at - view.first_seen, 1))
        spent = (whole.rate or 0.0) / budget * span / window
        left = 1 - spent
        words = (
            f"{whole.positive} of {whole.count} events were bad in the last {duration(span)}: "
            f"{percent(max(left, 0.0))} of the error budget for {duration(window)} is left"
        )
        burn = (now.rate or 0.0) / budget
        if left <= 0:
            return f"{words}; it is overspent by {percent(-left)}."
        if burn <= 1:
            return f"{words}; at the present rate it lasts."
        return f"{words}; at the present rate it is gone in {duration(left * window / burn)}."


def _bad(view: SegmentView, signal: str, window: int) -> FlagCounts:
    """Known events, and the bad ones among them."""
    good = view.flag(signal, window)
    return FlagCounts(good.count, good.count - good.positive)


def _share(bad: FlagCounts) -> str:
    return percent(bad.rate) if bad.rate is not None else "no events"
