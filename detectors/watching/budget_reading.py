"""What budgets look at of a segment's past, and the budget as that past tells it."""

from collections.abc import Sequence
from typing import Final

from detectors.objectives.budget import Budget
from detectors.summaries import FlagCounts
from detectors.watching.needs import Need
from detectors.watching.slices import SliceSource
from detectors.watching.tier_levels import windows_of
from detectors.watching.tiers import LONGEST_WINDOW, far_tier, floor_to
from detectors.watching.verdict import SegmentView
from schemas.monitors.bad_events import bad_for_objective
from schemas.monitors.calendar_window import CalendarWindow
from schemas.monitors.parse_condition import format_condition
from schemas.monitors.resolved import BurnRateTier

_FINE: Final = 50
"""Part of a time by which it may be wrong."""


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
    window, since, ends_in = float(window_seconds), view.at - window_seconds, None
    if calendar is not None:
        begin, end = calendar.period(view.at)
        window, since, ends_in = end - begin, int(begin), end - view.at
    past = view.at - max(since, view.first_seen)
    if past > LONGEST_WINDOW:
        return None
    whole = bad_of(view, counted, min(view.at - since, LONGEST_WINDOW))
    events, bad = float(whole.count), float(whole.positive)
    if calendar is not None and view.first_seen < since:
        events, bad = _since(view, counted, since)
    return Budget(
        target=target,
        counted=events,
        bad=bad,
        window_seconds=window,
        seen_seconds=max(_known_for(view, counted, past, whole.count), 1),
        ends_in=ends_in,
    )


def _known_for(view: SegmentView, signal: str, past: int, events: int) -> int:
    """For how long the signal is known: not as long as its segment, where an objective is new.

    ``events`` are known of it in ``past`` seconds. To a fiftieth, or two of the blocks that the
    past is held in.
    """
    unknown, known = max(past - 2 * far_tier(past), 0), past
    if events == 0 or view.flag(signal, unknown).count < events:
        return past
    unknown, known = 0, unknown
    while known - unknown > max(known // _FINE, 1):
        probe = (unknown + known) // 2
        if view.flag(signal, probe).count < events:
            unknown = probe
        else:
            known = probe
    return known


def _since(view: SegmentView, signal: str, since: int) -> tuple[float, float]:
    """Known events from a moment on, and the bad ones among them.

    Windows begin with a whole block, of a day where they are long; of the block that a period
    begins in, the part that is of the period is taken to be like the rest.
    """
    window = view.at - since
    tier = far_tier(min(window + far_tier(window), LONGEST_WINDOW))
    begin = floor_to(since, tier)
    if begin == since or view.at - begin > LONGEST_WINDOW:
        whole = bad_of(view, signal, window)
        return float(whole.count), float(whole.positive)
    whole = bad_of(view, signal, view.at - begin)
    later = bad_of(view, signal, max(view.at - begin - tier, 0))
    share = (begin + tier - since) / tier
    return (
        later.count + share * (whole.count - later.count),
        later.positive + share * (whole.positive - later.positive),
    )


def bad_of(view: SegmentView, signal: str, window: int) -> FlagCounts:
    """Known events, and the bad ones among them."""
    good = view.flag(signal, window)
    return FlagCounts(good.count, good.count - good.positive)
