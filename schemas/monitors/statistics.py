"""Statistics of signals, by the names that documents give them."""

from typing import Literal

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

ComparedStatistic = Literal["rate", "mean", "p50", "p90", "p95", "p99"]
