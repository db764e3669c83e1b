"""A page in two pieces: what is known at once is painted while the rest is asked for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dashboards.page.context import PageContext, StoreProblem
from dashboards.page.rendering import MAIN, page, trouble

log = structlog.get_logger(__name__)

_REST = b"<!-- the rest"
View = Callable[[Request], Coroutine[Any, Any, Response]]
_ASKING = "Asking ClickHouse …"


def early(view: View, title: str, *, here: str = "", words: str = _ASKING) -> View:
    """The view, painted within the first paint's time: see :func:`in_two`."""

    async def shown(request: Request) -> Response:
        return await in_two(request, view(request), title=title, here=here, words=words)

    return shown


async def in_two(
    request: Request,
    making: Coroutine[Any, Any, Response],
    *,
    title: str,
    here: str = "",
    words: str = _ASKING,
) -> Response:
    """The page that is being made: whole where it is there within the first paint's time.

    Otherwise its head is sent with ``title`` and ``words``, and its content as soon as it is
    there, in the same answer: no script is needed. What goes wrong by then is told in the page,
    whose status is 200 already.
    """
    context: PageContext = request.app.state.context
    task = asyncio.create_task(making)
    await asyncio.wait([task], timeout=context.first_paint_seconds)
    if task.done():
        return task.result()
    return StreamingResponse(
        _pieces(request, task, title, here, words), media_type="text/html; charset=utf-8"
    )


async def _pieces(
    request: Request, task: asyncio.Task[Response], title: str, here: str, words: str
) -> AsyncIterator[bytes]:
    try:
        waiting = page(request, "waiting.html", title=title, here=here, words=words)
        yield bytes(waiting.body).partition(_REST)[0]
        yield bytes((await _answer(request, task)).body).partition(MAIN)[2]
    finally:
        # Who asked has gone: nobody needs the rest.
        task.cancel()


async def _answer(request: Request, task: asyncio.Task[Response]) -> Response:
    try:
        return await task
    except StoreProblem as problem:
        return trouble(request, "Not to be had now", str(problem), problem.remedy, 503)
    except HTTPException as error:
        return trouble(request, "Not found", error.detail, "Go back and try something else.", 400)
    except Exception:
        log.exception("page_failed", path=request.url.path)
        remedy = "A mistake in Tidewatch: the log of `tidewatch page` has the details."
        return trouble(request, "This cannot be shown", "It could not be made.", remedy, 500)
