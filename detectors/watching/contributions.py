"""Which sub-segments contribute to what an alert measures: counts and sums, decomposed exactly."""

from collections.abc import Mapping

from detectors.summaries import Distribution, FlagCounts
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

    Over the alert's window (its last two hours at most), of each segmentation that refines the
    alert's. The bad adds up over the segments of a segmentation, so each part's ``share`` of it is
    exact: bad events of a flag; the sum of an amount; values beyond the bound of a quantile, within
    its bucket; or events. ``value`` is the part's own rate, mean, share beyond the bound, or number
    of events; ``events`` its known values. Ordered by the bad beyond what the whole has an event;
    parts at or below that are left out, so nothing stands here when the bad is spread evenly.
    """
    if measurement.shares is None:
        return []
    total, total_bad = _bad_of(key, measurement, past)
    if not total or not total_bad:
        return []
    # An amount below its bound: the parts that pull the mean down contribute.
    sign = 1 if measurement.bad or measurement.amount is None else -1
    found = []
    for part in parts.of(segments[key]):
        known, bad = _bad_of(part, measurement, past)
        if not known or OTHER in segments[part].values():
            continue
        excess = bad if measurement.shares == EVENTS else sign * (bad - known * total_bad / total)
        # Sums of fractions leave crumbs.
        if excess > 1e-9 * abs(total_bad):
            value = float(bad) if measurement.shares == EVENTS else bad / known
            contribution = Contribution(
                segment=segments[part], share=bad / total_bad, value=value, events=known
            )
            found.append((-excess, len(segments[part]), part, contribution))
    return [contribution for *_, contribution in sorted(found, key=lambda f: f[:3])[:_MOST]]


def _bad_of(segment: str, measurement: Measurement, past: Past) -> tuple[int, float]:
    """How many values of the segment are known, and how much bad they hold."""
    signal, window = measurement.shares or "", min(measurement.window_seconds, DETAIL_SECONDS)
    if measurement.amount is not None:
        summary = past.summary(segment, signal, window)
        if not isinstance(summary, Distribution) or not summary.count:
            return 0, 0.0
        if measurement.amount == "sum":
            return summary.count, summary.sum
        most = summary.count_at_most(measurement.expected or 0.0)[1]
        return summary.count, summary.count - most if measurement.bad else most
    flag: FlagCounts = past.flag(segment, signal, window)
    if signal == EVENTS:
        return flag.count, flag.count
    return flag.count, flag.positive if measurement.bad else flag.count - flag.positive
