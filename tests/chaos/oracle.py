"""What must be stored, every window and every alert, from what was sent alone."""

from collections import Counter, defaultdict

from msgspec import Raw, Struct, structs

from detectors.summaries import FlagCounts, encode_summary
from detectors.watching.settings import WatchSettings
from detectors.watching.watcher import Watcher
from schemas.alerts import Alert
from schemas.dead_letters import DeadLetterReason
from schemas.monitors.resolved import MonitorSet
from schemas.panes import Pane, PaneBatch
from schemas.segments import Segmentation, segment_key
from schemas.topics import FEEDBACK
from tests.chaos.traffic import ASTRAY, Item

SEGMENTATIONS: tuple[Segmentation, ...] = ((), ("service_name",), ("request_model", "service_name"))
TIERS = (10, 60)
_SWALLOWED = {10: 60, 60: 600}
"""A window that ends with this much of event time is merged into the next coarser one."""
_CLOSES = 5

WindowKey = tuple[int, str, str, int]
"""Resolution, segmentation, key of the segment, begin."""


class Tally(Struct):
    """What events of a window add up to. ``unsure`` of them may be in a coarser one instead.

    ``said`` counts their feedback, ``liked`` what of it is positive; of these, ``said_late`` and
    ``liked_late`` may be in a coarser one.
    """

    events: int = 0
    errors: int = 0
    seconds: float = 0.0
    tokens: int = 0
    unsure: int = 0
    said: int = 0
    liked: int = 0
    said_late: int = 0
    liked_late: int = 0

    def add(self, other: "Tally") -> None:
        """Take another's in."""
        self.events += other.events
        self.errors += other.errors
        self.seconds += other.seconds
        self.tokens += other.tokens
        self.unsure += other.unsure
        self.said += other.said
        self.liked += other.liked
        self.said_late += other.said_late
        self.liked_late += other.liked_late


class Refused(Struct, frozen=True):
    """A message that must be a dead letter."""

    reason: DeadLetterReason
    value: bytes
    feedback: bool


