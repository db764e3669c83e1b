"""The front: panes not yet merged into windows, of the last seconds of event time."""

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import msgspec

from detectors.summaries import Summary, decode_summaries, decode_summary, merge_examples
from detectors.watching.journal import StateJournal
from detectors.watching.merging import merge_newest
from detectors.watching.phases import PHASES, Phases
from detectors.watching.tiers import BLOCK
from schemas.panes import Example, Pane, PaneBatch
from schemas.segments import segment_key

LATEST = 4_102_444_800
"""The year 2100 in epoch seconds: to reach later times, every moment before would be evaluated."""


@dataclass(slots=True)
class Part:
    """Summaries of a segment's events in one pane, decoded."""

    events: int
    signals: dict[str, Summary]
    examples: dict[str, list[Example]]

    @classmethod
    def of(cls, pane: Pane) -> "Part":
        """The pane's content. Raises ``ValueError`` naming the signal that cannot be read."""
        try:
            summaries = decode_summaries([*pane.signals.values()])
        except msgspec.DecodeError:
            summaries = [_decoded(pane, name) for name in pane.signals]
        signals = dict(zip(pane.signals, summaries, strict=True))
        return cls(pane.events, signals, pane.examples)

    def merge(self, other: "Part") -> "Part":
        """Both together."""
        signals = dict(self.signals)
        for name, summary in other.signals.items():
            mine = signals.get(name)
            signals[name] = summary if mine is None else merge_newest(mine, summary)
        examples = dict(self.examples)
        for name, found in other.examples.items():
            examples[name] = merge_examples(examples.get(name, ()), found)
        return Part(self.events + other.events, signals, examples)


def _decoded(pane: Pane, name: str) -> Summary:
    try:
        return decode_summary(pane.signals[name])
    except msgspec.DecodeError as error:
        raise ValueError(f"pane at {pane.start}, signal {name}: {error}") from None


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A state record: what one batch added to the front."""

    pane_seconds: int
    panes: list[Pane]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Kept).decode


class Front:
    """Parts by the end of their pane, phase and segment key.

    State is the panes as they came, a record a batch: written once, never rewritten, deleted when
    all its panes are merged.
    """

    def __init__(self, phases: Phases) -> None:
        self._phases = phases
        self._parts: dict[int, tuple[dict[str, Part], ...]] = {}
        self._unseen: list[int] = []  # heap of the ends not yet passed by evaluation
        self._until: dict[str, int] = {}  # the newest end in each record

    def restore(
        self, records: MutableMapping[str, bytes], merged: Sequence[int], seen_until: int
    ) -> None:
        """Take the own records out of ``records``.

        Panes that start before ``merged``, by phase, are merged already.
        """
        names = sorted((n for n in records if n.startswith("front|")), key=_offset)
        for name in names:
            kept = _decode(records.pop(name))
            for pane in kept.panes:
                end, key = pane.start + kept.pane_seconds, segment_key(pane.segment)
                merged_until = merged[self._phases[key]]
                if pane.start >= merged_until:
                    self.add(end, key, Part.of(pane), seen=True)
                self._until[name] = max(end, self._until.get(name, end))
        self._unseen = [end for end in self._parts if end > seen_until]
        heapify(self._unseen)

    def keep(
        self, journal: StateJournal, offset: int, pane_seconds: int, panes: list[Pane]
    ) -> None:
        """Put a batch's panes that are still in the front."""
        if panes:
            name = f"front|{offset}"
            journal.put(name, _encode(_Kept(pane_seconds, panes)))
            self._until[name] = max(pane.start for pane in panes) + pane_seconds

    def add(self, end: int, segment: str, part: Part, *, seen: bool) -> None:
        """Add a part; ``seen`` when evaluation has passed its pane."""
        by_phase = self._parts.get(end)
        if by_phase is None:
            by_phase = self._parts[end] = tuple({} for _ in range(PHASES))
            if not seen:
                heappush(self._unseen, end)
        parts = by_phase[self._phases[segment]]
        mine = parts.get(segment)
        parts[segment] = part if mine is None else mine.merge(part)

    def pass_until(self, until: int) -> Iterator[tuple[int, Iterable[tuple[str, Part]]]]:
        """The panes (end, parts) that end by ``until`` and were not passed before, in order."""
        while self._unseen and self._unseen[0] <= until:
            end = heappop(self._unseen)
            if end in self._parts:
                yield end, self.parts(end)

    def ends(self) -> list[int]:
        """The ends of all panes, ascending."""
        return sorted(self._parts)

    def parts(self, end: int) -> Iterator[tuple[str, Part]]:
        """The parts of the pane that ends there, with their segment keys."""
        for parts in self._parts.get(end, ()):
            yield from parts.items()

    def take_until(self, until: int, phase: int) -> list[tuple[int, dict[str, Part]]]:
        """Remove and return a phase's parts of the panes that end by ``until``, in order."""
        taken = []
        for end in self.ends():
            if end > until:
                break
            parts = self._parts[end][phase]
            if parts:
                taken.append((end, parts.copy()))
                parts.clear()
                if not any(self._parts[end]):
                    del self._parts[end]
        return taken

    def flush(self, journal: StateJournal, merged_until: int) -> None:
        """Delete the records whose panes are all merged."""
        for name in [name for name, until in self._until.items() if until <= merged_until]:
            del self._until[name]
            journal.delete(name)

    def holds(self) -> set[str]:
        """The segments that have parts here."""
        return {segment for end in self._parts for segment, _ in self.parts(end)}


def parts_of(batch: PaneBatch) -> list[Part]:
    """The batch's panes, decoded. Raises ``ValueError`` for a batch that cannot be used."""
    if batch.pane_seconds <= 0 or BLOCK % batch.pane_seconds:
        raise ValueError(f"pane_seconds {batch.pane_seconds} does not divide {BLOCK}")
    for pane in batch.panes:
        if pane.start % batch.pane_seconds:
            raise ValueError(f"pane at {pane.start} is not a multiple of {batch.pane_seconds} s")
        if not 0 <= pane.start < LATEST:
            raise ValueError(f"pane at {pane.start}: no time between 1970 and 2100")
        if not all(0 <= e.time < LATEST for found in pane.examples.values() for e in found):
            raise ValueError(f"pane at {pane.start}: an example of no time between 1970 and 2100")
    for source, until in batch.complete_until.items():
        if not 0 <= until < LATEST:  # of what is no number neither holds
            raise ValueError(f"{source} is complete until {until}: no time between 1970 and 2100")
    return [Part.of(pane) for pane in batch.panes]


def _offset(name: str) -> int:
    return int(name.split("|")[1])
