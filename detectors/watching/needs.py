"""What monitors need of the past of a segment."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from detectors.watching.running_numbers import Cut, cuts_of
from detectors.watching.slices import SliceSource
from detectors.watching.tiers import kept_in, reach
from schemas.monitors.resolved import DriftMonitor, Monitor
from schemas.segments import Segment, compatible

EVENTS: Final = ""
"""Stands, among signals, for the number of events."""

Over = tuple[str, int]
"""A signal, and the window it is looked at over."""

DETAIL_SECONDS: Final = 2 * 3600
"""How far back alerts name sub-segments."""


@dataclass(frozen=True, slots=True)
class Need:
    """A signal that is looked at over a sliding window, in seconds.

    ``counted`` keeps a running count of the flag (or of events) over exactly this window;
    otherwise the window can be asked for as a merged summary. ``slices`` makes the signal, where
    no event carries it. ``detailed`` keeps the signal's summaries of sub-segments too; counted ones
    are always kept. ``hourly`` keeps the blocks of an hour over all of the window. ``bounds`` keeps
    count and sum of its numbers, and how many are beyond each bound, over exactly this window.
    ``examples`` are the conditions whose examples are kept.
    """

    signal: str
    window: int
    counted: bool = False
    slices: SliceSource | None = None
    detailed: bool = False
    hourly: bool = False
    bounds: tuple[float, ...] | None = None
    examples: tuple[str, ...] = ()


@dataclass(slots=True)
class SegmentNeeds:
    """The needs of a segment.

    ``longest`` has every signal's longest window; ``counted`` the windows to count it over;
    ``measured`` the windows to keep numbers over, with the bounds that they are held against;
    ``hourly`` how long blocks of an hour are kept of it, where that is longer than usual;
    ``examples`` the conditions whose examples are kept; ``slices`` the signals that are made at the
    end of every slice.
    """

    longest: dict[str, int] = field(default_factory=dict)
    counted: dict[str, dict[int, Over]] = field(default_factory=dict)
    measured: dict[str, dict[int, tuple[Over, dict[float, Cut]]]] = field(default_factory=dict)
    hourly: dict[str, int] = field(default_factory=dict)
    examples: frozenset[str] = frozenset()
    slices: tuple[SliceSource, ...] = ()
    _kept: dict[int, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def kept(self, tier: int) -> frozenset[str]:
        """The signals that a tier holds."""
        found = self._kept.get(tier)
        if found is None:
            names = (name for name, longest in self.longest.items() if kept_in(tier, longest))
            found = self._kept[tier] = frozenset(names)
        return found

    def longest_counted(self) -> int:
        """Longest window of signals that counts are kept of, as of error budgets; in seconds."""
        return max((self.longest[name] for name in self.counted), default=0)

    def reaches(self) -> set[int]:
        """After how many seconds some signal is not looked at any more; counts are not worth it."""
        return {reach(self.longest[name]) for name in self.longest.keys() - self.counted.keys()}

    @classmethod
    def of(cls, own: Iterable[Need], detail: Iterable[Need] = ()) -> "SegmentNeeds":
        """The needs of a segment's own monitors, and of those it is a detail for.

        Details keep what alerts look at of them, as far back, and no running windows.
        """
        own = list(own)
        found = cls(
            examples=frozenset(text for need in own for text in need.examples),
            slices=tuple(dict.fromkeys(need.slices for need in own if need.slices)),
        )
        for need in own:
            found.longest[need.signal] = max(need.window, found.longest.get(need.signal, 0))
            if need.hourly:
                found.hourly[need.signal] = max(need.window, found.hourly.get(need.signal, 0))
            if need.counted:
                windows = found.counted.setdefault(need.signal, {})
                windows[need.window] = need.signal, need.window
            if need.bounds is not None:
                measured = found.measured.setdefault(need.signal, {})
                over = (need.signal, need.window), dict[float, Cut]()
                measured.setdefault(need.window, over)[1].update(cuts_of(need.bounds))
        for need in detail:
            if (need.counted or need.detailed) and need.slices is None:
                window = min(need.window, DETAIL_SECONDS)
                found.longest[need.signal] = max(window, found.longest.get(need.signal, 0))
        return found


def watches(monitor: Monitor, segment: Segment) -> bool:
    """Whether the monitor looks at this very segment."""
    return (
        monitor.segmentation == tuple(sorted(segment))
        and refines(segment, monitor.segment)
        and not any(refines(segment, excluded) for excluded in monitor.excluded)
    )


def refines(segment: Segment, whole: Segment) -> bool:
    """Whether the segment is part of ``whole``, or ``whole`` itself."""
    return all(segment.get(name) == value for name, value in whole.items())


def details(monitor: Monitor, segment: Segment) -> bool:
    """Whether the segment is a part of one that the monitor looks at."""
    finer = set(monitor.segmentation) < set(segment)
    return finer and refines(segment, monitor.segment)


def stands_in(monitor: Monitor, segment: Segment) -> bool:
    """Whether the segment's past may be the reference of a part of it that the monitor looks at."""
    if not isinstance(monitor, DriftMonitor) or not monitor.parent_when_thin:
        return False
    return set(segment) < set(monitor.segmentation) and compatible(segment, monitor.segment)
