"""The document of a drift monitor, under ``apiVersion: tidewatch/v1``."""

from typing import Annotated, Literal

from msgspec import Meta, field

from schemas.changes import ChangeKind
from schemas.monitors.openslo import Metadata, Part
from schemas.monitors.openslo_texts import DnsLabel
from schemas.monitors.own_kinds import Bound, Scope, Span
from schemas.monitors.resolved import DriftMethod


class DriftReference(Part, frozen=True, kw_only=True):
    """What the present is held against: the stretch before it, or a file.

    With ``release``, the stretch of that service version instead of the segment's own.
    ``restartsAfter`` names kinds of change that begin a new reference: what was before them is no
    part of it. With ``whenThin: parent`` a segment whose own stretch is too short is held against
    that of the nearest segment which it is a part of.
    """

    trailing: Span = ""
    file: str = ""
    release: str = ""
    restarts_after: tuple[ChangeKind, ...] = ()
    when_thin: Literal["", "parent"] = ""


class DriftSpec(Scope, frozen=True, kw_only=True):
    """How signals may differ from a reference."""

    signals: Annotated[
        list[str], Meta(min_length=1, description="Names of signals; '*' for all of them.")
    ]
    reference: DriftReference
    windows: Annotated[list[Span], Meta(min_length=1, max_length=8)]
    method: DriftMethod = "shift"
    interval: Span = ""
    false_alarms: Annotated[
        str, Meta(description="How many false alarms are borne, as in 1 per 30d.")
    ] = "1 per 30d"
    minimum_effect: Bound = 0.05
    minimum_events: Annotated[int, Meta(ge=1)] = 100
    family: Annotated[
        DnsLabel | Literal[""],
        Meta(description="Monitors of one name bear their false alarms together."),
    ] = ""
    strata: str = ""
    season: Span = field(default="1d")


class DriftMonitorDocument(Part, frozen=True, kw_only=True):
    """A drift monitor."""

    api_version: Literal["tidewatch/v1"]
    kind: Literal["DriftMonitor"]
    metadata: Metadata
    spec: DriftSpec
