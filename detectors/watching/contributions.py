"""Which sub-segments contribute to what an alert measures: counts, decomposed exactly."""

from collections.abc import Mapping

from detectors.summaries import FlagCounts
from detectors.watching.needs import DETAIL_SECONDS, EVENTS
from detectors.watching.past import Past
from detectors.watching.verdict import Measurement
from schemas.alerts import Contribution
from schemas.segments import OTHER, Segment, Segmentation, segment_key

_MOST = 5


class SubSegments:
    """The segments that refine another, found by it. For one state of ``segments`` (by key)."""

    def __init__(self, segments: Mapping[str, Segment]) -> None:
        self._segments = segments
        self._index: dict[Segmentation, dict[str, list[str]]] = {}

    def of(self, segment: Segment) -> list[str]:
        """Keys of the segments that are a part of this one."""
        dimensions = tuple(sorted(segment))
        index = self._index.get(dimensions)
        if index is None:
            index = self._index[dimensions] = self._build(dimensions)
        return index.get(segment_key(segment), [])

    def _build(self, dimensions: Segmentation) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for key, segment in self._segments.items():
            if len(segment) > len(dimensions) and all(name in segment for name in dimensions):
                whole = {name: segment[name] for name in dimensions}
                index.setdefault(segment_key(whole), []).append(key)
        return index


def contributions(
    key: str,
    measurement: Measurement,
    parts: SubSegments,
    segments: Mapping[str, Segment],
    past: Past,
) -> list[Contribution]:
    """The sub-segments with more of the bad than their size explains, at most five.

    Counts over the alert's window (its last two hours at most) of each segmentation that refines
    the alert's: ``share`` is the part's share of all bad events, ``value`` its own bad rate,
    ``events`` its known events. Ordered by the bad events beyond the whole's rate; parts at or
    below that rate are left out, so nothing stands here when the bad is spread evenly. Of a number
    of events: the largest parts, ``value`` being their events.
    """
    signal = measurement.shares
    if signal is None:
        return []
    window = min(measurement.window_seconds, DETAIL_SECONDS)

    def bad_of(segment: str) -> tuple[int, int]:
        flag: FlagCounts = past.flag(segment, signal, window)
        if signal == EVENTS:
            return flag.count, flag.count
        return flag.count, flag.positive if measurement.bad else flag.count - flag.positive

    total, total_bad = bad_of(key)
    if not total_bad:
        return []
    found = []
    for part in parts.of(segments[key]):
        known, bad = bad_of(part)
        excess = bad if signal == EVENTS else bad - known * total_bad / total
        if bad and excess > 0 and OTHER not in segments[part].values():
            value = float(bad) if signal == EVENTS else bad / known
            share = bad / total_bad
            contribution = Contribution(
                segment=segments[part], share=share, value=value, events=known
            )
            found.append((-excess, len(segments[part]), part, contribution))
    return [contribution for *_, contribution in sorted(found, key=lambda f: f[:3])[:_MOST]]
