"""Panes of one source, applied without Kafka."""

from datetime import UTC, datetime
from typing import Any

from detectors.watching.offline import apply_panes
from schemas.changes import Change

T0 = 2_000_000


def test_same_as_a_batch_from_kafka(make: Any) -> None:
    monitors = (make.threshold(signal="latency", statistic="max", window_seconds=10, upper=5),)
    told, offline = make.run(*monitors), make.run(*monitors)
    change = Change(
        change_id="c", time=datetime.fromtimestamp(T0, UTC), kind="release", segment=make.shop
    )
    told.changes = [change]
    for start in range(0, 100, 10):
        panes = [make.pane(T0 + start, latencies=[9.0 if 20 <= start < 60 else 1.0])]
        until = float(T0 + start + 10)
        told.apply(make.batch(panes, until=until), told_at=until)
        offline.tell(apply_panes(offline.watcher, panes, until, pane_seconds=1, changes=[change]))
    assert [alert.state for alert in offline.alerts] == ["firing", "resolved"]
    assert offline.alerts == told.alerts
    assert make.contents(offline.windows) == make.contents(told.windows)
