"""The query that shows an alert's evidence, and the link to its dashboard."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from schemas.segments import OTHER, Segment

_LABEL = "labels."
_JUDGED = ("feedback.", "judge.", "ground_truth.")
"""How signals begin whose values are not in events, but said of them later."""


def literal(text: str) -> str:
    r"""A string literal of ClickHouse's SQL.

    >>> print(literal("it's \\ n"))
    'it\'s \\ n'
    """
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "\\0")
    return f"'{escaped}'"


def identifier(name: str) -> str:
    """A column's name, quoted where it has to be.

    >>> identifier("sli_fast"), identifier("a`b")
    ('sli_fast', '`a``b`')
    """
    if name.isidentifier() and name.isascii():
        return name
    escaped = name.replace("\\", "\\\\").replace("`", "``")
    return f"`{escaped}`"


def column(signal: str) -> str:
    """The column of a signal.

    >>> column("sli.fast")
    'sli_fast'
    """
    return identifier(signal.replace(".", "_"))


def is_judged(signal: str | None) -> bool:
    """Whether a signal is of feedback: its values are in another table.

    >>> is_judged("feedback.positive"), is_judged("latency")
    (True, False)
    """
    return signal is not None and signal.startswith(_JUDGED)


def dimension(name: str) -> str:
    """The expression of a dimension.

    >>> dimension("service_name"), dimension("labels.tenant")
    ('service_name', "labels['tenant']")
    """
    if name.startswith(_LABEL):
        return f"labels[{literal(name.removeprefix(_LABEL))}]"
    return identifier(name)


def evidence_sql(
    segment: Segment,
    begin: int,
    end: int,
    *,
    conditions: Sequence[str] = (),
    columns: Sequence[str] = (),
) -> str:
    """The newest hundred events of the segment in ``[begin, end)`` that fulfil the conditions.

    ``__other__`` stands for many values: a dimension with it is not restricted.
    """
    where = [
        f"time >= {_instant(begin)}",
        f"time < {_instant(end)}",
        *(
            f"{dimension(name)} = {literal(value)}"
            for name, value in sorted(segment.items())
            if value != OTHER
        ),
        *conditions,
    ]
    shown = dict.fromkeys(
        ["event_id", "time", "service_name", *map(dimension, sorted(segment)), *columns]
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
