"""The report of an alert's evidence: a job of the page."""

from datetime import UTC, datetime
from pathlib import Path

from streams.page.job_requests import ReportFiles, ReportRequest
from streams.page.jobs import serve
from streams.reports.events import StoredEvents
from streams.reports.make import Side, make_report
from streams.settings import ClickHouseSettings
from streams.store.errors import StoreError
from streams.store.setup import connect_by


def write_report(request: ReportRequest) -> ReportFiles:
    """Write the report of everything that moved in the segment.

    Raises ``StoreError`` when ClickHouse cannot answer, ``ValueError`` where it does not know the
    segment.
    """
    wanted, segment = request.wanted, request.wanted.segment
    client = connect_by(ClickHouseSettings(**request.clickhouse))
    made = make_report(
        "drift",
        StoredEvents(client),
        segment=segment,
        reference=Side(
            name="Before", segment=segment, begin=wanted.reference_begin, end=wanted.begin
        ),
        current=Side(name="The alert", segment=segment, begin=wanted.begin, end=wanted.end),
        out=Path(request.out),
        now=datetime.now(UTC),
    )
    return ReportFiles(page=made.page.name, evidently=made.evidently.name if made.evidently else "")


if __name__ == "__main__":
    serve(
        ReportRequest,
        write_report,
        (StoreError, ValueError),
        "See whether ClickHouse runs (`tidewatch doctor`), then ask for the report again.",
    )
