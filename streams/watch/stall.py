"""Tidewatch watching itself: panes that stop coming are an alert, not silence."""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from detectors.watching.wording import duration
from schemas.alerts import Alert, fingerprint

MONITOR = "tidewatch-stalled"


class StallMonitor:
    """Fires when evaluated event time lags behind the clock; one alert a partition.

    It goes by the clock, since event time has stopped. An alert that a dead worker left firing is
    resolved by the partition's next owner through ``restore``.

    Parameters
    ----------
    stall_seconds
        How far evaluation may lag.
    """

    def __init__(self, stall_seconds: float) -> None:
        self._stall_seconds = stall_seconds
        self._firing: dict[int, Alert | None] = {}

    def knows(self, partition: int) -> bool:
        """Whether the partition's alert has been restored."""
        return partition in self._firing

    def restore(self, partition: int, alert: Alert | None) -> None:
        """Take over a partition, with its alert if one is firing."""
        self._firing[partition] = alert

    def check(self, evaluated_until: Mapping[int, int], now: float) -> list[Alert]:
        """Transitions at ``now`` (epoch seconds), given how far each partition is evaluated."""
        transitions = []
        for partition, until in sorted(evaluated_until.items()):
            lag = now - until
            firing = self._firing.get(partition)
            if firing is None and lag > self._stall_seconds:
                self._firing[partition] = alert = self._alert(partition, until, lag, now)
                transitions.append(alert)
            elif firing is not None and lag <= self._stall_seconds:
                self._firing[partition] = None
                transitions.append(_resolved(firing, now))
        return transitions

    def forget(self, partition: int) -> None:
        """Another worker has the partition now."""
        self._firing.pop(partition, None)

    def _alert(self, partition: int, until: int, lag: float, now: float) -> Alert:
        since = datetime.fromtimestamp(until, UTC)
        moment = datetime.fromtimestamp(now, UTC)
        return Alert(
            fingerprint=fingerprint(f"{MONITOR}-{partition}", {}),
            monitor=MONITOR,
            kind="self",
            severity="page",
            segment={},
            state="firing",
            started_at=since,
            changed_at=moment,
            fired_at=moment,
            summary=(
                f"Tidewatch is {duration(lag)} behind on partition {partition} of its panes: "
                "monitors on it are blind"
            ),
            description="Either score is stopped, behind or waiting for ClickHouse, or Kafka is "
            "away. `tidewatch doctor` says which.",
            value=lag,
            expected=self._stall_seconds,
            unit="s",
            labels={"partition": str(partition)},
        )


def _resolved(alert: Alert, now: float) -> Alert:
    moment = datetime.fromtimestamp(now, UTC)
    return replace(
        alert,
        state="resolved",
        changed_at=moment,
        resolved_at=moment,
        summary=f"Partition {alert.labels['partition']} of the panes is evaluated again",
    )
