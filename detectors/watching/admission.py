"""Which segments are watched: as many of each segmentation as there is room for."""

from collections.abc import Mapping, MutableMapping

import msgspec
from msgspec import Struct

from detectors.watching.chunks import Chunks
from detectors.watching.journal import StateJournal
from schemas.segments import OTHER, Segment, Segmentation, parse_segment_key, segment_key


class Seen(Struct, array_like=True):
    """When a segment was first and last seen: pane start and end, ``newest`` as of evaluation.

    ``newest`` is of panes of events, not of feedback alone.
    """

    first: int
    newest: int | None = None


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(dict[str, Seen]).decode


class Admission:
    """The segments in state, by key.

    A new segment beyond ``max_segments`` of its segmentation is folded: every dimension but
    ``service_name`` becomes ``__other__``, the service too when it is the only dimension or when
    there are too many of these. Segments with ``__other__`` in them have places of their own.
    """

    def __init__(self, max_segments: int, chunk_bytes: int) -> None:
        self._max = max_segments
        self.seen: dict[str, Seen] = {}
        self.segments: dict[str, Segment] = {}
        self._of: dict[Segmentation, dict[str, Segment]] = {}
        self._taken: dict[tuple[Segmentation, bool], int] = {}
        self._chunks = Chunks("segments", chunk_bytes)

    def restore(self, records: MutableMapping[str, bytes]) -> None:
        """Take the own records out of ``records``."""
        for name in [name for name in records if name.startswith("segments|")]:
            value = records.pop(name)
            seen = _decode(value)
            self._chunks.restore(int(name.split("|")[1]), seen, len(value))
            for key, each in seen.items():
                self._enter(key, parse_segment_key(key), each)

    def admit(self, segment: Segment, start: int) -> tuple[str, Segment, bool]:
        """The segment to count for: its key, itself, and whether it is new in state."""
        for candidate in (segment, _fold(segment, keep_service=True)):
            key = segment_key(candidate)
            known = self.seen.get(key)
            if known is not None:
                if start < known.first:
                    known.first = start
                    self.touch(key)
                return key, candidate, False
            if self._taken.get(_place(candidate), 0) < self._max:
                return self._new(key, candidate, start)
        last = _fold(segment, keep_service=False)
        key = segment_key(last)
        if key in self.seen:
            return key, last, False
        return self._new(key, last, start)

    def _new(self, key: str, segment: Segment, start: int) -> tuple[str, Segment, bool]:
        self._enter(key, segment, Seen(start))
        self.touch(key)
        return key, segment, True

    def _enter(self, key: str, segment: Segment, seen: Seen) -> None:
        self.seen[key] = seen
        self.segments[key] = segment
        self._of.setdefault(tuple(sorted(segment)), {})[key] = segment
        place = _place(segment)
        self._taken[place] = self._taken.get(place, 0) + 1

    def of(self, segmentation: Segmentation) -> Mapping[str, Segment]:
        """The segments of a segmentation, by key."""
        return self._of.get(segmentation, {})

    def parents(self, segment: Segment) -> list[str]:
        """The keys of those that a segment is a part of, most dimensions first."""
        wider = sorted(
            (each for each in self._of if set(each) < set(segment)), key=lambda s: (-len(s), s)
        )
        keys = (segment_key({name: segment[name] for name in each}) for each in wider)
        return [key for key in keys if key in self.seen]

    def touch(self, key: str) -> None:
        """The segment's record needs writing."""
        self._chunks.touch(key, len(key) + 20)

    def remove(self, keys: set[str]) -> None:
        """These segments free their places."""
        for key in sorted(keys):
            del self.seen[key]
            segment = self.segments.pop(key)
            del self._of[tuple(sorted(segment))][key]
            self._taken[_place(segment)] -= 1
            self._chunks.remove(key)

    def flush(self, journal: StateJournal) -> None:
        """Put what has changed."""
        self._chunks.flush(journal, lambda keys: _encode({key: self.seen[key] for key in keys}))


def _fold(segment: Segment, *, keep_service: bool) -> Segment:
    keep = keep_service and len(segment) > 1
    return {
        name: value if keep and name == "service_name" else OTHER for name, value in segment.items()
    }


def _place(segment: Segment) -> tuple[Segmentation, bool]:
    return tuple(sorted(segment)), OTHER in segment.values()
