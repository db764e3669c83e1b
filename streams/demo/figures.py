"""Figures of the demonstration, read from ClickHouse as an analyst would."""

from math import isnan
from typing import NamedTuple

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from schemas.monitors.resolved import BurnRateMonitor, MonitorSet
from streams.demo.feed import RESOLUTION_SECONDS

_APPLICATIONS = """
WITH (
    SELECT max(start) FROM windows
    WHERE resolution_seconds = {resolution:UInt32} AND segmentation = '' AND signal = ''
) AS newest
SELECT
    segment['service_name'] AS service,
    sumIf(events, signal = '') AS requests,
    anyIf(rate, signal = 'error') AS errors,
    anyIf(p95, signal = 'latency') AS latency,
    anyIf(sum, signal = 'cost') AS cost,
    anyIf(rate, signal = 'response.refusal') AS refusals,
    anyIf(1 - rate, signal = {objective:String}) AS bad
FROM windows
WHERE resolution_seconds = {resolution:UInt32} AND segmentation = 'service_name' AND start = newest
    AND signal IN ('', 'error', 'latency', 'cost', 'response.refusal', {objective:String})
GROUP BY service
ORDER BY service
"""

_EVENTS = """
SELECT count(), uniqExact(event_id), quantileIf(0.95)(
    dateDiff('millisecond', time, scored_at) / 1000, scored_at > now() - 30
) FROM events
"""

_WINDOWS = """
SELECT sum(events) FROM windows
WHERE resolution_seconds = {resolution:UInt32} AND segmentation = '' AND signal = ''
"""

_DEAD_LETTERS = "SELECT reason, count() FROM dead_letters GROUP BY reason ORDER BY reason"


class ApplicationRow(NamedTuple):
    """An application in the newest closed window; shares lie in 0..1, ``cost`` in US dollars.

    ``burn`` is how many times too fast its error budget burns.
    """

    service: str
    requests_per_second: float
    errors: float | None
    latency_p95: float | None
    cost_per_hour: float
    refusals: float | None
    burn: float | None


class Counts(NamedTuple):
    """What ClickHouse holds: rows and distinct events, events in windows, dead letters by reason.

    ``delay`` is the 95 % quantile of the seconds from an event's time until it was scored.
    """

    rows: int
    events: int
    in_windows: int
    dead_letters: dict[str, int]
    delay: float | None


class Figures:
    """Asks ClickHouse. ``monitors`` give the objective whose budget is shown."""

    def __init__(self, client: Client, monitors: MonitorSet) -> None:
        self._client = client
        objective = next(m for m in monitors.monitors if isinstance(m, BurnRateMonitor))
        self._budget = 1 - objective.target
        self._parameters = {
            "resolution": RESOLUTION_SECONDS,
            "objective": objective.indicator.signal.name,
        }

    def applications(self) -> list[ApplicationRow]:
        """All applications; empty before the first window has closed, or while it cannot answer."""
        try:
            rows = self._client.query(_APPLICATIONS, parameters=self._parameters).result_rows
        except (ClickHouseError, OSError):
            return []
        return [
            ApplicationRow(
                service=service,
                requests_per_second=requests / RESOLUTION_SECONDS,
                errors=errors,
                latency_p95=latency,
                cost_per_hour=(cost or 0.0) * 3600 / RESOLUTION_SECONDS,
                refusals=refusals,
                burn=None if bad is None else bad / self._budget,
            )
            for service, requests, errors, latency, cost, refusals, bad in rows
        ]

    def counts(self) -> Counts | None:
        """What has arrived; ``None`` while ClickHouse cannot answer."""
        try:
            rows, events, delay = self._client.query(_EVENTS).result_rows[0]
            windows = self._client.query(_WINDOWS, parameters=self._parameters).result_rows[0][0]
            refused = self._client.query(_DEAD_LETTERS).result_rows
        except (ClickHouseError, OSError):
            return None
        known = delay is not None and not isnan(delay)
        return Counts(
            rows,
            events,
            int(windows or 0),
            {str(reason): int(count) for reason, count in refused},
            delay if known else None,
        )
