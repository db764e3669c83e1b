"""What budgets look at of a segment's past, and the budget as that past tells it."""

from collections.abc import Sequence

from detectors.objectives.budget import Budget
from detectors.summaries import FlagCounts
from detectors.watching.needs import Need
from detectors.watching.slices import SliceSource
from detectors.watching.tier_levels import windows_of
from detectors.watching.tiers import LONGEST_WINDOW
from detectors.watching.verdict import SegmentView
from schemas.monitors.bad_events import bad_for_objective
from schemas.monitors.calendar_window import CalendarWindow
from schemas.monitors.parse_condition import format_condition
from schemas.monitors.resolved import BurnRateTier


def budget_needs(
    signal: str, slices: SliceSource | None, tiers: Sequence[BurnRateTier], window: int
) -> tuple[Need, ...]:
    """What the tiers and the budget of a flag look at; of its slices, where it has any."""
    seen = min(window, LONGEST_WINDOW)
    examples = (format_condition(bad_for_objective(signal)),)
    counted = tuple(
        Need(signal, each, counted=True, examples=examples) for each in windows_of(tiers)
    )
    if slices is None:
        return (*counted, Need(signal, seen))
    name = slices.signal
    return (
        *counted,
        Need(signal, slices.seconds, counted=True),
        *(Need(name, each, counted=True, slices=slices) for each in windows_of(tiers)),
        Need(name, seen, slices=slices),
    )


def budget_over(
    view: SegmentView,
    counted: str,
    target: float,
    window_seconds: int,
    calendar: CalendarWindow | None,
) -> Budget | None:
    """The budget of a window, or of the calendar's present period."""
    window, since = float(window_seconds), view.at - window_seconds
    if calendar is not None:
        begin, end = calendar.period(view.at)
        window, since = end - begin, int(begin)
    seen = max(view.at - max(since, view.first_seen), 1)
    if seen > LONGEST_WINDOW:
        return None
    bad = bad_of(view, counted, min(view.at - since, LONGEST_WINDOW))
    return Budget(
        target=target,
        counted=bad.count,
        bad=bad.positive,
        window_seconds=window,
        seen_seconds=seen,
        calendar=calendar is not None,
    )


def bad_of(view: SegmentView, signal: str, window: int) -> FlagCounts:
    """Known events, and the bad ones among them."""
    good = view.flag(signal, window)
    return FlagCounts(good.count, good.count - good.positive)
