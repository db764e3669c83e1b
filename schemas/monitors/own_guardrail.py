"""The document of a guardrail monitor, under ``apiVersion: tidewatch/v1``."""

from typing import Annotated, Literal

from msgspec import Meta, field

from schemas.monitors.openslo import Metadata, Part
from schemas.monitors.openslo_texts import Text
from schemas.monitors.own_kinds import Bound, DimensionName, Scope, Span
from schemas.monitors.statistics import Statistic


class GuardrailBound(Part, frozen=True, kw_only=True):
    """The interval a metric has to stay in; for ``segment`` alone where that is given."""

    statistic: Statistic
    signal: str = ""
    lower: Bound | None = None
    upper: Bound | None = None
    resolve_lower: Bound | None = None
    resolve_upper: Bound | None = None
    window: Span = ""
    segment: dict[DimensionName, str] = field(default_factory=dict)


class GuardrailSpec(Scope, frozen=True, kw_only=True):
    """Bounds of an organisation's own, who answers for them, and until when they hold good."""

    owner: Text
    review_by: Text
    window: Span
    bounds: Annotated[list[GuardrailBound], Meta(min_length=1, max_length=100)]
    for_: Span = field(default="0s", name="for")
    keep_firing_for: Span = ""
    minimum_events: Annotated[int, Meta(ge=1)] = 50


class GuardrailMonitorDocument(Part, frozen=True, kw_only=True):
    """A guardrail monitor."""

    api_version: Literal["tidewatch/v1"]
    kind: Literal["GuardrailMonitor"]
    metadata: Metadata
    spec: GuardrailSpec
