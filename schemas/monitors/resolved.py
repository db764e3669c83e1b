"""Monitors as the processes use them: references followed, durations in seconds, defaults in.

Made from documents by :func:`schemas.monitors.load.load_monitors`.
"""

from typing import Literal

from msgspec import Struct

from schemas.alerts import Severity
from schemas.changes import ChangeKind
from schemas.monitors.calendar_window import CalendarWindow
from schemas.monitors.compared import ComparisonRules
from schemas.monitors.conditions import Condition
from schemas.monitors.review import Review
from schemas.monitors.statistics import Statistic
from schemas.references import Reference
from schemas.segments import Segment, Segmentation
from schemas.signals import Signal

DriftMethod = Literal[
    "shift", "relation", "correlation", "seasonal", "adwin", "page_hinkley", "kswin"
]


class Indicator(Struct, frozen=True, kw_only=True):
    """A service level indicator: which events count (``where``) and which of them are good.

    ``score`` evaluates it on every event as a flag signal, true when good, absent where ``where``
    does not hold or ``good`` cannot be known.
    """

    name: str
    good: Condition
    where: Condition | None = None
    description: str = ""

    @property
    def signal(self) -> Signal:
        """The flag signal that carries this indicator, named ``sli.<name>``."""
        return Signal(
            name=f"sli.{self.name}",
            kind="flag",
            better="higher",
            source="objective",
            description=self.description or f"Good event of the objective {self.name}.",
        )


class BurnRateTier(Struct, frozen=True, kw_only=True):
    """Fires when both windows burn the error budget at ``factor`` times the sustainable rate.

    ``receivers`` are told of this tier's alerts; none means the monitor's.
    """

    factor: float
    long_seconds: int
    short_seconds: int
    severity: Severity
    for_seconds: int = 0
    receivers: tuple[str, ...] = ()


WORKBOOK_TIERS = (
    BurnRateTier(factor=14.4, long_seconds=3600, short_seconds=300, severity="page"),
    BurnRateTier(factor=6.0, long_seconds=6 * 3600, short_seconds=1800, severity="page"),
    BurnRateTier(factor=3.0, long_seconds=86400, short_seconds=7200, severity="ticket"),
    BurnRateTier(factor=1.0, long_seconds=3 * 86400, short_seconds=6 * 3600, severity="ticket"),
)
"""Multiwindow, multi-burn-rate alerts of the SRE workbook, chapter 5, table 5-8."""


MissingData = Literal["ignore", "good", "bad"]
"""What a stretch of time without events is taken for."""


class Slices(Struct, frozen=True, kw_only=True):
    """A budget that is counted in slices of time instead of events.

    A slice is good when at least ``target`` of its events are. Without a target every slice
    counts by its own share of good events (OpenSLO's RatioTimeslices).
    """

    seconds: int
    target: float | None = None
    missing: MissingData = "ignore"


class Monitor(Struct, frozen=True, kw_only=True):
    """What all monitors share. ``segment`` restricts to segments that hold these values.

    Segments that hold all values of one of ``excluded`` are not watched.
    """

    name: str
    segmentation: Segmentation
    segment: Segment = {}
    display_name: str = ""
    description: str = ""
    labels: dict[str, str] = {}
    receivers: tuple[str, ...] = ()
    runbook_url: str = ""
    excluded: tuple[Segment, ...] = ()
    review: Review | None = None


class BurnRateMonitor(Monitor, frozen=True, kw_only=True, tag="burn_rate"):
    """An objective's budget, and how fast it may burn. ``target`` lies in 0..1.

    The budget is for the last ``window_seconds``, or for the present period of ``calendar``.
    """

    indicator: Indicator
    target: float
    window_seconds: int
    tiers: tuple[BurnRateTier, ...] = WORKBOOK_TIERS
    minimum_events: int = 1
    slices: Slices | None = None
    calendar: CalendarWindow | None = None


class CompositePart(Struct, frozen=True, kw_only=True):
    """One objective of a composite, and how much it counts."""

    name: str
    indicator: Indicator
    target: float
    weight: float = 1.0
    slices: Slices | None = None


class CompositeMonitor(Monitor, frozen=True, kw_only=True, tag="composite"):
    """A budget of several objectives: it burns at the weighted mean of their burn rates.

    ``missing`` says what a part without events in a window counts for: nothing, a burn rate of
    zero, or the largest there is.
    """

    parts: tuple[CompositePart, ...]
    window_seconds: int
    tiers: tuple[BurnRateTier, ...] = WORKBOOK_TIERS
    minimum_events: int = 1
    missing: MissingData = "ignore"
    calendar: CalendarWindow | None = None

    @property
    def largest_burn_rate(self) -> float:
        """The burn rate when every event is bad."""
        weights = sum(part.weight for part in self.parts)
        return sum(part.weight / (1 - part.target) for part in self.parts) / weights


