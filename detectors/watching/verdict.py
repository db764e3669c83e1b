"""What a monitor says about a segment at one moment, and what it measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, runtime_checkable

from detectors.drift.discoveries import Others
from detectors.summaries import FlagCounts, Summary
from detectors.watching.needs import Need
from detectors.watching.running_counts import Counts
from detectors.watching.running_numbers import Numbers
from detectors.watching.shares import Shares
from detectors.watching.work_budget import WorkBudget
from schemas.alerts import MonitorKind, Severity
from schemas.changes import Change
from schemas.monitors.conditions import Condition
from schemas.monitors.resolved import DriftMonitor, Monitor
from schemas.segments import Segment


@dataclass(frozen=True, slots=True)
class Level:
    """A condition a monitor knows by ``name``; an alert fires when it held for ``for_seconds``."""

    name: str
    severity: Severity
    for_seconds: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it stands.

    *bad*: the ``levels`` hold, worst first. *good*: all is well, and an alert is over when it has
    been for ``keep_firing_seconds``. *between*: neither, a firing alert stays. *unknown*: too
    little data to tell, every alert stays.
    *unchanged*: not judged at this moment, as if it had not come.
    """

    outcome: Literal["bad", "good", "between", "unknown", "unchanged"]
    levels: tuple[Level, ...] = ()
    keep_firing_seconds: int = 0


GOOD: Final = Verdict("good")
BETWEEN: Final = Verdict("between")
UNKNOWN: Final = Verdict("unknown")
UNCHANGED: Final = Verdict("unchanged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What an alert tells of what was measured; fields as in :class:`schemas.alerts.Alert`.

    ``summary`` has the words after "service: ".
    ``shares`` is what sub-segments are compared by, ``None`` for no comparison. ``evidence`` is
    what the events to look at fulfil, from ``evidence_from`` on, by default the window's begin;
    examples are those of them that were sampled.
    """

    summary: str
    description: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    expected: float | None = None
    unit: str = "1"
    window_seconds: int = 0
    events: int = 0
    bad_events: int | None = None
    signal: str = ""
    shares: Shares | None = None
    evidence: Condition | None = None
    evidence_from: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a segment's past: events, and a signal's summary where any is known."""

    start: int
    events: int
    summary: Summary | None


class SegmentView(Protocol):
    """A segment's past as monitors see it, up to the moment of evaluation ``at``.

    Windows end at ``at`` (exclusive) and are in seconds.
    """

    @property
    def key(self) -> str:
        """The segment's key."""
        ...

    @property
    def segment(self) -> Segment:
        """The segment."""
        ...

    @property
    def at(self) -> int:
        """The moment, in seconds since the epoch."""
        ...

    @property
    def since(self) -> int:
        """The moment of the evaluation before."""
        ...

    @property
    def changes(self) -> Sequence[Change]:
        """All changes that are known, in any order."""
        ...

    @property
    def first_seen(self) -> int:
        """Start of its first pane."""
        ...

    @property
    def last_seen(self) -> int | None:
        """End of its newest pane of events up to ``at``, ``None`` when none was seen."""
        ...

    @property
    def counts(self) -> Mapping[tuple[str, int], Counts]:
        """Known and true by signal and window, for needs that are ``counted``; absent is none."""
        ...

    @property
    def numbers(self) -> Mapping[tuple[str, int], Numbers | None]:
        """Numbers by signal and window, for needs with bounds.

        Absent is none; ``None`` where other summaries are among them.
        """
        ...

    @property
    def budget(self) -> WorkBudget:
        """What costly work the moment may hold, for all segments and monitors together."""
        ...

    def others(self, monitor: DriftMonitor) -> Others:
        """What the monitor's family compares but for this segment, and how much stands out."""
        ...

    def flag(self, signal: str, window: int) -> FlagCounts:
        """A flag, or :data:`needs.EVENTS`, over any window."""
        ...

    def summary(self, signal: str, window: int) -> Summary | None:
        """A signal's summary, ``None`` when nothing is known."""
        ...

    def peers(self) -> Mapping[str, Segment]:
        """The segments of the same segmentation by key, itself among them."""
        ...

    def summary_of(self, key: str, signal: str, window: int) -> Summary | None:
        """A signal's summary of a peer; ``None`` when nothing is known."""
        ...

    def unit(self, signal: str) -> str:
        """A signal's unit (UCUM)."""
        ...

    def parents(self) -> Sequence[str]:
        """Keys of the segments that it is a part of, the nearest first."""
        ...

    def history(self, signal: str, block: int, begin: int, end: int) -> Sequence[Block]:
        """A signal in blocks of a tier's length from ``begin`` to ``end``; empty ones lack."""
        ...

    def history_of(
        self, key: str, signal: str, block: int, begin: int, end: int
    ) -> Sequence[Block]:
        """The same of a peer or a parent."""
        ...


class Evaluator(Protocol):
    """A monitor made ready to judge segments. One file a kind; see :mod:`kinds`."""

    @property
    def kind(self) -> MonitorKind:
        """The kind, as alerts tell it."""
        ...

    @property
    def monitor(self) -> Monitor:
        """The monitor."""
        ...

    @property
    def needs(self) -> Sequence[Need]:
        """What it looks at."""
        ...

    def evaluate(self, view: SegmentView) -> Verdict:
        """Judge the segment now. Called whenever data came or a window slid: cheap."""
        ...

    def measure(self, view: SegmentView, level: str, *, resolved: bool) -> Measurement:
        """Put what is measured now into numbers and words, for the level that decides."""
        ...


@runtime_checkable
class Timed(Evaluator, Protocol):
    """One whose verdict may change though no data came and no window slid."""

    def next_look(self, view: SegmentView) -> int:
        """The earliest moment when it does, without data: before, it need not be asked."""
        ...
