"""OpenSLO v1 documents as typed structs.

Types say what a document may hold; :mod:`schemas.monitors.openslo_rules` says which combinations
are valid. Both follow the specification (https://github.com/OpenSLO/OpenSLO) and, where it leaves
room, the verdicts of its reference validator (https://github.com/OpenSLO/go-sdk).
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from schemas.monitors.openslo_texts import (
    AnnotationKey,
    Description,
    DnsLabel,
    Duration,
    LabelKey,
    LabelOrNothing,
    Text,
)

Comparator = Literal["gt", "gte", "lt", "lte"]


class Part(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """A part of a document: camelCase fields, nothing unknown."""


class Metadata(Part, frozen=True, kw_only=True):
    """What every document is called and labelled with."""

    name: DnsLabel
    display_name: Annotated[str, Meta(max_length=63)] = ""
    labels: dict[LabelKey, str | list[str]] = {}
    annotations: dict[AnnotationKey, str] = {}


class MetricSource(Part, frozen=True, kw_only=True):
    """Where numbers come from; ``spec`` is the source's own."""

    spec: Annotated[dict[str, Any], Meta(min_length=1)]
    metric_source_ref: LabelOrNothing = ""
    type: str = ""


class Metric(Part, frozen=True, kw_only=True):
    """A query."""

    metric_source: MetricSource


class RatioMetric(Part, frozen=True, kw_only=True):
    """``good`` or ``bad`` over ``total``, or a ratio that is ``raw``."""

    counter: bool = False
    good: Metric | None = None
    bad: Metric | None = None
    total: Metric | None = None
    raw_type: str = ""
    raw: Metric | None = None


class SLISpec(Part, frozen=True, kw_only=True):
    """How an indicator is measured: exactly one of the two metrics."""

    description: Description = ""
    threshold_metric: Metric | None = None
    ratio_metric: RatioMetric | None = None

    def metrics(self, path: str) -> Iterator[tuple[str, Metric]]:
        """The metrics that are given, by the path of their source; the spec stands at ``path``."""
        if self.threshold_metric is not None:
            yield f"{path}.thresholdMetric.metricSource", self.threshold_metric
        if self.ratio_metric is not None:
            for name in ("good", "bad", "total", "raw"):
                metric = getattr(self.ratio_metric, name)
                if metric is not None:
                    yield f"{path}.ratioMetric.{name}.metricSource", metric


class SLI(Part, frozen=True, kw_only=True):
    """A service level indicator."""

    api_version: Literal["openslo/v1"]
    kind: Literal["SLI"]
    metadata: Metadata
    spec: SLISpec = SLISpec()


class InlineIndicator(Part, frozen=True, kw_only=True):
    """An indicator written where it is used."""

    metadata: Metadata
    spec: SLISpec = SLISpec()


class Calendar(Part, frozen=True, kw_only=True):
    """Where a calendar-aligned window starts."""

    start_time: str = ""
    time_zone: str = ""


class TimeWindow(Part, frozen=True, kw_only=True):
    """The budget's window: rolling, or aligned with the calendar."""

    duration: Duration
    is_rolling: bool = False
    calendar: Calendar | None = None


class Objective(Part, frozen=True, kw_only=True):
    """A target for the indicator."""

    display_name: str = ""
    op: str = ""
    value: float | None = None
    target: Annotated[float, Meta(ge=0, lt=1)] | None = None
    target_percent: Annotated[float, Meta(ge=0, lt=100)] | None = None
    time_slice_target: float | None = None
    time_slice_window: Duration | None = None
    indicator: InlineIndicator | None = None
    indicator_ref: DnsLabel | None = None
    composite_weight: float | None = None


class BurnRate(Part, frozen=True, kw_only=True):
    """When a burn rate is an alert."""

    kind: Literal["burnrate"]
    op: Comparator
    threshold: float
    lookback_window: Duration
    alert_after: Duration | None = None


