"""Alerts: what is wrong, since when, how bad, for whom, and why perhaps."""

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct

from schemas.changes import Change
from schemas.decoding import bounded
from schemas.events import Instant
from schemas.segments import Segment, segment_key

SCHEMA_VERSION = 1

USERS_SECONDS = 3600
"""Users of an alert are counted over its window, and so far back at most."""

AlertState = Literal["pending", "firing", "resolved"]
Severity = Literal["page", "ticket", "info"]
MonitorKind = Literal["burn_rate", "threshold", "no_data", "drift", "comparison", "self"]


class Contribution(Struct, frozen=True, kw_only=True):
    """How much one sub-segment contributes to what the alert measures (``share`` of 1)."""

    segment: Segment
    share: float
    value: float
    events: int


class AlertExample(Struct, frozen=True, kw_only=True):
    """An event that shows the problem, its texts shortened and redacted."""

    event_id: str
    time: Instant
    prompt_excerpt: str = ""
    response_excerpt: str = ""


class Alert(Struct, frozen=True, kw_only=True):
    """One alert at one moment. Every transition of state is one message.

    Identity is ``fingerprint`` (monitor and segment); one episode of it, from pending or firing
    to resolved, is ``fingerprint`` with ``started_at``. ``value`` is what was measured, with its
    95 % interval where one is known, and ``expected`` what it was held against, both in ``unit``
    (UCUM; a share of 0 to 1 is in ``{share}``, a difference of two shares in percentage points,
    ``{point}``).
    """

    fingerprint: str
    monitor: str
    kind: MonitorKind
    severity: Severity
    segment: Segment
    state: AlertState
    started_at: Instant
    changed_at: Instant
    summary: str
    fired_at: Instant | None = None
    resolved_at: Instant | None = None
    description: str = ""
    value: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    expected: float | None = None
    unit: str = "1"
    window_seconds: int = 0
    events: int = 0
    bad_events: int | None = None
    users: int | None = None
    contributions: list[Contribution] = []
    changes: list[Change] = []
    examples: list[AlertExample] = []
    labels: dict[str, str] = {}
    receivers: list[str] = []
    runbook_url: str = ""
    dashboard_url: str = ""
    evidence_condition: str = ""
    evidence_sql: str = ""
    schema_version: int = SCHEMA_VERSION

    @property
    def episode_id(self) -> str:
        """The identity of this episode of the alert, from pending or firing to resolved."""
        return f"{self.fingerprint}-{int(self.started_at.timestamp() * 1000)}"

    @property
    def transition_id(self) -> str:
        """The identity of this transition, a change of severity included: replays make the same."""
        changed = int(self.changed_at.timestamp() * 1000)
        return f"{self.episode_id}-{changed}-{self.state}-{self.severity}"


def fingerprint(monitor: str, segment: Segment) -> str:
    """The alert's identity: 16 hexadecimal digits of monitor and segment, nothing that changes."""
    text = f"{monitor}\x00{segment_key(segment)}".encode()
    return hashlib.blake2b(text, digest_size=8).hexdigest()


encode_alert = msgspec.json.Encoder().encode
decode_alert = bounded(msgspec.json.Decoder(Alert).decode)
