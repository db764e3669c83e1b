"""Edited monitors tried over the past, for the page."""

from collections.abc import Collection, Mapping
from datetime import datetime

from dashboards.page.work import Trial
from schemas.signals import Signal
from streams.page.job_requests import TrialRequest
from streams.page.jobs import Jobs, addressed
from streams.settings import ClickHouseSettings


class MonitorTrials:
    """Tries monitors over the windows that ClickHouse has of the past."""

    def __init__(self, jobs: Jobs, clickhouse: ClickHouseSettings) -> None:
        self._jobs = jobs
        self._clickhouse = clickhouse

    async def run(
        self,
        documents: Mapping[str, str],
        file: str,
        signals: Collection[Signal],
        begin: datetime,
        end: datetime,
    ) -> Trial:
        """What the monitors of one of the documents would have done. Raises ``WorkProblem``."""
        request = TrialRequest(
            clickhouse=addressed(self._clickhouse),
            documents=dict(documents),
            file=file,
            signals=list(signals),
            begin=int(begin.timestamp()),
            end=int(end.timestamp()),
        )
        return await self._jobs.run("streams.page.trial_job", request, Trial)
