"""An alert of every kind, as watch makes them, for the golden files."""

from typing import get_args

import msgspec

from schemas.alerts import Alert, MonitorKind

_WORDS = {
    "burn_rate": ("Answers of shop are not grounded: error budget burns 20 times too fast", "1"),
    "threshold": ("shop: latency, 95th percentile is 9.2 s over 5 min, above 8 s", "s"),
    "no_data": ("shop has sent no events for 10 min", "1"),
    "self": ("Tidewatch lags 3 min behind", "s"),
    "drift": ("shop: prompt.words moved by 0.31 (PSI), noise 0.04", "1"),
    "comparison": ("shop: canary 1.1 fails more often than stable 1.0, by 2.1 to 4.0 points", "1"),
}


def alerts_by_kind(full: Alert) -> dict[str, Alert]:
    """``full`` as every kind of monitor there is tells it, firing, and one that is resolved."""
    found = {
        kind: msgspec.structs.replace(
            full,
            kind=kind,
            summary=_WORDS.get(kind, (f"shop: {kind}", "1"))[0],
            unit=_WORDS.get(kind, ("", "1"))[1],
            **({"value": None, "expected": None} if kind == "no_data" else {}),
        )
        for kind in get_args(MonitorKind)
    }
    found["resolved"] = msgspec.structs.replace(
        full, state="resolved", resolved_at=full.fired_at, severity="ticket"
    )
    return found
