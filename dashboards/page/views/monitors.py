"""Monitors: the documents, and what is wrong with an edited one. Nothing is written."""

from asyncio import to_thread
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dashboards.page.context import PageContext
from dashboards.page.forms import form_of
from dashboards.page.numbers import interval, quantity, seconds
from dashboards.page.rendering import page
from schemas.monitors.resolved import AnyMonitor, BurnRateMonitor, NoDataMonitor, ThresholdMonitor

NEW = "new.yaml"


async def monitors_page(request: Request) -> Response:
    """All monitors, and one document to edit and check."""
    context: PageContext = request.app.state.context
    unreadable = ""
    try:
        texts: Mapping[str, str] = await to_thread(context.monitors.texts)
    except (OSError, ValueError) as error:
        texts, unreadable = {}, str(error)
    given = await form_of(request) if request.method == "POST" else {}
    name = given.get("file") or request.query_params.get("file") or next(iter(texts), NEW)
    if name not in texts:
        name = NEW
    text = given.get("text", texts.get(name, "")).replace("\r\n", "\n")
    signals = await request.app.state.signals.declared()
    documents = {**texts, name: text} if text.strip() else texts
    checked = await to_thread(context.monitors.check, documents, signals)
    problems = [p for p in checked.problems if p.file == name or not given]
    return page(
        request,
        "monitors.html",
        title="Monitors",
        place=context.monitors.place,
        unreadable=unreadable,
        files=[*texts, *([] if NEW in texts else [NEW])],
        name=name,
        text=text,
        edited=bool(given) and text != texts.get(name, ""),
        checked=bool(given),
        problems=problems,
        errors=[p for p in problems if p.severity == "error"],
        monitors=[described(monitor) for monitor in checked.monitors.monitors],
        receivers=checked.monitors.receivers,
    )


def described(monitor: AnyMonitor) -> dict[str, Any]:
    """What a monitor does, in words."""
    by = ", ".join(monitor.segmentation) or "all traffic"
    match monitor:
        case BurnRateMonitor():
            kind = "objective"
            rule = (
                f"{quantity(monitor.target, '%')} of events good in "
                f"{seconds(monitor.window_seconds)}; "
                f"{len(monitor.tiers)} burn rates"
            )
        case ThresholdMonitor():
            kind = "threshold"
            bounds = interval(monitor.lower, monitor.upper) or " and ".join(
                f"{word} {quantity(bound)}"
                for word, bound in (("at least", monitor.lower), ("at most", monitor.upper))
                if bound is not None
            )
            rule = (
                f"{monitor.statistic} of {monitor.signal or 'events'} {bounds} over "
                f"{seconds(monitor.window_seconds)}"
            )
        case NoDataMonitor():
            kind, rule = "no data", f"no events for {seconds(monitor.for_seconds)}"
        case _:
            kind, rule = type(monitor).__name__.removesuffix("Monitor").lower(), ""
    return {
        "name": monitor.name,
        "title": monitor.display_name or monitor.name,
        "description": monitor.description,
        "kind": kind,
        "rule": rule,
        "by": by,
    }
