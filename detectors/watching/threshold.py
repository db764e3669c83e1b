"""Bounds for a statistic of a signal over a sliding window, with hysteresis."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from detectors.drift.counts import chance_beyond
from detectors.summaries import USERS, CategoryCounts, Distribution, FlagCounts
from detectors.watching.budget_words import recovery_seconds
from detectors.watching.needs import EVENTS, Need
from detectors.watching.running_numbers import Numbers, Undecided, cuts_of
from detectors.watching.shares import Shares, of_events, of_flag, of_sum, of_values_beyond
from detectors.watching.statistic import QUANTILES, statistic_of
from detectors.watching.tiers import BLOCK
from detectors.watching.verdict import (
    BETWEEN,
    UNKNOWN,
    Level,
    Measurement,
    SegmentView,
    Verdict,
)
from detectors.watching.wording import duration
from schemas.alerts import MonitorKind
from schemas.monitors.bad_events import bad_for_threshold, sampled_conditions
from schemas.monitors.conditions import Comparison, Condition
from schemas.monitors.parse_condition import format_condition
from schemas.monitors.resolved import ThresholdMonitor
from schemas.monitors.statistics import SHARES
from schemas.quantity_words import SHARE, percent, quantity

_RANKS: Final = {**QUANTILES, "min": 0.0, "max": 1.0}
_ADDING: Final = ("sum", "mean")
_MOMENTS: Final = (*_ADDING, "count")
_GROWING: Final = ("count", "sum", "distinct")
"""Statistics of which the part of a window is less than the whole."""
_HARDLY: Final = 0.001
"""Probabilities below this are not told apart."""
_NO_NUMBERS: Final = Numbers()
_WORDS: Final = {
    "count": "number of events",
    "distinct": "number of different values",
    "commonest_share": "share of the commonest value",
    "rate": "share",
    "mean": "mean",
    "sum": "sum",
    "min": "minimum",
    "max": "maximum",
}


class Threshold:
    """Bad outside ``lower..upper``, good inside the resolve bounds, between otherwise.

    Unknown with fewer than ``minimum_events`` known values (a count needs none: 0 is a count), and
    for a count, sum or number of values that is too low while the segment is younger than the
    window: the rest of the window was not seen. ``count`` without a signal counts events,
    ``distinct`` without a signal users.
    """

    kind: MonitorKind = "threshold"

    def __init__(self, monitor: ThresholdMonitor) -> None:
        self.monitor: ThresholdMonitor = monitor
        self._signal = monitor.signal or (USERS if monitor.statistic == "distinct" else EVENTS)
        if self._signal == EVENTS and monitor.statistic != "count":
            raise ValueError(f"monitor {monitor.name}: {monitor.statistic} needs a signal")
        self._counted = monitor.statistic == "rate" or self._signal == EVENTS
        self._key = self._signal, monitor.window_seconds
        self._bad = Verdict("bad", (Level("0", monitor.severity, monitor.for_seconds),))
        self._good = Verdict("good", keep_firing_seconds=monitor.keep_firing_seconds)
        # Hysteresis: at least as strict as the bounds themselves.
        lower = [b for b in (monitor.lower, monitor.resolve_lower) if b is not None]
        upper = [b for b in (monitor.upper, monitor.resolve_upper) if b is not None]
        self._good_from = max(lower) if monitor.lower is not None else None
        self._good_to = min(upper) if monitor.upper is not None else None
        bounds = {*lower, *upper}
        ordered = monitor.statistic in _RANKS
        self._bounds = tuple(sorted(bounds)) if ordered else ()
        told = len(cuts_of(self._bounds)) == len(self._bounds)
        self._running = not self._counted and told and (ordered or monitor.statistic in _MOMENTS)

    @property
    def needs(self) -> Sequence[Need]:
        """The signal over the window."""
        return (
            Need(
                self._signal,
                self.monitor.window_seconds,
                counted=self._counted,
                detailed=self.monitor.statistic in (*_ADDING, *QUANTILES),
                bounds=self._bounds if self._running else None,
                examples=tuple(map(format_condition, sampled_conditions((self.monitor,)))),
            ),
        )

    def evaluate(self, view: SegmentView) -> Verdict:
        """Compare the statistic with the bounds: by what is counted, close to one by itself."""
        numbers = view.numbers.get(self._key, _NO_NUMBERS) if self._running else None
        if numbers is not None and numbers.count:
            try:
                return self._judge(view, numbers.count, partial(self._side, numbers))
            except Undecided:
                pass
        elif numbers is not None and self.monitor.statistic != "count":
            return UNKNOWN
        value, known = self._value(view, numbers)
        if value is None:
            return UNKNOWN
        return self._judge(view, known, partial(_side_of, value))

    def _judge(self, view: SegmentView, known: int, side: Callable[[float], int]) -> Verdict:
        """The verdict by the ``side`` of a bound that the statistic of known values is on."""
        monitor = self.monitor
        if known < monitor.minimum_events and monitor.statistic != "count":
            return UNKNOWN
        if monitor.upper is not None and side(monitor.upper) > 0:
            return self._bad
        if monitor.statistic in _GROWING and view.at - view.first_seen < monitor.window_seconds:
            return UNKNOWN if monitor.lower is not None else self._inside(side)
        if monitor.lower is not None and side(monitor.lower) < 0:
            return self._bad
        return self._inside(side)

    def _inside(self, side: Callable[[float], int]) -> Verdict:
        if self._good_from is not None and side(self._good_from) < 0:
            return BETWEEN
        if self._good_to is not None and side(self._good_to) > 0:
            return BETWEEN
        return self._good

    def _side(self, numbers: Numbers, bound: float) -> int:
        """The side of a bound that the statistic is on. Raises ``Undecided`` close to it."""
        statistic = self.monitor.statistic
        if statistic in _RANKS:
            return numbers.side_of_quantile(_RANKS[statistic], bound)
        if statistic == "count":
            return _side_of(numbers.count, bound)
        return numbers.side_of_sum(bound * numbers.count if statistic == "mean" else bound)

    def _value(self, view: SegmentView, numbers: Numbers | None = None) -> tuple[float | None, int]:
        """The statistic, and how many known values it is of; ``numbers`` learn from it."""
        if self._counted:
            known, true = view.counts.get(self._key, (0, 0))
            if self.monitor.statistic == "count":
                return float(known), known
            return (true / known if known else None), known
        summary = view.summary(self._signal, self.monitor.window_seconds)
        if numbers is not None and numbers.count and isinstance(summary, Distribution):
            numbers.anchor(summary)
        return statistic_of(summary, self.monitor.statistic)

    def measure(self, view: SegmentView, level: str, *, resolved: bool) -> Measurement:
        """The statistic beside its bounds."""
        monitor = self.monitor
        value, known = self._value(view)
        too_high = monitor.upper is not None and (
            monitor.lower is None or (value is not None and value > monitor.lower)
        )
        bound = monitor.upper if too_high else monitor.lower
        unit = self._unit(view)
        flag = FlagCounts(*view.counts.get(self._key, (0, 0)))
        interval = flag.interval() if monitor.statistic == "rate" and known else (None, None)
        bad = flag.positive if too_high else flag.count - flag.positive
        return Measurement(
            description="" if resolved else self._outlook(view, value, bound, too_high=too_high),
            summary=self._words(view, value, bound, too_high=too_high, resolved=resolved),
            value=value,
            low=interval[0],
            high=interval[1],
            expected=bound,
            unit=unit,
            window_seconds=monitor.window_seconds,
            events=known,
            bad_events=bad if monitor.statistic == "rate" else None,
            signal=self._signal,
            shares=self._shares(bound, known, too_high=too_high),
            evidence=self._evidence(view, too_high=too_high),
        )

    def _shares(self, bound: float | None, known: int, *, too_high: bool) -> Shares | None:
        """What sub-segments are compared by."""
        statistic = self.monitor.statistic
        if self._signal == EVENTS:
            return of_events(fewer=not too_high)
        if statistic == "rate":
            return of_flag(self._signal, too_high)
        if statistic in QUANTILES and bound is not None:
            return of_values_beyond(self._signal, bound, above=too_high)
        if statistic in _ADDING and too_high:
            return of_sum(self._signal)
        if statistic in _ADDING and bound is not None:
            each = bound if statistic == "mean" else bound / max(known, 1)
            return of_sum(self._signal, short_of=each)
        return None

    def _outlook(
        self, view: SegmentView, value: float | None, bound: float | None, *, too_high: bool
    ) -> str:
        """What chance has to do with it, and when it is over."""
        words = [self._recovery(view, value, bound)]
        if self.monitor.statistic == "rate" and bound is not None:
            flag = FlagCounts(*view.counts.get(self._key, (0, 0)))
            by_chance = chance_beyond(flag, bound, more=too_high)
            share = percent(by_chance) if by_chance >= _HARDLY else f"under {percent(_HARDLY)}"
            words.insert(
                0,
                f"Were the true rate {percent(bound)}, chance alone would make as much in {share} "
                "of windows.",
            )
        return " ".join(filter(None, words))

    def _recovery(self, view: SegmentView, value: float | None, bound: float | None) -> str:
        """When the statistic is back at its bound if all goes on as of late."""
        monitor = self.monitor
        recent = max(monitor.window_seconds // 6, BLOCK)
        if value is None or bound is None or monitor.statistic not in ("rate", "mean"):
            return ""
        if monitor.statistic == "rate":
            late = view.flag(self._signal, recent).rate
        else:
            late, _ = statistic_of(view.summary(self._signal, recent), "mean")
        if late is None:
            return ""
        seconds = recovery_seconds(value, late, bound, monitor.window_seconds)
        span = duration(recent)
        if seconds is None:
            return f"If all goes on as in the last {span}, it does not recover."
        back = f"it is back within its bound in {duration(seconds)}"
        return f"If all goes on as in the last {span}, {back}."

    def _unit(self, view: SegmentView) -> str:
        if self.monitor.statistic in SHARES:
            return SHARE
        if self.monitor.statistic in ("count", "distinct") or not self.monitor.signal:
            return "1"
        return view.unit(self.monitor.signal)

    def _commonest(self, view: SegmentView) -> str:
        """The category that most events of the window have; empty where that is no question."""
        summary = view.summary(self._signal, self.monitor.window_seconds)
        if self.monitor.statistic != "commonest_share" or not isinstance(summary, CategoryCounts):
            return ""
        return max(sorted(summary.counts), key=summary.counts.__getitem__, default="")

    def _words(
        self,
        view: SegmentView,
        value: float | None,
        bound: float | None,
        *,
        too_high: bool,
        resolved: bool,
    ) -> str:
        monitor, unit, commonest = self.monitor, self._unit(view), self._commonest(view)
        of = f" of {monitor.signal}" if monitor.signal else ""
        statistic = _WORDS.get(monitor.statistic, monitor.statistic)
        # A monitor's name alone does not say what is measured.
        own = monitor.display_name if monitor.display_name != monitor.name else ""
        name = own or f"{statistic}{of}"
        name += f" ({commonest})" if commonest else ""

        now = "not known" if value is None else quantity(value, unit)
        side = "above" if too_high else "below"
        where = f"{side} {'' if bound is None else quantity(bound, unit)}"
        if resolved and monitor.lower is not None and monitor.upper is not None:
            # Which of them it was beyond is no longer known.
            lower, upper = quantity(monitor.lower, unit), quantity(monitor.upper, unit)
            where = f"back between {lower} and {upper}"
        elif resolved:
            where = f"no longer {where}"
        return f"{name} is {now} over {duration(monitor.window_seconds)}, {where}"

    def _evidence(self, view: SegmentView, *, too_high: bool) -> Condition | None:
        """The events that pull the statistic to the wrong side, where single events do."""
        if self.monitor.statistic != "commonest_share":
            return bad_for_threshold(self.monitor, too_high=too_high)
        return Comparison(name=self._signal, operator="=", value=self._commonest(view))


def _side_of(value: float, bound: float) -> int:
    return (value > bound) - (value < bound)
