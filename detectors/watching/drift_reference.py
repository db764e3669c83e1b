"""Where a drift monitor's reference comes from: a file, or the past that is held."""

from collections.abc import Sequence
from typing import Final
from zlib import crc32

from detectors.summaries import decode_summary
from detectors.watching.needs import EVENTS, Need
from detectors.watching.tiers import HOURS, floor_to
from detectors.watching.verdict import Block, SegmentView
from schemas.changes import Change
from schemas.monitors.resolve_drift_reference import FEWEST_BLOCKS, trailing_block
from schemas.monitors.resolved import DriftMonitor
from schemas.references import Reference, ReferenceBlock
from schemas.segments import (
    Segment,
    compatible,
    key_label,
    parse_segment_key,
    segment_key,
)

_REFRESHES: Final = 4
"""A trailing reference moves on this often in its own length: it is costly to make ready."""


class Past:
    """When a monitor's reference lies, and in which blocks.

    Raises ``ValueError`` for a trailing reference longer than what is kept.
    """

    def __init__(self, monitor: DriftMonitor) -> None:
        self.reference = monitor.reference
        self.release = monitor.reference_release
        self._restarts = frozenset(monitor.restarts_after)
        self._changes: Sequence[Change] = ()
        self._counted = 0
        self._restarts_known: list[tuple[int, Segment]] = []
        self.minimum = monitor.minimum_events
        self._falls_back = monitor.parent_when_thin
        self._longest = monitor.windows_seconds[-1]
        self._length = monitor.trailing_seconds
        if monitor.reference is not None:
            self.block, self.span = monitor.reference.block_seconds, self._longest
            return
        block = trailing_block(self._length, monitor.windows_seconds)
        if block is None:
            raise ValueError(f"monitor {monitor.name}: a reference of {self._length} s is not kept")
        self.block = block
        self._refresh = max(floor_to(self._length // _REFRESHES, block), block)
        self.span = self._length + self._refresh + self._longest + 2 * block

    def need(self, signal: str, *, detailed: bool = True) -> Need:
        """That a signal is kept as far back, in the blocks of the reference."""
        hourly = self.block == HOURS and self.reference is None
        return Need(signal, self.span, hourly=hourly, detailed=detailed)

    def of(self, at: int, key: str = "") -> tuple[int, int]:
        """Begin and end of the reference for a judgement at ``at``, in epoch seconds.

        A trailing one ends before the longest window begins, at fixed moments that differ from
        segment (``key``) to segment: making references ready takes a while.
        """
        if self.reference is not None:
            return self.reference.begin, self.reference.end
        phase = floor_to(crc32(key.encode()) % self._refresh, self.block)
        end = floor_to(at - self._longest - phase, self._refresh) + phase
        return end - self._length, end

    def stretch(self, view: SegmentView) -> tuple[int, int]:
        """Begin and end of a segment's reference now, after the last change that begins a new one.

        Empty, with the begin at or after the end, while all of it is younger than that.
        """
        begin, end = self.of(view.at, segment_key(view.segment))
        if self._restarts and self.reference is None:
            times = (
                time
                for time, segment in self._restarting(view.changes)
                if begin < time <= view.at and compatible(view.segment, segment)
            )
            last = max(times, default=begin)
            begin = max(begin, -(-last // self.block) * self.block)
        return begin, end

    def owner(self, view: SegmentView, begin: int, end: int) -> str:
        """Key of the segment whose past is the reference: the nearest that has data enough.

        The release's, or the segment's own where none has enough, or no parent may stand in.
        """
        if self.release:
            return segment_key({**view.segment, "service_version": self.release})
        if not self._falls_back or self._suffices(view, view.key, begin, end):
            return view.key
        enough = (key for key in view.parents() if self._suffices(view, key, begin, end))
        return next(enough, view.key)

    def whose(self, view: SegmentView, begin: int, end: int) -> str:
        """Which segment's past the reference is, in words, where a parent stands in."""
        owner = self.owner(view, begin, end)
        if self.release or owner == view.key:
            return ""
        return f" of {key_label(owner)}: its own past is too short"

    def _suffices(self, view: SegmentView, key: str, begin: int, end: int) -> bool:
        blocks = view.history_of(key, EVENTS, self.block, begin, end)
        fewest = max(FEWEST_BLOCKS, 2 * self._longest // self.block)
        return len(blocks) >= fewest and sum(each.events for each in blocks) >= 2 * self.minimum

    def _restarting(self, changes: Sequence[Change]) -> Sequence[tuple[int, Segment]]:
        """When changes of the kinds that begin a reference came, and what they touch.

        Kept while the changes are the same: months of them, asked for by every segment.
        """
        if changes is not self._changes or len(changes) != self._counted:
            self._changes, self._counted = changes, len(changes)
            self._restarts_known = [
                (int(change.time.timestamp()), change.segment)
                for change in changes
                if change.kind in self._restarts
            ]
        return self._restarts_known


def due(view: SegmentView, interval: int) -> bool:
    """Whether it is time to judge: once an interval, every segment at a moment of its own."""
    return next_due(view, interval, after=view.since) <= view.at


def next_due(view: SegmentView, interval: int, *, after: int | None = None) -> int:
    """The first time to judge after a moment, by default the present one."""
    phase = crc32(view.key.encode()) % interval
    return floor_to((view.at if after is None else after) - phase, interval) + interval + phase


def blocks_of(past: Past, view: SegmentView, signal: str, begin: int, end: int) -> Sequence[Block]:
    """A signal in the blocks of the reference, in order of time."""
    if past.reference is None:
        return view.history_of(past.owner(view, begin, end), signal, past.block, begin, end)
    return [
        Block(
            each.start,
            each.events,
            decode_summary(each.signals[signal]) if signal in each.signals else None,
        )
        for each in _stored(past.reference, view.segment, past.minimum)
    ]


def _stored(reference: Reference, segment: Segment, minimum: int) -> list[ReferenceBlock]:
    """The blocks of the segment, or of its nearest parent with data enough; else none."""
    parents = [
        (-len(parent), key)
        for key in reference.segments
        if (parent := parse_segment_key(key)).items() <= segment.items()
    ]
    found = [reference.segments[key] for _, key in sorted(parents)]
    known = [each for each in found if sum(block.events for block in each) >= 2 * minimum]
    # Of few blocks nothing is known of how they vary.
    return next((each for each in known if len(each) >= FEWEST_BLOCKS), next(iter(known), []))
