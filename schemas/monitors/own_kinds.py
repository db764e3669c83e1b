"""Tidewatch's own kinds, in OpenSLO's envelope under ``apiVersion: tidewatch/v1``."""

from typing import Annotated, Literal, get_args

from msgspec import Meta, field

from schemas.alerts import Severity
from schemas.monitors.openslo import Metadata, Part
from schemas.monitors.openslo_texts import Description, DnsLabel, Text
from schemas.monitors.statistics import Statistic

TIDEWATCH_VERSION = "tidewatch/v1"

Span = Annotated[
    str, Meta(description="A whole number followed by s, m, h, d or w, as in 30s or 5m.")
]
Bound = Annotated[
    float | str,
    Meta(description="A number in the signal's unit, or one with a unit: 4s, 800ms, 5%."),
]
DimensionName = Annotated[
    str, Meta(description="An event field or label that events are split by.")
]


class Scope(Part, frozen=True, kw_only=True):
    """Which traffic a monitor looks at, and whom it tells."""

    severity: Severity
    description: Description = ""
    service: str = ""
    segment: dict[DimensionName, str] = field(default_factory=dict)
    by: list[DimensionName] = field(default_factory=list)
    receivers: list[DnsLabel] = field(default_factory=list)
    runbook: str = ""
    owner: str = ""
    review_by: Annotated[
        str, Meta(description="Last day that holds good without another look: 2026-12-31.")
    ] = ""


class ThresholdSpec(Scope, frozen=True, kw_only=True):
    """Bounds for a statistic of a signal over a sliding window."""

    statistic: Statistic
    window: Span
    signal: str = ""
    lower: Bound | None = None
    upper: Bound | None = None
    resolve_lower: Bound | None = None
    resolve_upper: Bound | None = None
    for_: Span = field(default="0s", name="for")
    keep_firing_for: Annotated[
        Span,
        Meta(description="How long all must have been well; without resolve bounds the window."),
    ] = ""
    minimum_events: Annotated[int, Meta(ge=1)] = 1


class NoDataSpec(Scope, frozen=True, kw_only=True):
    """How long a segment may be silent."""

    for_: Span = field(name="for")


class ReceiverSpec(Part, frozen=True, kw_only=True):
    """Where alerts go."""

    type: Literal["alertmanager", "apprise", "webhook", "slack", "pagerduty", "console"]
    description: Description = ""
    url: str = ""
    secret: str = ""
    severities: Annotated[list[Severity], Meta(min_length=1)] = field(
        default_factory=lambda: list(get_args(Severity))
    )
    labels: dict[Text, str] = field(default_factory=dict)
    send_resolved: bool = True


class ThresholdMonitorDocument(Part, frozen=True, kw_only=True):
    """A threshold monitor."""

    api_version: Literal["tidewatch/v1"]
    kind: Literal["ThresholdMonitor"]
    metadata: Metadata
    spec: ThresholdSpec


class NoDataMonitorDocument(Part, frozen=True, kw_only=True):
    """A monitor of silence."""

    api_version: Literal["tidewatch/v1"]
    kind: Literal["NoDataMonitor"]
    metadata: Metadata
    spec: NoDataSpec


class ReceiverDocument(Part, frozen=True, kw_only=True):
    """A receiver of alerts."""

    api_version: Literal["tidewatch/v1"]
    kind: Literal["Receiver"]
    metadata: Metadata
    spec: ReceiverSpec


OwnDocument = ThresholdMonitorDocument | NoDataMonitorDocument | ReceiverDocument
