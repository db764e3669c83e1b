"""Counts and numbers over sliding windows, kept as time goes on."""

from collections.abc import Iterable, Mapping, Set
from typing import Final

from detectors.summaries import Distribution, FlagCounts
from detectors.watching.blocks import Blocks
from detectors.watching.front import Part
from detectors.watching.needs import EVENTS, Over, SegmentNeeds
from detectors.watching.past_slot import (
    RawSlot,
    SlotCounts,
    SlotNumbers,
    decode_counts,
    decode_numbers,
)
from detectors.watching.phases import PHASES, Phases
from detectors.watching.running_numbers import Cut, Moments, Numbers, numbers_of
from detectors.watching.tiers import cover, far_edge, far_tier

Counts = list[int]
"""Known and true of a flag; of events, how many and 0."""

NO_COUNTS: Final[Counts] = [0, 0]
NONE: Final[Mapping[Over, Counts]] = {}
NOTHING: Final[Mapping[Over, Numbers | None]] = {}

Edges = tuple[int, ...]
"""Where the windows begin."""


class RunningCounts:
    """Counts by segment, signal and window, for the windows that ``needs`` wants counted.

    And the numbers (:class:`running_numbers.Numbers`) of those that it wants measured.

    What arrives is added, what falls out of the far edge subtracted when the segment is looked at,
    or at its own second (:meth:`settle`): the cost follows the data, not the windows' length, and
    no moment has all of it. Integers make it exact, so counts restored from slots are the same.

    Parameters
    ----------
    needs
        What is counted, by segment key.
    windows
        All windows that may be.
    measured
        Those of them that numbers may be kept over.
    blocks
        Slots of what has been added.
    phases
        The segments' phases.
    """

    def __init__(
        self,
        needs: Mapping[str, SegmentNeeds],
        windows: Iterable[int],
        measured: Set[int],
        blocks: Blocks[RawSlot],
        phases: Phases,
    ) -> None:
        self._needs = needs
        self._windows = sorted(windows)
        self._measured = measured
        self._blocks = blocks
        self._phases = phases
        self._counts: dict[str, dict[Over, Counts]] = {}
        self._numbers: dict[str, dict[Over, Numbers | None]] = {}
        self._edges: Edges = ()
        self._reached: list[dict[str, Edges]] = [{} for _ in range(PHASES)]
        self._moves: dict[Edges, list[tuple[int, int, int]]] = {}

    def slide(self, at: int) -> None:
        """Windows end at ``at`` now."""
        edges = tuple(far_edge(at, window) for window in self._windows)
        if edges != self._edges:
            self._edges, self._moves = edges, {}

    def restore(self, at: int, phase: int, formed: int) -> None:
        """Count what is in blocks at ``at``, of which the larger ones end by ``formed``."""
        for window in self._windows:
            for tier, start in cover(at, window, formed):
                for segment, encoded in self._blocks.items(tier, start, phase):
                    self._add_slot(segment, encoded, window, 1)
                    self._reached[phase][segment] = self._edges

    def of(self, segment: str) -> Mapping[Over, Counts]:
        """The segment's counts by signal and window; absent is none."""
        phase = self._phases[segment]
        if self._reached[phase].get(segment) is not self._edges:
            self._expire(segment, phase)
        return self._counts.get(segment, NONE)

    def numbers(self, segment: str) -> Mapping[Over, Numbers | None]:
        """The segment's numbers by signal and window; absent is none, ``None`` not only numbers."""
        phase = self._phases[segment]
        if self._reached[phase].get(segment) is not self._edges:
            self._expire(segment, phase)
        return self._numbers.get(segment, NOTHING)

    def settle(self, phase: int) -> None:
        """Subtract what has fallen out, of the segments of a phase."""
        for segment in self._reached[phase]:
            self._expire(segment, phase)

    def add_part(self, segment: str, part: Part) -> None:
        """Add to all windows."""
        self._expire(segment, self._phases[segment])
        self._add(segment, part, None)

    def add_late(self, segment: str, end: int, part: Part) -> None:
        """Add a part of a pane that ended at ``end`` to the windows that hold it, if any.

        To be called before its slot is changed.
        """
        self._expire(segment, self._phases[segment])
        self._moves = {}  # there may be a slot now where there was none
        inside = {w for w, edge in zip(self._windows, self._edges, strict=True) if end > edge}
        self._add(segment, part, inside)

    def _add(self, segment: str, part: Part, only: set[int] | None) -> None:
        needs, counts = self._needs[segment], self._counts_of(segment)
        for signal, wanted in needs.counted.items():
            if signal == EVENTS:
                known, true = part.events, 0
            else:
                flag = part.signals.get(signal)
                if not isinstance(flag, FlagCounts):
                    continue
                known, true = flag.count, flag.positive
            for window, over in wanted.items():
                if only is None or window in only:
                    mine = counts.get(over)
                    if mine is None:
                        counts[over] = [known, true]
                    else:
                        mine[0] += known
                        mine[1] += true
        for signal, measured in needs.measured.items():
            summary = part.signals.get(signal)
            if summary is not None:
                numbers = summary if isinstance(summary, Distribution) else None
                for window, (over, cuts) in measured.items():
                    if only is None or window in only or numbers is None:
                        self._measure(segment, over, numbers, cuts, 1)

    def _counts_of(self, segment: str) -> dict[Over, Counts]:
        counts = self._counts.get(segment)
        if counts is None:
            counts = self._counts[segment] = {}
        return counts

    def _measure(
        self,
        segment: str,
        over: Over,
        numbers: Distribution | Moments | None,
        cuts: Mapping[float, Cut],
        sign: int,
    ) -> None:
        """Add to a window's numbers, or subtract; ``None`` if it holds what is none."""
        found = self._numbers.setdefault(segment, {})
        mine = found.get(over)
        if mine is None:
            if over in found:
                return
            mine = found[over] = Numbers()
        if numbers is None:
            found[over] = None
        else:
            mine.add(numbers, cuts, sign)

    def _expire(self, segment: str, phase: int) -> None:
        """Subtract what has fallen out of the far edges of the segment's windows."""
        reached = self._reached[phase].get(segment)
        if reached is self._edges:
            return
        self._reached[phase][segment] = self._edges
        if reached is None:
            return
        moves = self._moves.get(reached)
        if moves is None:
            moves = self._moves[reached] = [
                (window, tier, start)
                for window, edge, now in zip(self._windows, reached, self._edges, strict=True)
                for tier in (far_tier(window),)
                for start in range(edge, now, tier)
                if self._blocks.has(tier, start)
            ]
        for window, tier, start in moves:
            encoded = self._blocks.encoded(tier, start, segment)
            if encoded is not None:
                self._add_slot(segment, encoded, window, -1)

    def _add_slot(self, segment: str, encoded: bytes, window: int, sign: int) -> None:
        """Add to one window, or subtract."""
        needs = self._needs.get(segment)
        if needs is None:
            return
        slot: SlotCounts | SlotNumbers
        if window in self._measured:
            slot = decode_numbers(encoded)
            self._measure_slot(segment, needs, slot, window, sign)
        else:
            slot = decode_counts(encoded)
        counts = self._counts_of(segment)
        for signal, wanted in needs.counted.items():
            over = wanted.get(window)
            if over is not None:
                known, true = slot.counts(signal)
                mine = counts.get(over)
                if mine is None:
                    mine = counts[over] = [0, 0]
                mine[0] += sign * known
                mine[1] += sign * true

    def _measure_slot(
        self, segment: str, needs: SegmentNeeds, slot: SlotNumbers, window: int, sign: int
    ) -> None:
        for signal, measured in needs.measured.items():
            found = measured.get(window)
            if found is None:
                continue
            over, cuts = found
            raw = slot.summaries.get(signal)
            if raw is not None:
                self._measure(segment, over, numbers_of(raw, cuts), cuts, sign)
            if signal in slot.flags:
                self._measure(segment, over, None, cuts, sign)

    def forget(self, segments: set[str]) -> None:
        """These segments are no longer watched."""
        for segment in segments:
            self._counts.pop(segment, None)
            self._numbers.pop(segment, None)
            self._reached[self._phases[segment]].pop(segment, None)
