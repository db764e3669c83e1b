"""Which sub-segments contribute to what an alert measures: sums, decomposed exactly."""

from collections.abc import Mapping
from typing import Final

from scipy.special import bdtrc

from detectors.watching.needs import DETAIL_SECONDS, EVENTS
from detectors.watching.past import Past
from detectors.watching.shares import Shares
from detectors.watching.verdict import Measurement
from schemas.alerts import Contribution
from schemas.segments import OTHER, Segment, Segmentation, segment_key

_MINUTE = 60
_MOST = 5

_CHANCE: Final = 0.05
"""Parts that have so many of the bad events by their size alone more often say nothing."""


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
    """The sub-segments with more of what is wrong than their size explains, at most five.

    Over the alert's window (its last two hours at most), of each segmentation that refines the
    alert's. What is wrong is the bad beyond the usual (:class:`Shares`); it adds up over the
    segments of a segmentation, so each part's ``share`` of it is exact. What a part had more of
    than others before the window, within two hours, is taken off its share, as far as the change
    was not there before; of events that are lacking, those are counted that a part had before.
    ``value`` is the part's own bad a known value, or its number of events;
    ``events`` its known values. Ordered by what is wrong beyond the part's size; parts at or below
    that are left out, so nothing stands here when it is spread evenly; of events that are bad or
    not also those where chance explains it (binomial, one-sided, 5 %).
    """
    shares = measurement.shares
    if shares is None:
        return []
    window = min(measurement.window_seconds, DETAIL_SECONDS)
    if shares.of_events and shares.fewer:
        return _lost_events(key, window, parts, segments, past)
    sign = -1 if shares.fewer else 1
    total, total_bad = _held(key, shares, window, past)
    wrong = sign * (total_bad - total * shares.usual)
    if not total or wrong <= 0:
        return []
    weight, usual_before = _before(key, shares, window, past, wrong / total)
    found = []
    for part in parts.of(segments[key]):
        if OTHER in segments[part].values():
            continue
        known, bad = _held(part, shares, window, past)
        excess = sign * (bad - known * shares.usual)
        if weight:
            longer, more = _held(part, shares, DETAIL_SECONDS, past)
            excess -= weight * sign * (more - bad - (longer - known) * usual_before)
        beyond = excess if shares.of_events else excess - known * wrong / total
        # Sums of fractions leave crumbs.
        if beyond > 1e-9 * wrong and not (
            shares.counted and bdtrc(bad - 1, total_bad, known / total) > _CHANCE
        ):
            value = float(bad) if shares.of_events else bad / max(known, 1)
            contribution = Contribution(
                segment=segments[part], share=excess / wrong, value=value, events=known
            )
            found.append((-beyond, len(segments[part]), part, contribution))
    return _first(found)


def _lost_events(
    key: str, window: int, parts: SubSegments, segments: Mapping[str, Segment], past: Past
) -> list[Contribution]:
    """The parts that lost more of their events than the whole did, against the time before."""
    earlier = past.history(key, EVENTS, _MINUTE, past.at - DETAIL_SECONDS, past.at - window)
    if not earlier:
        return []
    # The segment may be younger than what is kept of it.
    pace = window / (past.at - window - earlier[0].start)

    def counts(segment: str) -> tuple[int, float]:
        """How many there are, and how many there would be."""
        now = past.flag(segment, EVENTS, window).count
        return now, pace * (past.flag(segment, EVENTS, DETAIL_SECONDS).count - now)

    total, usual = counts(key)
    lost = usual - total
    if lost <= 0:
        return []
    found = []
    for part in parts.of(segments[key]):
        now, before = counts(part)
        beyond = before - now - before / usual * lost
        if OTHER not in segments[part].values() and beyond > 1e-9 * lost:
            contribution = Contribution(
                segment=segments[part], share=(before - now) / lost, value=float(now), events=now
            )
            found.append((-beyond, len(segments[part]), part, contribution))
    return _first(found)


def _first(found: list[tuple[float, int, str, Contribution]]) -> list[Contribution]:
    return [contribution for *_, contribution in sorted(found, key=lambda f: f[:3])[:_MOST]]


def _before(key: str, shares: Shares, window: int, past: Past, wrong: float) -> tuple[float, float]:
    """What a part's excess before the window counts, and what was usual in the segment then.

    ``wrong`` is what is beyond the usual now, a known value: where as much was before, the change
    was there already, and nothing is taken off.
    """
    if not shares.own_past or window >= DETAIL_SECONDS:
        return 0.0, 0.0
    total, total_bad = _held(key, shares, window, past)
    longer, more = _held(key, shares, DETAIL_SECONDS, past)
    if longer <= total:
        return 0.0, 0.0
    before = (more - total_bad) / (longer - total)
    there = (-1 if shares.fewer else 1) * (before - shares.usual) / wrong
    return min(max(1 - there, 0.0), 1.0) * total / (longer - total), before


def _held(segment: str, shares: Shares, window: int, past: Past) -> tuple[int, float]:
    """How many values of the segment are known, and how much bad they hold."""
    return shares.bad_of(*(past.summary(segment, name, window) for name in shares.signals))
