"""The page put together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from dashboards.page.boards import BOARDS, Board
from dashboards.page.choices import Choices
from dashboards.page.context import PageContext, StoreProblem
from dashboards.page.early import early, in_two
from dashboards.page.hub import Hub
from dashboards.page.rendering import STATIC, trouble
from dashboards.page.security import Security
from dashboards.page.signals import Signals, running_monitors
from dashboards.page.views import alerts, boards, dead_letters, events, monitors, reports, sign_in


class _KeptFiles(StaticFiles):
    """Static files whose address changes with what they hold."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(context: PageContext, *, more_routes: list[BaseRoute] | None = None) -> Starlette:
    """The page as an ASGI application.

    Parameters
    ----------
    context
        What it shows, and how.
    more_routes
        Served beside it, such as metrics.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # Read once now: whoever opens an alert first does not wait for it.
        reading = asyncio.create_task(running_monitors(context, app.state.signals))
        yield
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await app.state.hub.close()

    app = Starlette(
        routes=[
            *(Route(board.path, _board(board)) for board in BOARDS),
            Route("/live/{board}", boards.board_live),
            Route("/alerts", early(alerts.alerts_page, "Alerts")),
            Route("/alerts/{fingerprint}", early(alerts.alert_page, "Alert", here="/alerts")),
            Route("/alerts/{fingerprint}/report", reports.alert_report),
            Route("/alerts/{fingerprint}/reports/{report}/", reports.report_page),
            Route(
                "/alerts/{fingerprint}/reports/{report}/drift-evidently.html",
                reports.report_evidently,
            ),
            Route("/events", early(events.events_page, "Events")),
            Route("/events/{event_id:path}", early(events.event_page, "Event", here="/events")),
            Route("/dead-letters", early(dead_letters.dead_letters_page, "Dead letters")),
            Route("/monitors", monitors.monitors_page, methods=["GET", "POST"]),
            Route("/sign-in", sign_in.sign_in_page, methods=["GET", "POST"]),
            Route("/health/live", _well),
            Route("/health/ready", _well),
            Mount("/static", _KeptFiles(directory=STATIC)),
            *(more_routes or []),
        ],
        middleware=[
            Middleware(Security, token=context.token, proxy=context.proxy, hosts=context.hosts)
        ],
        exception_handlers={StoreProblem: _store_problem, HTTPException: _http_problem},
        lifespan=lifespan,
    )
    app.state.context = context
    app.state.hub = Hub(context.refresh_seconds)
    app.state.choices = Choices(context.store)
    app.state.signals = Signals(context.store)
    return app


def _board(board: Board) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        page = boards.board_page(request, board)
        return await in_two(request, page, title=board.dashboard.title)

    return show


async def _well(_: Request) -> Response:
    return JSONResponse({"ok": True, "problem": ""})


async def _store_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, StoreProblem):
        raise error
    return trouble(request, "Not to be had now", str(error), error.remedy, 503)


async def _http_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 404:
        what, remedy = "There is nothing at this address.", "Find it from the pages above."
    else:
        what, remedy = error.detail, "Go back and try something else."
    return trouble(request, "Not found", what, remedy, error.status_code)
