"""What the page asks of its jobs: the jobs' own modules bring seconds of imports."""

from typing import Any

from msgspec import Struct

from dashboards.page.work import ReportWanted
from schemas.signals import Signal


class ReportRequest(Struct, frozen=True, kw_only=True):
    """A report and the folder for its files."""

    clickhouse: dict[str, Any]
    wanted: ReportWanted
    out: str


class ReportFiles(Struct, frozen=True, kw_only=True):
    """Names of the files that were written; ``evidently`` is empty without enough events."""

    page: str
    evidently: str


class TrialRequest(Struct, frozen=True, kw_only=True):
    """Documents by file, and which of them is tried from ``begin`` to ``end`` (epoch seconds)."""

    clickhouse: dict[str, Any]
    documents: dict[str, str]
    file: str
    signals: list[Signal]
    begin: int
    end: int
