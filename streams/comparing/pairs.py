"""Answers of two arms to the same request, paired from ClickHouse's events."""

from typing import Any, Final

from clickhouse_connect.driver.client import Client

from detectors.comparing.paired import Pairs
from schemas.clickhouse.condition_sql import dimension
from schemas.monitors.resolved import ComparisonMonitor
from schemas.segments import Segment
from schemas.signals import column_of
from streams.store.errors import store_errors

_COLUMNS: Final = (
    "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'events'"
)
_PAIRS: Final = """
SELECT count(), sum(x), sum(y), sum(x * x), sum(y * y), sum(x * y)
FROM
(
    SELECT
        countIf(is_baseline) AS baselines, countIf(is_candidate) AS candidates,
        anyIf(value, is_baseline) AS x, anyIf(value, is_candidate) AS y
    FROM
    (
        SELECT
            trace_id, cityHash64(ifNull(prompt, '')) AS asked, toFloat64({column}) AS value,
            {baseline} AS is_baseline, ({candidate}) AND NOT is_baseline AS is_candidate
        FROM events
        WHERE trace_id != '' AND {column} IS NOT NULL AND ({baseline} OR {candidate})
            AND time >= toDateTime({{begin:Int64}}) AND time < toDateTime({{end:Int64}})
    )
    GROUP BY trace_id, asked
    HAVING baselines = 1 AND candidates = 1
)
"""


def read_pairs(
    client: Client,
    monitor: ComparisonMonitor,
    candidate: Segment,
    *,
    begin: int,
    end: int,
) -> dict[str, Pairs]:
    """Pairs by signal of a candidate's answers with the baseline's, in ``[begin, end)``.

    Answers are a pair when they belong to the same trace and were asked the same. Where a trace
    asked an arm the same twice, which answers belong together is not known: it is left out. So are
    traces that ask for several things where prompts are not stored, and signals that are not.

    Raises
    ------
    StoreError
        ClickHouse cannot be read.
    """
    matched = {name: candidate[name] for name in monitor.matched} | monitor.baseline
    conditions, values = {}, dict[str, str]()
    for arm, segment in (("baseline", matched), ("candidate", candidate)):
        parts = []
        for number, (name, value) in enumerate(sorted(segment.items())):
            values[f"{arm}{number}"] = value
            parts.append(f"{dimension(name)} = {{{arm}{number}:String}}")
        conditions[arm] = f"({' AND '.join(parts)})"
    parameters: dict[str, Any] = {"begin": begin, "end": end} | values
    signals = {m.signal for m in monitor.rules.metrics if m.statistic in ("rate", "mean")}
    found: dict[str, Pairs] = {}
    with store_errors("reading pairs of answers", client.uri):
        stored = {name for (name,) in client.query(_COLUMNS).result_rows}
        for signal in sorted(signal for signal in signals if column_of(signal) in stored):
            query = _PAIRS.format(column=column_of(signal), **conditions)
            count, *sums = client.query(query, parameters=parameters).result_rows[0]
            found[signal] = Pairs(int(count), *(float(each or 0.0) for each in sums))
    return found
