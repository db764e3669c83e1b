"""Statistics of signals, by the names that documents give them."""

from typing import Final, Literal

Statistic = Literal[
    "mean",
    "sum",
    "rate",
    "count",
    "distinct",
    "commonest_share",
    "min",
    "max",
    "p50",
    "p90",
    "p95",
    "p99",
]

SHARES: Final[tuple[Statistic, ...]] = ("rate", "commonest_share")
"""Statistics that are parts of 0 to 1."""

ComparedStatistic = Literal["rate", "mean", "p50", "p90", "p95", "p99"]
