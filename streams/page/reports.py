"""Reports for the page: made when asked for, the newest kept in a temporary folder."""

import asyncio
import hashlib
import shutil
import tempfile
from pathlib import Path

import msgspec

from dashboards.page.work import ReportWanted
from streams.page.job_requests import ReportFiles, ReportRequest
from streams.page.jobs import Jobs, addressed
from streams.settings import ClickHouseSettings

MOST_REPORTS = 10
"""A report takes about 5 MB."""


class AlertReports:
    """Has reports made and keeps the newest until the process ends. For one event loop."""

    def __init__(self, jobs: Jobs, clickhouse: ClickHouseSettings) -> None:
        self._jobs = jobs
        self._clickhouse = clickhouse
        self._files: tempfile.TemporaryDirectory[str] | None = None
        self._tasks: dict[str, asyncio.Task[ReportFiles]] = {}

    def want(self, wanted: ReportWanted) -> str:
        """Have a report made, unless it is there or under way; gives its name."""
        text = msgspec.json.encode(wanted, order="deterministic")
        name = hashlib.blake2b(text, digest_size=8).hexdigest()
        task = self._tasks.get(name)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            while len(self._tasks) >= MOST_REPORTS:
                self._drop(next(iter(self._tasks)))
            request = ReportRequest(
                clickhouse=addressed(self._clickhouse),
                wanted=wanted,
                out=str(self._folder / name),
            )
            work = self._jobs.run("streams.page.report_job", request, ReportFiles)
            task = self._tasks[name] = asyncio.create_task(work)
            # What went wrong is told to who asks; nobody need ask.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return name

    async def page(self, name: str, *, patience_seconds: float) -> Path | None:
        """The report in plain words; ``None`` while it is being made.

        Raises ``KeyError`` where there is none of that name, and ``WorkProblem``.
        """
        task = self._tasks[name]
        await asyncio.wait([task], timeout=patience_seconds)
        return self._folder / name / task.result().page if task.done() else None

    def evidently(self, name: str) -> Path | None:
        """Evidently's report beside it; ``None`` where there is none."""
        task = self._tasks.get(name)
        if task is None or not task.done() or task.cancelled() or task.exception():
            return None
        file = task.result().evidently
        return self._folder / name / file if file else None

    @property
    def _folder(self) -> Path:
        if self._files is None:
            self._files = tempfile.TemporaryDirectory(prefix="tidewatch-reports-")
        return Path(self._files.name)

    def _drop(self, name: str) -> None:
        self._tasks.pop(name).cancel()
        shutil.rmtree(self._folder / name, ignore_errors=True)