class Oracle:
    """Is told of every message when it is sent, and of when Kafka had it.

    Parameters
    ----------
    lateness_seconds
        How late an event may be and still count in what is evaluated first.
    feedback_waits
        How many seconds after it was sent feedback may be counted at the latest.
    """

    def __init__(self, lateness_seconds: float, feedback_waits: float = 0.0) -> None:
        self._lateness = lateness_seconds
        self._feedback_waits = feedback_waits
        self._cells: dict[tuple[str, str, int, tuple[bool, ...]], Tally] = {}
        self._seconds: dict[tuple[str, int], list[int]] = {}
        self._said: dict[tuple[str, str, int, tuple[bool, ...]], Tally] = {}
        self.events = 0
        self.copies = 0
        self.feedback = 0
        self.refused: dict[bytes, Refused] = {}
        self.first = self.last = 0.0
        self.slowest = 0.0
        self.lost: Counter[str] = Counter()

    def sent(self, item: Item, now: float) -> None:
        """A message is on its way at ``now``."""
        message = item.message
        if message.reason is not None:
            of_feedback = message.topic is FEEDBACK
            self.refused[message.key] = Refused(message.reason, message.value, of_feedback)
        elif message.copy:
            self.copies += 1
        elif message.topic is FEEDBACK:
            self._feedback(item, now)
        else:
            self._event(item, now)

    def arrived(self, event_time: float, now: float) -> None:
        """Kafka has acknowledged an event of a service whose clock is right."""
        self.slowest = max(self.slowest, now - event_time)

    def _event(self, item: Item, now: float) -> None:
        time = item.message.time
        self.events += 1
        self.first = min(self.first or time, time)
        self.last = max(self.last, time)
        unsure = tuple(self._may_be_swallowed(tier, time, now) for tier in TIERS)
        where = item.service, item.model, int(time // 10) * 10, unsure
        cell = self._cells.get(where)
        if cell is None:
            cell = self._cells[where] = Tally()
        cell.add(Tally(1, int(item.error), item.latency, item.tokens))
        if item.service != ASTRAY:
            counts = self._seconds.setdefault((item.service, int(time)), [0, 0])
            counts[0] += 1
            counts[1] += item.error

    def _feedback(self, item: Item, now: float) -> None:
        time, liked = item.message.time, int(item.liked or False)
        self.feedback += 1
        late = tuple(
            self._may_be_swallowed(tier, time, now + self._feedback_waits) for tier in TIERS
        )
        where = item.service, item.model, int(time), late
        self._said.setdefault(where, Tally()).add(Tally(said=1, liked=liked))

    def _may_be_swallowed(self, tier: int, time: float, now: float) -> bool:
        coarse = _SWALLOWED[tier]
        return now >= (time // coarse + 1) * coarse + _CLOSES + self._lateness

    def windows(self) -> dict[WindowKey, Tally]:
        """Every window."""
        windows: dict[WindowKey, Tally] = defaultdict(Tally)
        for (service, model, start, unsure), cell in self._cells.items():
            for tier, may_miss in zip(TIERS, unsure, strict=True):
                told = structs.replace(cell, unsure=cell.events * may_miss)
                for dimensions, key in _segments(service, model):
                    windows[tier, dimensions, key, start // tier * tier].add(told)
        for (service, model, second, late), said in self._said.items():
            for tier, may_miss in zip(TIERS, late, strict=True):
                told = structs.replace(
                    said, said_late=said.said * may_miss, liked_late=said.liked * may_miss
                )
                for dimensions, key in _segments(service, model):
                    windows[tier, dimensions, key, second // tier * tier].add(told)
        return dict(windows)

    def said(self) -> dict[tuple[str, int], tuple[int, int]]:
        """Feedback and what of it is positive, by segment and second."""
        found: dict[tuple[str, int], Tally] = defaultdict(Tally)
        for (service, model, second, _), said in self._said.items():
            for _, key in _segments(service, model):
                found[key, second].add(said)
        return {where: (tally.said, tally.liked) for where, tally in found.items()}

    @property
    def settled_at(self) -> float:
        """When every window of ten seconds has closed, if nothing is behind."""
        return (self.last // 10 + 1) * 10 + _CLOSES + self._lateness

    @property
    def minutes_settled_at(self) -> float:
        """The same of those of a minute."""
        return (self.last // 60 + 1) * 60 + _CLOSES + self._lateness

    def alerts(self, monitors: MonitorSet, until: int) -> list[Alert]:
        """The transitions that an undisturbed run makes, evaluated up to ``until``."""
        watcher = Watcher(monitors, WatchSettings())
        found: list[Alert] = []
        services = {service for service, _ in self._seconds}
        for offset, second in enumerate(range(int(self.first), until)):
            panes = []
            for service in sorted(services):
                events, errors = self._seconds.get((service, second), (0, 0))
                if events:
                    panes.append(_pane(service, second, events, errors))
            batch = PaneBatch(
                worker="oracle", pane_seconds=1, complete_until={"all": second + 1.0}, panes=panes
            )
            found += watcher.apply(batch, offset, told_at=second + 1.0).alerts
        return found


def _segments(service: str, model: str) -> list[tuple[str, str]]:
    """Segmentation and key of every segment that it is in."""
    values = {"service_name": service, "request_model": model}
    return [
        (",".join(names), segment_key({name: values[name] for name in names}))
        for names in SEGMENTATIONS
    ]


def _pane(service: str, second: int, events: int, errors: int) -> Pane:
    error = Raw(encode_summary(FlagCounts(events, errors)))
    good = Raw(encode_summary(FlagCounts(events, events - errors)))
    return Pane(
        start=second,
        segment={"service_name": service},
        events=events,
        signals={"error": error, "sli.answers": good},
    )
