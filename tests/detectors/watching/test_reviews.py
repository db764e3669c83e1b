"""A monitor whose day of review is over says so, once, until it has a new one."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from schemas.monitors.review import Review

DAY = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp())


def test_a_day_that_passes(make: Any) -> None:
    review = Review(name="rules", owner="safety", by=date(2026, 6, 30))
    rule = make.threshold(statistic="count", signal="", window_seconds=60, upper=1e9)
    due = msgspec.structs.replace(rule, review=review)
    run = make.run(due, msgspec.structs.replace(due, name="other"))
    run.apply(make.batch([make.pane(DAY - 60, good=1)], until=DAY - 1))
    assert run.alerts == []
    run.apply(make.batch([make.pane(DAY, good=1)], until=DAY + 60))
    (alert,) = run.alerts
    assert (alert.kind, alert.severity, alert.state) == ("self", "info", "firing")
    assert (alert.monitor, alert.labels) == ("rules.review", {"owner": "safety"})
    assert alert.summary == "rules was to be looked at by 2026-06-30: it goes on as it is"
    assert alert.started_at.timestamp() == DAY
    run.restart()
    run.apply(make.batch(until=DAY + 120))
    assert len(run.alerts) == 1
    later = Review(name="rules", owner="safety", by=date(2027, 6, 30))
    run.restart(msgspec.structs.replace(rule, review=later))
    run.apply(make.batch(until=DAY + 180))
    assert run.states == ["firing", "resolved"]
