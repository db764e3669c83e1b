"""Signing in with the token, where one is set."""

import hmac
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.page.context import PageContext
from dashboards.page.forms import form_of
from dashboards.page.rendering import page
from dashboards.page.security import COOKIE, local_path, proof

_WEEK = 7 * 86400


async def sign_in_page(request: Request) -> Response:
    """Ask for the token; a right one is remembered for a week."""
    context: PageContext = request.app.state.context
    query = parse_qs(request.url.query)
    wanted = local_path(query.get("next", ["/"])[0])
    if not context.token:
        return RedirectResponse(wanted, 303)
    wrong = False
    if request.method == "POST":
        given = (await form_of(request)).get("token", "")
        if hmac.compare_digest(given.encode(), context.token.encode()):
            response = RedirectResponse(wanted, 303)
            response.set_cookie(
                COOKIE,
                proof(context.token),
                max_age=_WEEK,
                httponly=True,
                samesite="strict",
                secure="https" in (request.url.scheme, request.headers.get("x-forwarded-proto")),
            )
            return response
        wrong = True
    return page(
        request,
        "sign_in.html",
        title="Sign in",
        wrong=wrong,
        wanted=wanted,
        status=403 if wrong else 200,
    )
