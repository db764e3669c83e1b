"""Tidewatch watching itself: panes that stop coming are an alert, not silence."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from detectors.watching.wording import duration
from schemas.alerts import Alert, fingerprint

MONITOR = "tidewatch-stalled"

TELLER = 0
"""The partition whose owner tells for all: whatever stops the panes stops every partition's."""


class StallMonitor:
    """Fires when evaluated event time lags behind the clock; one alert, whatever lags.

    It goes by the clock, since event time has stopped. Only the worker that has the partition
    ``TELLER`` asks it; the next one takes the alert over through ``restore``.

    Parameters
    ----------
    stall_seconds
        How far evaluation may lag.
    partitions
        How many partitions the panes have.
    """

    def __init__(self, stall_seconds: float, partitions: int) -> None:
        self._stall_seconds = stall_seconds
        self._partitions = partitions
        self._firing: Alert | None = None
        self.restored = False
        """Whether it knows what was told before."""

    def restore(self, alert: Alert | None) -> None:
        """Go on with what was told before: the alert, if one is firing."""
        self._firing, self.restored = alert, True

    def forget(self) -> None:
        """Another worker tells now."""
        self._firing, self.restored = None, False

    def check(
        self, evaluated_until: Mapping[int, int], behind: Collection[int], now: float
    ) -> Alert | None:
        """The transition at ``now`` (epoch seconds), if any.

        ``evaluated_until`` says how far each partition here is evaluated; ``behind`` are those
        elsewhere that lag.
        """
        lagging = {p: u for p, u in evaluated_until.items() if now - u > self._stall_seconds}
        firing, stalled = self._firing, sorted({*lagging, *behind})
        if bool(stalled) == (firing is not None):
            return None
        if firing is not None:
            self._firing = None
            return _resolved(firing, now)
        since = min(lagging.values(), default=now - self._stall_seconds)
        self._firing = self._alert(stalled, since, now)
        return self._firing

    def _alert(self, stalled: list[int], since: float, now: float) -> Alert:
        moment = datetime.fromtimestamp(now, UTC)
        told = f"Tidewatch is {duration(now - since)} behind"
        if len(stalled) == self._partitions:
            told += ": its monitors are blind"
        else:
            numbers = ", ".join(map(str, stalled))
            told += (
                f" on {len(stalled)} of {self._partitions} partitions of its panes ({numbers}): "
                "monitors of the applications in them are blind"
            )
        return Alert(
            fingerprint=fingerprint(MONITOR, {}),
            monitor=MONITOR,
            kind="self",
            severity="page",
            segment={},
            state="firing",
            started_at=datetime.fromtimestamp(since, UTC),
            changed_at=moment,
            fired_at=moment,
            summary=told,
            description="Score is stopped, behind or waiting for ClickHouse, or watch cannot keep "
            "up, or Kafka is away: `tidewatch doctor` says which. More partitions that fall behind "
            "are this same alert; it resolves when all are evaluated again.",
            value=now - since,
            expected=self._stall_seconds,
            unit="s",
        )


def _resolved(alert: Alert, now: float) -> Alert:
    moment = datetime.fromtimestamp(now, UTC)
    return replace(
        alert,
        state="resolved",
        changed_at=moment,
        resolved_at=moment,
        summary="All partitions of the panes are evaluated again, after "
        + duration(now - alert.started_at.timestamp()),
    )
