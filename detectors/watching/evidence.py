"""The query that shows an alert's evidence, and the link to its dashboard."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from schemas.clickhouse.condition_sql import condition_sql, dimension
from schemas.clickhouse.migrations import quote_text
from schemas.monitors.conditions import Condition, names_in
from schemas.segments import OTHER, Segment, is_dimension
from schemas.signals import column_of

_JUDGED = ("feedback.", "judge.", "ground_truth.")
"""How signals begin whose values are not in events, but said of them later."""


def is_judged(signal: str | None) -> bool:
    """Whether a signal is of feedback: its values are in another table.

    >>> is_judged("feedback.positive"), is_judged("latency")
    (True, False)
    """
    return signal is not None and signal.startswith(_JUDGED)


def evidence_sql(
    segment: Segment,
    begin: int,
    end: int,
    condition: Condition | None = None,
    *,
    judged: bool = False,
) -> str:
    """The newest hundred events of the segment in ``[begin, end)`` that fulfil the condition.

    ``judged`` is for signals of feedback: the events that were judged, whatever was said.
    ``__other__`` stands for many values: a dimension with it is not restricted.
    """
    where = [
        f"time >= {_instant(begin)}",
        f"time < {_instant(end)}",
        *(
            f"{dimension(name)} = {quote_text(value)}"
            for name, value in sorted(segment.items())
            if value != OTHER
        ),
    ]
    signals = set[str]()
    if judged:
        where.append("event_id IN (SELECT event_id FROM feedback)")
    elif condition is not None:
        where.append(condition_sql(condition))
        signals = {name for name in names_in(condition) if not is_dimension(name)}
    shown = dict.fromkeys(
        [
            *("event_id", "time", "service_name"),
            *map(dimension, sorted(segment)),
            *map(column_of, sorted(signals)),
        ]
    )
    return (
        f"SELECT {', '.join(shown)}\nFROM events\nWHERE "
        + "\n  AND ".join(where)
        + "\nORDER BY time DESC\nLIMIT 100"
    )


def dashboard_url(base: str, segment: Segment, begin: int, end: int) -> str:
    """The dashboard at this time and segment; empty without a base."""
    if not base:
        return ""
    query: dict[str, object] = {"from": begin * 1000, "to": end * 1000}
    query |= {f"var-{name}": value for name, value in sorted(segment.items())}
    return f"{base}{'&' if '?' in base else '?'}{urlencode(query)}"


def _instant(seconds: int) -> str:
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"toDateTime64('{text}', 3, 'UTC')"
