"""Alerts in any state, small."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.alerts import Alert, AlertState, fingerprint

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def make_alert(
    state: AlertState = "firing", *, monitor: str = "m", episode: int = 0, **fields: Any
) -> Alert:
    """An alert of a monitor's ``episode``."""
    started = START + timedelta(hours=episode)
    values: dict[str, Any] = {
        "fingerprint": fingerprint(monitor, {}),
        "monitor": monitor,
        "kind": "threshold",
        "severity": "page",
        "segment": {},
        "state": state,
        "started_at": started,
        "fired_at": None if state == "pending" else started,
        "resolved_at": started + timedelta(minutes=5) if state == "resolved" else None,
        "changed_at": started + timedelta(minutes={"resolved": 5}.get(state, 0)),
        "summary": f"{monitor} is {state}",
    }
    return Alert(**(values | fields))
