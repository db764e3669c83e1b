"""Who is to be told what."""

from typing import Literal

from msgspec import Struct

from schemas.alerts import Alert, AlertState, Severity
from schemas.deliveries import Delivery
from schemas.monitors.resolved import Receiver

_URGENCY: dict[Severity, int] = {"info": 0, "ticket": 1, "page": 2}


class Told(Struct, frozen=True):
    """What a receiver was last told about an alert."""

    transition_id: str
    state: AlertState
    severity: Severity


def told_by(delivery: Delivery) -> Told | None:
    """What the receiver knows after ``delivery``; ``None``: nothing yet."""
    if (
        delivery.told_transition_id is None
        or delivery.told_state is None
        or delivery.told_severity is None
    ):
        return None
    return Told(delivery.told_transition_id, delivery.told_state, delivery.told_severity)


def takes(receiver: Receiver, alert: Alert) -> bool:
    """Whether ``alert`` goes to ``receiver``: named by it, else by severity and labels.

    A label matches the alert's labels or, failing that, its segment.
    """
    if alert.receivers:
        return receiver.name in alert.receivers
    return alert.severity in receiver.severities and all(
        alert.labels.get(name, alert.segment.get(name)) == value
        for name, value in receiver.labels.items()
    )


def to_tell(receiver: Receiver, alert: Alert, told: Told | None) -> Literal["now", "again"] | None:
    """Whether ``receiver`` is to be told of ``alert`` now, again from time to time, or not at all.

    Pending alerts are never told. A firing one is told once, and once more when its severity rises.
    A resolved one is told to whoever was told that it fires, even if it would go to others by now.
    """
    match alert.state:
        case "pending":
            return None
        case "resolved":
            told_firing = told is not None and told.state == "firing"
            return "now" if told_firing and receiver.send_resolved else None
        case "firing":
            if not takes(receiver, alert):
                return None
            if told is None or not told.transition_id.startswith(f"{alert.episode_id}-"):
                return "now"
            if told.state == "resolved":
                # A replay of what came before the end that the receiver knows of.
                return None
            return "now" if _URGENCY[alert.severity] > _URGENCY[told.severity] else "again"
