"""Values of signals in the list of events, in the signal's own unit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboards.page.event_filter import EventFilter, FilterError
from dashboards.panels.query import Selection

SIGNALS = [
    {"name": name, "kind": "amount", "unit": unit, "column_name": name}
    for name, unit in (("coverage", "%"), ("score", "1"), ("latency", "s"))
]


def parameters(signal: str, value: str) -> dict[str, Any]:
    wanted = EventFilter.parse([("signal", signal), ("value", value)], SIGNALS)
    day = datetime(2026, 3, 1, tzinfo=UTC)
    return wanted.query(Selection(begin=day, end=day + timedelta(1)), limit=1).parameters


@pytest.mark.parametrize(
    ("signal", "text", "value"),
    [
        ("coverage", "50%", 50),
        ("coverage", "50", 50),
        ("score", "50%", 0.5),
        ("latency", "800ms", 0.8),
    ],
)
def test_a_value_is_in_the_unit_of_its_signal(signal: str, text: str, value: float) -> None:
    assert parameters(signal, text)["value"] == value


def test_what_does_not_fit_is_told() -> None:
    with pytest.raises(FilterError, match="is not a time"):
        parameters("latency", "50%")
