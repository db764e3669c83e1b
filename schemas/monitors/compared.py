"""What a comparison of two arms goes by, references followed and defaults in."""

from msgspec import Struct

from schemas.monitors.statistics import ComparedStatistic


class ComparedMetric(Struct, frozen=True, kw_only=True):
    """A statistic of a signal, and by how much the candidate may be worse.

    ``margin`` is in the signal's unit (a rate's is a difference of shares), or, where ``relative``
    is true, a share of the baseline's value.
    """

    signal: str
    statistic: ComparedStatistic
    margin: float
    higher_is_worse: bool
    relative: bool = False
    unit: str = "1"

    @property
    def name(self) -> str:
        """The metric for people: ``latency p95``."""
        return f"{self.signal} {self.statistic}"


class ComparisonRules(Struct, frozen=True, kw_only=True):
    """What is compared, and how sure one has to be.

    ``confidence`` is of all metrics together, over all looks. ``same_requests``: both arms answered
    the same requests (a shadow), so that they are not independent.
    """

    metrics: tuple[ComparedMetric, ...]
    confidence: float = 0.95
    minimum_events: int = 100
    same_requests: bool = False
