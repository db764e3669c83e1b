"""Deliveries: what became of telling a receiver about an alert."""

from typing import Literal

import msgspec
from msgspec import Struct

from schemas.alerts import AlertState, Severity
from schemas.decoding import bounded
from schemas.events import Instant

SCHEMA_VERSION = 1

DeliveryOutcome = Literal["delivered", "retrying", "given_up"]


class Delivery(Struct, frozen=True, kw_only=True):
    """The outcome of one attempt to tell ``receiver`` about one transition of an alert.

    ``retrying`` is tried again for as long as the alert is as it was; ``given_up`` means that the
    receiver refused it for good. ``attempts`` counts the tries of this transition by one process,
    and ``error`` says why this one failed.

    The topic keeps only the last delivery of a key, so each one also carries what the receiver was
    last told with success: ``told_transition_id``, ``told_state`` and ``told_severity``, ``None``
    when it was told nothing yet.
    """

    fingerprint: str
    receiver: str
    transition_id: str
    state: AlertState
    severity: Severity
    time: Instant
    outcome: DeliveryOutcome
    attempts: int
    error: str = ""
    told_transition_id: str | None = None
    told_state: AlertState | None = None
    told_severity: Severity | None = None
    schema_version: int = SCHEMA_VERSION

    @property
    def key(self) -> str:
        """The delivery's key on its topic."""
        return f"{self.fingerprint}|{self.receiver}"


encode_delivery = msgspec.json.Encoder().encode
decode_delivery = bounded(msgspec.json.Decoder(Delivery).decode)
