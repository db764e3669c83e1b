"""A segment's past, as its monitors see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detectors.drift.discoveries import Others
from detectors.summaries import FlagCounts, Summary
from detectors.watching.admission import Admission, Seen
from detectors.watching.families import Families
from detectors.watching.past import Past
from detectors.watching.running_counts import Counts
from detectors.watching.running_numbers import Numbers
from detectors.watching.verdict import Block, Evaluator, Timed
from detectors.watching.work_budget import WorkBudget
from schemas.changes import Change
from schemas.monitors.resolved import DriftMonitor
from schemas.segments import Segment


@dataclass(frozen=True, slots=True)
class WatchedSegment:
    """A segment with the evaluators of its monitors; a :class:`verdict.SegmentView`.

    ``timed`` are the evaluators that go by time too; ``phase`` (below :data:`tiers.BLOCK`) says
    when it has its turn where many segments are looked at one after the other.
    """

    key: str
    segment: Segment
    seen: Seen
    evaluators: tuple[Evaluator, ...]
    past: Past
    units: Mapping[str, str]
    admission: Admission
    timed: tuple[Timed, ...]
    phase: int
    budget: WorkBudget
    families: Families

    @property
    def at(self) -> int:
        """The moment of evaluation."""
        return self.past.at

    @property
    def since(self) -> int:
        """The moment of the evaluation before."""
        return self.past.since

    @property
    def changes(self) -> Sequence[Change]:
        """All changes that are known."""
        return self.past.changes

    @property
    def first_seen(self) -> int:
        """Start of the first pane."""
        return self.seen.first

    @property
    def last_seen(self) -> int | None:
        """End of the newest pane of events seen."""
        return self.seen.newest

    @property
    def counts(self) -> Mapping[tuple[str, int], Counts]:
        """Running counts by signal and window."""
        return self.past.counts(self.key)

    @property
    def numbers(self) -> Mapping[tuple[str, int], Numbers | None]:
        """Running numbers by signal and window."""
        return self.past.numbers(self.key)

    def others(self, monitor: DriftMonitor) -> Others:
        """What a monitor's family compares but for this segment."""
        return self.families.others(monitor, self.key, self.segment)

    def flag(self, signal: str, window: int) -> FlagCounts:
        """A flag, or the events, over a window."""
        return self.past.flag(self.key, signal, window)

    def summary(self, signal: str, window: int) -> Summary | None:
        """A signal's summary over a window."""
        return self.past.summary(self.key, signal, window)

    def peers(self) -> Mapping[str, Segment]:
        """The segments of the same segmentation, by key."""
        return self.admission.of(tuple(sorted(self.segment)))

    def summary_of(self, key: str, signal: str, window: int) -> Summary | None:
        """A signal's summary of another segment."""
        return self.past.summary(key, signal, window)

    def unit(self, signal: str) -> str:
        """A signal's unit."""
        return self.units.get(signal, "1")

    def parents(self) -> Sequence[str]:
        """The segments that this one is a part of, by key, the nearest first."""
        return self.admission.parents(self.segment)

    def history(self, signal: str, block: int, begin: int, end: int) -> Sequence[Block]:
        """A signal in blocks of a tier's length."""
        return self.past.history(self.key, signal, block, begin, end)

    def history_of(
        self, key: str, signal: str, block: int, begin: int, end: int
    ) -> Sequence[Block]:
        """The same of another segment."""
        return self.past.history(key, signal, block, begin, end)
