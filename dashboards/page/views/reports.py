"""Reports of the evidence of alerts: made when asked for, then pages of their own."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboards.page.context import PageContext
from dashboards.page.rendering import page, trouble
from dashboards.page.views.alerts import story_of, unknown_alert
from dashboards.page.work import ReportWanted, WorkProblem

PATIENCE_SECONDS = 0.2
_SHORTEST, _LONGEST = timedelta(minutes=5), timedelta(days=1)
_LONGEST_LEAD = timedelta(hours=1)
_SHORTEST_BEFORE, _LONGEST_BEFORE = timedelta(hours=1), timedelta(days=7)
# The report is a page that stands alone: its style is in it, nothing is loaded and nothing runs.
_PAGE = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
# Evidently's draws by scripts of its own: they get an origin of their own, and no network.
_EVIDENTLY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def report_of(story: dict[str, Any], now: datetime) -> ReportWanted | None:
    """The report that shows an alert's evidence; ``None`` where events cannot show it.

    From shortly before its begin (a twelfth of its window, as the short windows of burn rates: 5
    minutes to an hour) until it was resolved, a day at most; beside as long before that, but an
    hour at least.
    """
    if story["kind"] in {"self", "no_data"}:
        return None
    lead = timedelta(seconds=int(story["window_seconds"]) / 12)
    begin = story["started_at"] - min(max(lead, _SHORTEST), _LONGEST_LEAD)
    end = min(story["resolved_at"] or now, begin + _LONGEST)
    length = max(end - begin, _SHORTEST)
    before = min(max(length, _SHORTEST_BEFORE), _LONGEST_BEFORE)
    return ReportWanted(
        segment=dict(story["segment"]),
        reference_begin=begin - before,
        begin=begin,
        end=begin + length,
    )


async def alert_report(request: Request) -> Response:
    """Have the report of an alert made, and go there."""
    context: PageContext = request.app.state.context
    story = await story_of(request)
    if story is None:
        return unknown_alert(request)
    wanted = report_of(story, context.clock())
    if wanted is None:
        return trouble(
            request,
            "No report",
            "No event shows what this alert is about.",
            "It is about Tidewatch itself, or about events that did not come.",
            404,
        )
    name = context.reports.want(wanted)
    return RedirectResponse(f"/alerts/{request.path_params['fingerprint']}/reports/{name}/", 303)


async def report_page(request: Request) -> Response:
    """The report in plain words, or that it is being made."""
    context: PageContext = request.app.state.context
    try:
        file = await context.reports.page(
            request.path_params["report"], patience_seconds=PATIENCE_SECONDS
        )
    except KeyError:
        return RedirectResponse(f"/alerts/{request.path_params['fingerprint']}/report", 303)
    except WorkProblem as problem:
        return trouble(request, "The report", str(problem), problem.remedy, 503)
    if file is None:
        return page(request, "report.html", title="The report", here="/alerts", status=202)
    return _served(file, _PAGE)


async def report_evidently(request: Request) -> Response:
    """Evidently's report, which is beside the page in plain words."""
    context: PageContext = request.app.state.context
    file = context.reports.evidently(request.path_params["report"])
    if file is None:
        return RedirectResponse("./", 303)
    return _served(file, _EVIDENTLY)


def _served(file: Path, policy: str) -> Response:
    return HTMLResponse(
        file.read_text(encoding="utf-8"), headers={"Content-Security-Policy": policy}
    )
