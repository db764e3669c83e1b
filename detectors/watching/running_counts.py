"""Counts over sliding windows, kept as time goes on."""

from collections.abc import Iterable, Mapping
from typing import Final

from detectors.summaries import FlagCounts
from detectors.watching.front import Part
from detectors.watching.needs import EVENTS, SegmentNeeds
from detectors.watching.past_slot import PastSlot

Counts = list[int]
"""Known and true of a flag; of events, how many and 0."""

NO_COUNTS: Final[Counts] = [0, 0]
NONE: Final[Mapping[tuple[str, int], Counts]] = {}


class RunningCounts:
    """Counts by segment, signal and window, for the windows that ``needs`` wants counted.

    What arrives is added, what falls out of the far edge subtracted: the cost follows the data,
    not the windows' length. Integers make it exact, so counts restored from slots are the same.
    """

    def __init__(self, needs: Mapping[str, SegmentNeeds]) -> None:
        self._needs = needs
        self._counts: dict[str, dict[tuple[str, int], Counts]] = {}
        self._keys: dict[tuple[str, int], tuple[str, int]] = {}  # each once, for all segments

    def of(self, segment: str) -> Mapping[tuple[str, int], Counts]:
        """The segment's counts by signal and window; absent is none."""
        return self._counts.get(segment, NONE)

    def add_part(self, segment: str, part: Part, windows: Iterable[int] | None = None) -> None:
        """Add to all windows, or to those given."""
        only = None if windows is None else set(windows)
        for signal, wanted in self._needs[segment].counted.items():
            if signal == EVENTS:
                known, true = part.events, 0
            else:
                flag = part.signals.get(signal)
                if not isinstance(flag, FlagCounts):
                    continue
                known, true = flag.count, flag.positive
            counts = self._counts.setdefault(segment, {})
            for window in wanted:
                if only is None or window in only:
                    mine = self._mine(counts, (signal, window))
                    mine[0] += known
                    mine[1] += true

    def add_slot(self, segment: str, slot: PastSlot, window: int, sign: int = 1) -> None:
        """Add to one window, or subtract."""
        needs = self._needs.get(segment)
        if needs is None:
            return
        for signal, wanted in needs.counted.items():
            if window in wanted:
                known, true = slot.counts(signal)
                mine = self._mine(self._counts.setdefault(segment, {}), (signal, window))
                mine[0] += sign * known
                mine[1] += sign * true

    def _mine(self, counts: dict[tuple[str, int], Counts], key: tuple[str, int]) -> Counts:
        mine = counts.get(key)
        if mine is None:
            mine = counts[self._keys.setdefault(key, key)] = [0, 0]
        return mine

    def forget(self, segments: set[str]) -> None:
        """These segments are no longer watched."""
        for segment in segments:
            self._counts.pop(segment, None)
