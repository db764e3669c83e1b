"""An alert of every kind, as watch makes them, for the golden files."""

from typing import Any, get_args

import msgspec

from schemas.alerts import Alert, MonitorKind

_TOLD: dict[str, dict[str, Any]] = {
    "burn_rate": {
        "summary": "Answers of shop are not grounded: error budget burns 20 times too fast",
    },
    "threshold": {
        "summary": "shop: latency, 95th percentile is 9.2 s over 5 min, above 8 s",
        "unit": "s",
        "value": 9.2,
        "value_low": 8.4,
        "value_high": 10.1,
        "expected": 8.0,
        "bad_events": None,
    },
    "no_data": {
        "summary": "shop has sent no events for 10 min",
        "value": None,
        "value_low": None,
        "value_high": None,
        "expected": None,
        "events": 0,
        "bad_events": None,
        "users": None,
        "contributions": [],
        "examples": [],
    },
    "self": {
        "summary": "Tidewatch lags 3 min behind",
        "unit": "s",
        "value": 180.0,
        "value_low": None,
        "value_high": None,
        "expected": 60.0,
        "bad_events": None,
        "users": None,
        "contributions": [],
        "examples": [],
    },
    "drift": {
        "summary": "shop: prompt.words moved by 0.31 (PSI), noise 0.04",
        "value": 0.31,
        "value_low": None,
        "value_high": None,
        "expected": 0.04,
        "bad_events": None,
    },
    "comparison": {
        "summary": "shop: canary 1.1 fails more often than stable 1.0, by 2.1 to 4.0 points",
        "value": 0.031,
        "value_low": 0.021,
        "value_high": 0.04,
        "expected": 0.0,
    },
}


def alerts_by_kind(full: Alert) -> dict[str, Alert]:
    """``full`` as every kind of monitor there is tells it, firing, and one that is resolved."""
    found = {
        kind: msgspec.structs.replace(full, kind=kind, **_TOLD[kind])
        for kind in get_args(MonitorKind)
    }
    found["resolved"] = msgspec.structs.replace(
        full, state="resolved", resolved_at=full.fired_at, severity="ticket"
    )
    return found
