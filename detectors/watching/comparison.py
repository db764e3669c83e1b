"""Candidates against a baseline, judged every minute from their first event on."""

from collections.abc import Sequence
from functools import reduce
from typing import Final

from detectors.comparing.comparison import Comparison, compare
from detectors.comparing.words import deciding, metric_words
from detectors.summaries import Summary
from detectors.watching.merging import merge_newest
from detectors.watching.needs import Need, refines
from detectors.watching.shares import Shares, of_flag, of_sum, of_values_beyond
from detectors.watching.tiers import floor_to
from detectors.watching.verdict import (
    BETWEEN,
    GOOD,
    UNCHANGED,
    Level,
    Measurement,
    SegmentView,
    Verdict,
)
from detectors.watching.wording import duration
from schemas.alerts import MonitorKind
from schemas.monitors.bad_events import bad_for_comparison
from schemas.monitors.compared import ComparedMetric
from schemas.monitors.resolved import ComparisonMonitor
from schemas.quantity_words import POINT, SHARE

EVERY: Final = 60
"""Seconds between judgements: they may come as often as one likes, but cost."""

_USUAL: Final = 0.95

PROMOTE: Final = "promote"
ROLL_BACK: Final = "roll back"


class Comparing:
    """Bad, that is worth telling, when a verdict is reached: *promote* as info, or *roll back*.

    Both arms are summed from the candidate's first pane on, so the error of the verdicts is that
    of all looks together. While it is not known, the last verdict stands. A comparison that lasts
    longer than it may ends without another.
    """

    kind: MonitorKind = "comparison"

    def __init__(self, monitor: ComparisonMonitor) -> None:
        self.monitor: ComparisonMonitor = monitor
        self._promote = Verdict("bad", (Level(PROMOTE, "info", 0),))
        self._roll_back = Verdict("bad", (Level(ROLL_BACK, monitor.severity, 0),))

    @property
    def needs(self) -> Sequence[Need]:
        """Every metric's signal over the whole comparison, and of what the candidate is made of."""
        signals = dict.fromkeys(metric.signal for metric in self.monitor.rules.metrics)
        return tuple(
            Need(signal, self.monitor.longest_seconds, detailed=True) for signal in signals
        )

    def evaluate(self, view: SegmentView) -> Verdict:
        """Judge a candidate; the baseline has no verdict of its own."""
        if view.at % EVERY or not self._is_candidate(view):
            return UNCHANGED
        if view.at - view.first_seen > self.monitor.longest_seconds:
            return GOOD
        verdict = self.compare(view).verdict
        if verdict == "promote":
            return self._promote
        return self._roll_back if verdict == "roll back" else BETWEEN

    def next_look(self, view: SegmentView) -> int:
        """The next judgement."""
        return floor_to(view.at, EVERY) + EVERY

    def _is_candidate(self, view: SegmentView) -> bool:
        segment, monitor = view.segment, self.monitor
        return refines(segment, monitor.candidate) and not refines(segment, monitor.baseline)

    def compare(self, view: SegmentView) -> Comparison:
        """Both arms as they stand now."""
        window = max(min(view.at - view.first_seen, self.monitor.longest_seconds), 1)
        matched = {name: view.segment[name] for name in self.monitor.matched}
        whole = {**matched, **self.monitor.baseline}
        baseline = [key for key, segment in view.peers().items() if refines(segment, whole)]
        signals = dict.fromkeys(metric.signal for metric in self.monitor.rules.metrics)

        def summed(signal: str) -> Summary | None:
            found = [view.summary_of(key, signal, window) for key in baseline]
            known = [summary for summary in found if summary is not None]
            return reduce(merge_newest, known) if known else None

        return compare(
            self.monitor.rules,
            {signal: summed(signal) for signal in signals},
            {signal: view.summary(signal, window) for signal in signals},
        )

    def measure(self, view: SegmentView, level: str, *, resolved: bool) -> Measurement:
        """The metric that decides, and all of them in the description."""
        monitor, compared = self.monitor, self.compare(view)
        metric = deciding(compared)
        running = max(view.at - view.first_seen, 0)
        name = monitor.display_name or monitor.name
        told = "the comparison has ended" if resolved else level
        # What the candidate has more of than its baseline: where in it that lies.
        rule = next(each for each in monitor.rules.metrics if each.name == metric.name)
        confidence = f"{monitor.rules.confidence * 100:g} %"
        # Intervals beside a value are of 95 % everywhere; others are in the words alone.
        usual = round(monitor.rules.confidence, 9) == _USUAL
        unit, scale = metric.unit, 1.0
        if metric.relative:
            unit = SHARE
        elif unit == SHARE:
            unit, scale = POINT, 100.0

        def in_unit(number: float | None) -> float | None:
            return None if number is None else scale * number

        return Measurement(
            summary=f"{name}: {told} after {duration(running)}: {metric_words(metric)}",
            description="At any time, each interval holds all metrics' true differences with a "
            f"confidence of {confidence}: " + "; ".join(map(metric_words, compared.metrics)) + ".",
            value=in_unit(metric.difference),
            low=in_unit(metric.low) if usual else None,
            high=in_unit(metric.high) if usual else None,
            expected=in_unit(metric.margin if metric.higher_is_worse else -metric.margin),
            unit=unit,
            window_seconds=min(running, monitor.longest_seconds),
            events=metric.candidate_events,
            signal=rule.signal,
            shares=_shares(rule, metric.baseline) if level == ROLL_BACK else None,
            evidence=bad_for_comparison(rule, metric.baseline) if level == ROLL_BACK else None,
        )


def _shares(rule: ComparedMetric, baseline: float | None) -> Shares | None:
    """What the parts of the candidate are compared by."""
    if rule.statistic == "rate":
        return of_flag(rule.signal, rule.higher_is_worse)
    if baseline is None:
        return None
    if rule.statistic != "mean":
        return of_values_beyond(rule.signal, baseline, above=rule.higher_is_worse)
    return of_sum(rule.signal, short_of=None if rule.higher_is_worse else baseline)
