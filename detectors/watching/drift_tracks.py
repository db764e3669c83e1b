"""What a drift monitor of the method *shift* compares, signal by signal."""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.drift.baseline import Finding
from detectors.drift.counts import known_count, missing
from detectors.drift.witness import grown_side
from detectors.watching.shares import Shares, of_change, of_lack
from detectors.watching.verdict import Block
from schemas.monitors.conditions import Condition, Not, Present
from schemas.signals import Signal


@dataclass(frozen=True, slots=True)
class Track:
    """What is compared: a signal's values, or how many events lack it."""

    signal: Signal
    lacking: bool

    @property
    def name(self) -> str:
        """The signal's name."""
        return self.signal.name

    @property
    def label(self) -> str:
        """What tells it from all others of a monitor."""
        return f"{self.name} (missing)" if self.lacking else self.name


def topics_of(signal: Signal) -> str:
    """The category that tells what a vector is about; empty where there is none."""
    own = signal.kind == "vector" and signal.name.endswith(".embedding")
    return signal.name.removesuffix("embedding") + "topic" if own else ""


def tracks_of(signal: Signal) -> tuple[Track, ...]:
    """Values, and their lack; of vectors, of which only those of one length count, the values."""
    values = Track(signal, lacking=False)
    return (values,) if signal.kind == "vector" else (values, Track(signal, lacking=True))


def blocks_of_track(blocks: Sequence[Block], track: Track) -> Sequence[Block]:
    """What the track compares of its signal's blocks: themselves, or how many events lack it."""
    if not track.lacking:
        return blocks
    return [
        Block(each.start, each.events, missing(each.events, known_count(each.summary)))
        for each in blocks
    ]


def never_lacking(track: Track, finding: Finding) -> bool:
    """Whether it is of a lack that the reference does not know."""
    return track.lacking and not getattr(finding.before, "positive", 0)


def shares_of(track: Track, finding: Finding) -> Shares | None:
    """What sub-segments are compared by: the side of the difference that has become larger."""
    if not track.lacking:
        return of_change(track.name, finding.before, finding.now)
    before, now = _rates(finding)
    return of_lack(track.name, before, more=now > before)


def evidence_of(track: Track, finding: Finding) -> Condition | None:
    """What there are more events of than before, where single events tell."""
    if not track.lacking:
        return grown_side(track.name, finding.before, finding.now)
    before, now = _rates(finding)
    known = Present(name=track.name)
    return Not(operand=known) if now > before else known


def _rates(finding: Finding) -> tuple[float, float]:
    before, now = (getattr(each, "rate", None) or 0.0 for each in (finding.before, finding.now))
    return before, now
