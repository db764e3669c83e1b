"""The document of a comparison monitor, under ``apiVersion: tidewatch/v1``."""

from typing import Annotated, Literal

from msgspec import Meta, field

from schemas.monitors.openslo import Metadata, Part
from schemas.monitors.own_kinds import Bound, DimensionName, Scope, Span
from schemas.monitors.statistics import ComparedStatistic


class MetricDocument(Part, frozen=True, kw_only=True):
    """A metric, and by how much the candidate may be worse: one of the two margins."""

    signal: str
    statistic: ComparedStatistic
    margin: Bound | None = None
    relative_margin: Bound | None = None
    worse: Literal["higher", "lower"] | None = None


class ComparisonSpec(Scope, frozen=True, kw_only=True):
    """Which arms are compared, by what, and how sure one has to be."""

    baseline: Annotated[dict[DimensionName, str], Meta(min_length=1)]
    metrics: Annotated[list[MetricDocument], Meta(min_length=1, max_length=20)]
    candidate: dict[DimensionName, str] = field(default_factory=dict)
    apart: list[DimensionName] | None = None
    longest: Span = "7d"
    confidence: Bound = 0.95
    minimum_events: Annotated[int, Meta(ge=50)] = 100
    same_requests: bool = False


class ComparisonMonitorDocument(Part, frozen=True, kw_only=True):
    """A comparison monitor."""

    api_version: Literal["tidewatch/v1"]
    kind: Literal["ComparisonMonitor"]
    metadata: Metadata
    spec: ComparisonSpec