class AlertConditionSpec(Part, frozen=True, kw_only=True):
    """A condition and how grave it is."""

    severity: Text
    condition: BurnRate
    description: Description = ""


class AlertCondition(Part, frozen=True, kw_only=True):
    """When to alert."""

    api_version: Literal["openslo/v1"]
    kind: Literal["AlertCondition"]
    metadata: Metadata
    spec: AlertConditionSpec


class AlertNotificationTargetSpec(Part, frozen=True, kw_only=True):
    """Where alerts go; for Tidewatch ``target`` is the name of a Receiver."""

    target: Text
    description: Description = ""


class AlertNotificationTarget(Part, frozen=True, kw_only=True):
    """Whom to tell."""

    api_version: Literal["openslo/v1"]
    kind: Literal["AlertNotificationTarget"]
    metadata: Metadata
    spec: AlertNotificationTargetSpec


class ConditionItem(Part, frozen=True, kw_only=True):
    """A condition by name, or written in place."""

    condition_ref: DnsLabel | None = None
    kind: Literal["AlertCondition"] | None = None
    metadata: Metadata | None = None
    spec: AlertConditionSpec | None = None


class TargetItem(Part, frozen=True, kw_only=True):
    """A notification target by name, or written in place."""

    target_ref: DnsLabel | None = None
    kind: Literal["AlertNotificationTarget"] | None = None
    metadata: Metadata | None = None
    spec: AlertNotificationTargetSpec | None = None


class AlertPolicySpec(Part, frozen=True, kw_only=True):
    """Under which condition to tell whom."""

    conditions: Annotated[list[ConditionItem], Meta(min_length=1, max_length=1)]
    notification_targets: Annotated[list[TargetItem], Meta(min_length=1)]
    description: Description = ""
    alert_when_no_data: bool = False
    alert_when_breaching: bool = False
    alert_when_resolved: bool = False


class AlertPolicy(Part, frozen=True, kw_only=True):
    """Condition and targets, for SLOs to refer to."""

    api_version: Literal["openslo/v1"]
    kind: Literal["AlertPolicy"]
    metadata: Metadata
    spec: AlertPolicySpec


class PolicyItem(Part, frozen=True, kw_only=True):
    """An alert policy by name, or written in place."""

    alert_policy_ref: DnsLabel | None = None
    kind: Literal["AlertPolicy"] | None = None
    metadata: Metadata | None = None
    spec: AlertPolicySpec | None = None


class SLOSpec(Part, frozen=True, kw_only=True):
    """An objective: an indicator, a window, targets."""

    service: Text
    budgeting_method: Literal["Occurrences", "Timeslices", "RatioTimeslices"]
    time_window: Annotated[list[TimeWindow], Meta(min_length=1, max_length=1)]
    objectives: list[Objective] = []
    description: Description = ""
    indicator: InlineIndicator | None = None
    indicator_ref: DnsLabel | None = None
    alert_policies: list[PolicyItem] = []


class SLO(Part, frozen=True, kw_only=True):
    """A service level objective."""

    api_version: Literal["openslo/v1"]
    kind: Literal["SLO"]
    metadata: Metadata
    spec: SLOSpec


class ServiceSpec(Part, frozen=True, kw_only=True):
    """About a service."""

    description: Description = ""


class Service(Part, frozen=True, kw_only=True):
    """What SLOs are grouped by."""

    api_version: Literal["openslo/v1"]
    kind: Literal["Service"]
    metadata: Metadata
    spec: ServiceSpec = ServiceSpec()


class DataSourceSpec(Part, frozen=True, kw_only=True):
    """How to reach a metric source; the details are the source's own."""

    type: Text
    connection_details: Any
    description: Description = ""


class DataSource(Part, frozen=True, kw_only=True):
    """A metric source."""

    api_version: Literal["openslo/v1"]
    kind: Literal["DataSource"]
    metadata: Metadata
    spec: DataSourceSpec


OpenSLODocument = (
    SLO | SLI | Service | DataSource | AlertPolicy | AlertCondition | AlertNotificationTarget
)
