"""Panels that differ in a signal only: a share, a mean or a quantile over time."""

# Queries are put together from constants; what people choose is bound as parameters.

from typing import Any

from dashboards.panels.panel import Column, Panel
from dashboards.panels.windows import CHOSEN, CHOSEN_CUT, POINT, windows_of

_NOTHING_MEASURED = "No event of this stretch has this signal."


def share_over_time(
    signal: str, by: str, *, cut: str = CHOSEN_CUT, where: str = CHOSEN, **about: Any
) -> Panel:
    """The share of true of a flag, a line a value of ``by`` (SQL); ``about`` goes to the panel."""
    return _over_time(f"signal = '{signal}'", by, "sum(positive) / sum(count)", cut, where, about)


def mean_over_time(
    signal: str, by: str, *, cut: str = CHOSEN_CUT, where: str = CHOSEN, **about: Any
) -> Panel:
    """The mean of a score or amount, a line a value of ``by`` (SQL)."""
    return _over_time(f"signal = '{signal}'", by, "sum(sum) / sum(count)", cut, where, about)


def quantile_over_time(
    signal: str, level: float, by: str, *, cut: str = CHOSEN_CUT, where: str = CHOSEN, **about: Any
) -> Panel:
    """A quantile of a score or amount from merged buckets, a line a value of ``by`` (SQL)."""
    value = (
        f"quantile_from_buckets({level}, sumMap(negative_buckets), sum(zero_count), "
        "sumMap(positive_buckets))"
    )
    return _over_time(f"signal = '{signal}'", by, value, cut, where, about)


def _over_time(
    signals: str, by: str, value: str, cut: str, where: str, about: dict[str, Any]
) -> Panel:
    options: dict[str, Any] = {"empty": _NOTHING_MEASURED, "minimum": 0} | about
    return Panel(
        sql=f"""SELECT {POINT} AS time, {by} AS line, {value} AS value
{windows_of(signals, cut, where)}
GROUP BY time, line
HAVING sum(count) > 0
ORDER BY time, line""",
        picture="timeseries",
        columns=(
            Column(name="time", role="time"),
            Column(name="line", role="series"),
            Column(name="value"),
        ),
        **options,
    )
