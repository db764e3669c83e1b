"""Templates, and what they are given beside a page's own values."""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboards.page import numbers
from dashboards.page.boards import BOARDS
from dashboards.page.chosen import RANGE_LABELS, RANGES
from dashboards.page.context import PageContext, StoreProblem
from dashboards.page.panel_view import label
from schemas.segments import segment_key, segment_label

NAVIGATION = (
    *((board.path, board.dashboard.title) for board in BOARDS if board.listed),
    ("/alerts", "Alerts"),
    ("/events", "Events"),
    ("/dead-letters", "Dead letters"),
    ("/monitors", "Monitors"),
)

STATIC = Path(str(files("dashboards.page") / "static"))
MAIN = b'<main id="main" tabindex="-1">'
"""Where the head of every page ends and its content begins."""

_encode = msgspec.json.Encoder().encode


def script_json(value: Any) -> Markup:
    r"""JSON that may stand in a script element: nothing in it ends that.

    >>> script_json({"a": "</script>"})
    Markup('{"a":"\\u003c/script\\u003e"}')
    """
    text = _encode(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - no mark-up is left in it


@cache
def static(name: str) -> str:
    """Address of a static file, with a version, so that browsers may keep it for ever."""
    digest = hashlib.blake2b((STATIC / name).read_bytes(), digest_size=6).hexdigest()
    return f"/static/{name}?v={digest}"


@cache
def templates() -> Environment:
    """All templates. Whatever is put into them is escaped."""
    environment = Environment(
        loader=PackageLoader("dashboards.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "json": script_json,
        "quantity": numbers.quantity,
        "interval": numbers.interval,
        "moment": numbers.moment,
        "seconds": numbers.seconds,
        "segment": segment_label,
        "segment_json": segment_key,
        "name": label,
    }
    environment.globals |= {"static": static, "ago": numbers.ago, "ranges": RANGE_LABELS}
    return environment


def render(template: str, **values: Any) -> str:
    """A template as text."""
    return templates().get_template(template).render(**values)


def page(
    request: Request,
    template: str,
    *,
    title: str,
    here: str = "",
    status: int = 200,
    problem: StoreProblem | None = None,
    **values: Any,
) -> HTMLResponse:
    """A whole page. ``here`` is the entry of the navigation it belongs to."""
    context: PageContext = request.app.state.context
    chosen_range = request.query_params.get("range", "")
    told = {"what": str(problem), "remedy": problem.remedy} if problem else None
    html = render(
        template,
        title=title,
        here=here or request.url.path,
        navigation=NAVIGATION,
        keep=f"?range={chosen_range}" if chosen_range in RANGES else "",
        problem=told,
        monitors_place=context.monitors.place,
        now=context.clock(),
        **values,
    )
    return HTMLResponse(html, status_code=status)


def trouble(request: Request, title: str, what: str, remedy: str, status: int) -> HTMLResponse:
    """A page that says what is wrong and what to do."""
    return page(request, "trouble.html", title=title, what=what, remedy=remedy, status=status)
