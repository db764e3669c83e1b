"""Pages made of declared panels, live."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from dashboards.page import live
from dashboards.page.boards import BOARDS, Board
from dashboards.page.choices import Choice, Choices
from dashboards.page.chosen import Chosen, ChosenError, parse_chosen
from dashboards.page.context import PageContext, StoreProblem
from dashboards.page.hub import Feed, Fragment, Hub, Part
from dashboards.page.panel_answer import answered
from dashboards.page.panel_view import PanelView, failed, loading
from dashboards.page.rendering import page, render, trouble
from dashboards.panels.panel import Panel
from dashboards.panels.query import bind


async def board_page(request: Request, board: Board) -> Response:
    """The page: what is known within the first paint's time, the rest as being asked for."""
    context: PageContext = request.app.state.context
    dashboard = board.dashboard
    try:
        chosen = _chosen(request, board)
    except ChosenError as error:
        remedy = "Choose again from the overview."
        return trouble(request, dashboard.title, str(error), remedy, 400)
    chosen, choices = await _choices(request, board, chosen)
    feed = _feed(request, board, chosen)
    await feed.complete(context.first_paint_seconds)
    fragments = {
        panel.id: feed.fragments.get(panel.id) or Fragment(part_html(loading(panel)), "")
        for panel in dashboard.panels
    }
    return page(
        request,
        "board.html",
        title=dashboard.title,
        here=board.path,
        lead=dashboard.description,
        problem=feed.problem,
        chosen=chosen,
        choices=choices,
        sections=dashboard.rows,
        fragments=fragments,
        live_path=f"/live/{board.id}?{chosen.query()}",
    )


async def board_live(request: Request) -> Response:
    """What changes on a page: server-sent events."""
    board = next((b for b in BOARDS if b.id == request.path_params["board"]), None)
    if board is None:
        return PlainTextResponse("There is no such page.\n", 404)
    try:
        chosen = _chosen(request, board)
    except ChosenError as error:
        return PlainTextResponse(f"{error}\n", 400)
    chosen, _ = await _choices(request, board, chosen)
    shown = request.query_params.get("shown", "").split(",")
    return StreamingResponse(
        live.stream(
            _feed(request, board, chosen),
            known=dict(part.partition(":")[::2] for part in shown),
        ),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )


async def panel_answer(context: PageContext, panel: Panel, chosen: Chosen) -> PanelView:
    """A panel with its answer. Raises :class:`StoreProblem`."""
    try:
        bound = bind(panel.sql, chosen.selection(context.clock()))
    except ValueError as error:
        return failed(panel, str(error), "Choose it above.")
    rows = await context.store.query(bound.sql, bound.parameters)
    return answered(panel, rows, links(chosen))


def part_html(view: PanelView) -> str:
    """The HTML inside a panel."""
    return render("part.html", view=view).strip()


def links(chosen: Chosen) -> Mapping[str, str]:
    """Where drills lead: an address with ``{}`` for the quoted value."""
    stretch = replace(chosen, values={}).query()
    return {
        "application": f"/?{stretch}&application={{}}",
        "segment": f"/segment?{stretch}&segment={{}}",
        "events": f"/events?{stretch}&segment={{}}",
        "event": "/events/{}",
        "alert": "/alerts/{}",
    }


def _feed(request: Request, board: Board, chosen: Chosen) -> Feed:
    """The shared loop of queries for a page and choice."""
    context: PageContext = request.app.state.context
    hub: Hub = request.app.state.hub
    parts = [_part(context, panel, chosen) for panel in board.dashboard.panels]
    return hub.feed(f"{board.id}?{chosen.query()}", parts, live=chosen.live)


def _part(context: PageContext, panel: Panel, chosen: Chosen) -> Part:
    async def answer() -> str:
        return part_html(await panel_answer(context, panel, chosen))

    def excuse(problem: StoreProblem) -> str:
        return part_html(failed(panel, str(problem), problem.remedy))

    return Part(panel.id, answer, excuse)


def _chosen(request: Request, board: Board) -> Chosen:
    names = [variable.name for variable in board.dashboard.variables]
    return parse_chosen(request.query_params.multi_items(), names, default_range=board.range)


async def _choices(request: Request, board: Board, chosen: Chosen) -> tuple[Chosen, list[Choice]]:
    """What can be chosen; variables that need exactly one value have one in the result."""
    context: PageContext = request.app.state.context
    asked: Choices = request.app.state.choices
    choices = await asked.all(
        board.dashboard.variables,
        chosen,
        chosen.selection(context.clock()),
        patience_seconds=context.first_paint_seconds / 2,
    )
    single = {c.name: tuple(c.chosen) for c in choices if not c.several and c.chosen}
    return replace(chosen, values={**chosen.values, **single}), choices
