"""The arms of a comparison, summed from ClickHouse's windows."""

from collections.abc import Mapping
from typing import Any, Final

from clickhouse_connect.driver.client import Client
from msgspec import Struct

from detectors.comparing.comparison import Comparison, compare
from detectors.summaries import Distribution, FlagCounts, Summary
from detectors.watching.needs import refines
from schemas.monitors.resolved import ComparisonMonitor
from schemas.segments import OTHER, Segment, Segmentation, parse_segment_key
from streams.comparing.pairs import read_pairs
from streams.store.errors import store_errors

_SUMS: Final = """
SELECT any(kind), sum(count), sum(positive), sum(sum), sum(sum_squares), min(minimum), max(maximum),
    min(integral), sum(zero_count), sumMap(positive_buckets), sumMap(negative_buckets)
FROM windows
WHERE resolution_seconds = 60 AND signal = {signal:String} AND segmentation = {segmentation:String}
    AND has({segments:Array(String)}, segment_key)
    AND start >= toDateTime({begin:Int64}) AND start < toDateTime({end:Int64})
"""
_SEGMENTS: Final = """
SELECT segment_key, toUnixTimestamp(min(start)), toUnixTimestamp(max(start)) FROM windows
WHERE resolution_seconds = 60 AND signal = '' AND segmentation = {segmentation:String}
    AND start >= toDateTime({begin:Int64})
GROUP BY segment_key
ORDER BY segment_key
"""

_ENDED_SECONDS: Final = 600
"""A candidate without events for so long, while its successor has some, has ended."""


class Compared(Struct, frozen=True, kw_only=True):
    """A candidate's comparison from its first event, or from ``begin``, on. Epoch seconds."""

    monitor: str
    segment: Segment
    begin: int
    end: int
    comparison: Comparison


def compare_arms(
    client: Client,
    monitor: ComparisonMonitor,
    *,
    now: int,
    since: int | None = None,
    within: Segment | None = None,
) -> list[Compared]:
    """The comparison of every candidate that had events within the longest comparison.

    Without those that another version has succeeded: their verdicts are history.

    ``since`` begins all comparisons there; it must not be chosen by looking at what came of it.
    ``within`` leaves only candidates that are of this part of traffic.

    Raises
    ------
    StoreError
        ClickHouse cannot be read.
    """
    begin = now - monitor.longest_seconds if since is None else since
    parameters: dict[str, Any] = {
        "segmentation": ",".join(monitor.segmentation),
        "begin": begin,
    }
    with store_errors("reading segments of windows", client.uri):
        rows = client.query(_SEGMENTS, parameters=parameters).result_rows
    seen = {
        str(key): (parse_segment_key(str(key)), int(first), int(last)) for key, first, last in rows
    }
    watched = {
        key: found
        for key, found in seen.items()
        if refines(found[0], monitor.segment) and OTHER not in found[0].values()
    }
    candidates = {
        key: found
        for key, found in watched.items()
        if refines(found[0], monitor.candidate | (within or {}))
        and not refines(found[0], monitor.baseline)
    }
    compared = []
    for key, (segment, first, last) in candidates.items():
        if any(_succeeds(other, candidates[key], monitor.apart) for other in candidates.values()):
            continue
        matched = {name: segment[name] for name in monitor.matched} | monitor.baseline
        baseline = [other for other, (each, _, _) in watched.items() if refines(each, matched)]
        start, end = (first if since is None else since), last + 60
        whole, part = (
            {
                metric.signal: _summed(client, monitor, metric.signal, keys, start, end)
                for metric in monitor.rules.metrics
            }
            for keys in (baseline, [key])
        )
        pairs = {}
        if monitor.rules.same_requests:
            pairs = read_pairs(client, monitor, segment, begin=start, end=end)
        compared.append(
            Compared(
                monitor=monitor.name,
                segment=segment,
                begin=start,
                end=end,
                comparison=compare(monitor.rules, whole, part, pairs),
            )
        )
    return compared


def _succeeds(
    other: tuple[Segment, int, int], one: tuple[Segment, int, int], apart: Segmentation
) -> bool:
    """Whether a candidate came after one it differs from by ``apart`` alone, which then ended."""
    alike = all(other[0][name] == value for name, value in one[0].items() if name not in apart)
    return alike and other[1] > one[1] and other[2] >= one[2] + _ENDED_SECONDS


def _summed(
    client: Client,
    monitor: ComparisonMonitor,
    signal: str,
    segments: list[str],
    begin: int,
    end: int,
) -> Summary | None:
    parameters: Mapping[str, Any] = {
        "segmentation": ",".join(monitor.segmentation),
        "signal": signal,
        "segments": segments,
        "begin": begin,
        "end": end,
    }
    with store_errors(f"reading windows of {signal}", client.uri):
        row = client.query(_SUMS, parameters=dict(parameters)).result_rows[0]
    kind, count, positive, total, squares, low, high, integral, zeros, above, below = row
    if not count:
        return None
    if kind == "flag":
        return FlagCounts(int(count), int(positive))
    if kind == "distribution":
        return Distribution(
            count=int(count),
            sum=float(total),
            sum_squares=float(squares),
            minimum=float(low),
            maximum=float(high),
            integral=bool(integral),
            zeros=int(zeros),
            positive={int(bucket): int(n) for bucket, n in above.items()},
            negative={int(bucket): int(n) for bucket, n in below.items()},
        )
    return None
