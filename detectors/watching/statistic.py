"""Statistics of summaries, by the names that monitors give them."""

from typing import Final

from detectors.summaries import (
    Cardinality,
    CategoryCounts,
    Distribution,
    FlagCounts,
    Summary,
)

QUANTILES: Final = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}


def statistic_of(summary: Summary | None, statistic: str) -> tuple[float | None, int]:  # noqa: PLR0911
    """A statistic of a summary, ``None`` where it has none, and how many known values it is of.

    A category's or user's ``distinct`` is of as many values as there are different ones.
    """
    match summary:
        case Distribution() if summary.count:
            return _of_distribution(summary, statistic), summary.count
        case FlagCounts() if statistic in ("mean", "rate"):
            return summary.rate, summary.count
        case FlagCounts() if statistic in ("sum", "count"):
            count = summary.positive if statistic == "sum" else summary.count
            return float(count), summary.count
        case Cardinality() if statistic == "distinct":
            estimate = summary.estimate()
            return estimate, round(estimate)
        case CategoryCounts() if statistic == "commonest_share" and summary.count:
            return max(summary.counts.values(), default=0) / summary.count, summary.count
        case CategoryCounts() if statistic == "distinct":
            return float(len(summary.counts)), summary.count
        case CategoryCounts() if statistic == "count":
            return float(summary.count), summary.count
    return (0.0, 0) if summary is None and statistic == "count" else (None, 0)


def _of_distribution(summary: Distribution, statistic: str) -> float | None:
    if statistic in QUANTILES:
        return summary.quantile(QUANTILES[statistic])
    values = {
        "mean": summary.mean,
        "sum": summary.sum,
        "min": summary.minimum,
        "max": summary.maximum,
        "count": float(summary.count),
    }
    return values.get(statistic)