class ThresholdMonitor(Monitor, frozen=True, kw_only=True, tag="threshold"):
    """Bounds for a statistic of a signal over a sliding window.

    Fires after the statistic lay outside ``lower``..``upper`` for ``for_seconds``; resolves when it
    has been back inside ``resolve_lower``..``resolve_upper`` (hysteresis: at least as strict) for
    ``keep_firing_seconds``. ``rate``
    is the share of true among known flags; ``count`` and ``distinct`` need no signal (events,
    users). Fewer than ``minimum_events`` known values: no verdict.
    """

    signal: str
    statistic: Statistic
    window_seconds: int
    severity: Severity
    lower: float | None = None
    upper: float | None = None
    resolve_lower: float | None = None
    resolve_upper: float | None = None
    for_seconds: int = 0
    keep_firing_seconds: int = 0
    minimum_events: int = 1


class NoDataMonitor(Monitor, frozen=True, kw_only=True, tag="no_data"):
    """Fires when a segment that had events has had none for ``for_seconds`` of complete time."""

    for_seconds: int
    severity: Severity


class DriftMonitor(Monitor, frozen=True, kw_only=True, tag="drift"):
    """Fires when signals over any of the windows differ from their reference.

    The reference is ``reference``, or the ``trailing_seconds`` before the present. Judged every
    ``interval_seconds``; where nothing changes, the segments of a service together, with those of
    all monitors of the same ``family``, fire once in ``false_alarm_seconds``. Differences below
    ``minimum_effect`` (a share of events) do not fire, and windows with fewer than
    ``minimum_events`` are not judged. ``strata`` is the category within which a *relation* is
    compared, ``season_seconds`` the season of *seasonal*. ``reference_release`` is the service
    version whose past is the reference, empty for the segment's own; changes of the kinds
    ``restarts_after`` begin a new one. With ``parent_when_thin`` a segment with too little past is
    held against one that it is a part of.
    """

    signals: tuple[Signal, ...]
    windows_seconds: tuple[int, ...]
    interval_seconds: int
    severity: Severity
    method: DriftMethod = "shift"
    trailing_seconds: int = 0
    reference: Reference | None = None
    false_alarm_seconds: float = 30 * 86400.0
    minimum_effect: float = 0.05
    minimum_events: int = 100
    strata: str = ""
    season_seconds: int = 86400
    reference_release: str = ""
    restarts_after: tuple[ChangeKind, ...] = ()
    family: str = ""
    parent_when_thin: bool = False


class ComparisonMonitor(Monitor, frozen=True, kw_only=True, tag="comparison"):
    """Candidates held against a baseline, from a candidate's first event on.

    Of the segments of the segmentation, those with the values of ``baseline`` are the baseline,
    those with the values of ``candidate`` (and not of ``baseline``) candidates; each is held
    against the baseline segments that agree with it in all dimensions that do not tell arms apart:
    those of ``baseline``, ``candidate`` and ``apart``. After ``longest_seconds`` a comparison ends.
    """

    baseline: Segment
    rules: ComparisonRules
    severity: Severity
    candidate: Segment = {}
    apart: Segmentation = ()
    longest_seconds: int = 7 * 86400

    @property
    def matched(self) -> Segmentation:
        """The dimensions in which a candidate and its baseline agree."""
        telling = {*self.baseline, *self.candidate, *self.apart}
        return tuple(name for name in self.segmentation if name not in telling)


AnyMonitor = (
    BurnRateMonitor
    | CompositeMonitor
    | ThresholdMonitor
    | NoDataMonitor
    | DriftMonitor
    | ComparisonMonitor
)


def indicators_of(monitor: Monitor) -> tuple[Indicator, ...]:
    """The indicators a monitor looks at."""
    match monitor:
        case BurnRateMonitor():
            return (monitor.indicator,)
        case CompositeMonitor():
            return tuple(part.indicator for part in monitor.parts)
    return ()


class Receiver(Struct, frozen=True, kw_only=True):
    """Where alerts go. ``url`` may come from the environment or a file; never printed.

    ``severities`` and ``labels`` say which alerts it takes when an alert names no receiver.
    """

    name: str
    type: Literal["alertmanager", "apprise", "webhook", "slack", "pagerduty", "console"]
    url: str = ""
    secret: str = ""
    severities: tuple[Severity, ...] = ("page", "ticket", "info")
    labels: dict[str, str] = {}
    send_resolved: bool = True

    def __repr__(self) -> str:
        # A URL may hold a token: neither is ever printed.
        return f"Receiver(name={self.name!r}, type={self.type!r})"


class MonitorSet(Struct, frozen=True, kw_only=True):
    """All monitors of a folder."""

    monitors: tuple[AnyMonitor, ...] = ()
    receivers: tuple[Receiver, ...] = ()

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators that ``score`` has to evaluate, each once."""
        found = {one.name: one for monitor in self.monitors for one in indicators_of(monitor)}
        return tuple(found.values())

    @property
    def reviews(self) -> tuple[Review, ...]:
        """Who is to look at which documents again, and by when; each document once."""
        return tuple(dict.fromkeys(each.review for each in self.monitors if each.review))

    @property
    def segmentations(self) -> tuple[Segmentation, ...]:
        """The segmentations the monitors look at."""
        return tuple(dict.fromkeys(monitor.segmentation for monitor in self.monitors))
