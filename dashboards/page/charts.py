"""One signal of one segment as a line: what an alert looked at."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dashboards.page.context import Store
from dashboards.panels.query import STEPS
from schemas.monitors.statistics import SHARES
from schemas.quantity_words import SHARE
from schemas.segments import Segment, parse_segment_key, segment_label

_STATISTICS = {
    "mean": "sum(sum) / nullIf(sum(count), 0)",
    "sum": "sum(sum)",
    "rate": "sum(positive) / nullIf(sum(count), 0)",
    "bad": "1 - sum(positive) / nullIf(sum(count), 0)",
    "count": "sum(events)",
    "known": "sumIf(count, signal != '') / nullIf(sumIf(events, signal = ''), 0)",
    "share": "sum(arraySum(arrayMap(name -> categories[name], {categories:Array(String)}))) "
    "/ nullIf(sum(count), 0)",
    "distinct": "distinct_from_registers(maxMap(registers))",
    "commonest_share": "arrayMax(mapValues(sumMap(categories))) / nullIf(sum(count), 0)",
    "min": "min(minimum)",
    "max": "max(maximum)",
    **{
        f"p{level}": f"quantile_from_buckets({level / 100}, sumMap(negative_buckets), "
        "sum(zero_count), sumMap(positive_buckets))"
        for level in (50, 90, 95, 99)
    },
}
_TITLES = {"bad": "share of bad events", "count": "events", "distinct": "distinct values"}
_SHARES = (*SHARES, "bad", "share", "known")
_QUERY = """
SELECT toUnixTimestamp(toStartOfInterval(start, toIntervalSecond({{step:UInt32}}))) AS time,
    {value} AS value
FROM windows
WHERE resolution_seconds = {{resolution:UInt32}} AND signal IN {{signals:Array(String)}}
    AND {where} AND segmentation = {{segmentation:String}}
    AND start >= {{from:DateTime}} AND start < {{to:DateTime}}
GROUP BY time
ORDER BY time
"""


_ONE = "segment_key = {segment:String}"
_PART = (
    "arrayAll((name, value) -> segment[name] = value, "
    "{names:Array(String)}, {values:Array(String)})"
)


async def signal_chart(
    store: Store,
    *,
    segment_key: str,
    signal: str,
    statistic: str,
    unit: str,
    begin: datetime,
    end: datetime,
    marks: Sequence[dict[str, Any]] = (),
    thresholds: Sequence[dict[str, Any]] = (),
    categories: Sequence[str] = (),
    baseline: Segment | None = None,
) -> dict[str, Any] | None:
    """A chart's data as the script reads it; ``None`` when there is nothing.

    ``statistic`` is one of those monitors know, or ``bad``: the share of a flag that is false;
    ``share``: of events with one of the ``categories``; ``known``: of events with the signal.
    ``baseline`` adds a line: of all segments of the segmentation that have these values.
    """
    span = (end - begin).total_seconds()
    step = next((s for s in STEPS if s >= max(span / 120, 60)), STEPS[-1])
    resolution = 3600 if step >= 3600 else 60
    name = "" if statistic == "count" else "users" if statistic == "distinct" else signal
    parameters = {
        "step": step,
        "resolution": resolution,
        "signals": [name, ""] if statistic == "known" else [name],
        "segment": segment_key,
        "segmentation": _segmentation(segment_key),
        "from": begin,
        "to": end,
        "categories": list(categories),
        "names": list(baseline or {}),
        "values": list((baseline or {}).values()),
    }
    answers = await asyncio.gather(
        *(
            store.query(_QUERY.format(value=_STATISTICS[statistic], where=where), parameters)
            for where in (_ONE, *([_PART] if baseline else []))
        )
    )
    lines = [{int(row[0]): row[1] for row in answer.rows} for answer in answers]
    known = [time for line in lines for time in line]
    if not known:
        return None
    # Every point has a place, so that a gap in the traffic is seen as one.
    times = list(range(min(known), max(known) + 1, step))
    title = _TITLES.get(statistic, f"{signal}, {statistic}")
    if statistic == "share":
        title = f"share of {', '.join(categories)} in {signal}"
    elif statistic == "known":
        title = f"share of events with {signal}"
    return {
        "kind": "lines",
        "title": title,
        "unit": SHARE if statistic in _SHARES else "{event}" if statistic == "count" else unit,
        "times": times,
        "series": [
            {"name": line_name, "values": [line.get(time) for time in times]}
            for line_name, line in zip(
                _line_names(title, segment_key, baseline), lines, strict=True
            )
        ],
        "minimum": 0 if statistic in (*_SHARES, "count") else None,
        "maximum": None,
        "thresholds": list(thresholds),
        "marks": list(marks),
    }


def _line_names(title: str, key: str, baseline: Segment | None) -> list[str]:
    """The title of a single line; of two what tells them apart."""
    if not baseline:
        return [title]
    own = {n: v for n, v in parse_segment_key(key).items() if baseline.get(n) != v}
    than = {n: v for n, v in baseline.items() if n in own}
    return [f"candidate ({segment_label(own)})", f"baseline ({segment_label(than)})"]


def _segmentation(key: str) -> str:
    return ",".join(sorted(parse_segment_key(key)))
