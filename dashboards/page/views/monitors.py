"""Monitors: the documents, what is wrong with an edited one, and what it would have done.

Nothing is written.
"""

from asyncio import to_thread
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dashboards.page.alert_words import bound_unit
from dashboards.page.context import PageContext
from dashboards.page.early import in_two
from dashboards.page.forms import form_of
from dashboards.page.numbers import interval, quantity, seconds
from dashboards.page.rendering import page
from dashboards.page.work import Trial, WorkProblem
from schemas.monitors.resolved import (
    AnyMonitor,
    BurnRateMonitor,
    ComparisonMonitor,
    CompositeMonitor,
    DriftMonitor,
    NoDataMonitor,
    ThresholdMonitor,
)
from schemas.quantity_words import SHARE
from schemas.segments import segment_label
from schemas.signals import Signal

NEW = "new.yaml"
STRETCHES = {"6": "last 6 hours", "24": "last 24 hours", "168": "last 7 days"}
"""Stretches that a document is tried over, by their hours."""

_CHECK, _TRY = "check", "try"
_TRYING = "Trying the document over the past: this takes some seconds …"


async def monitors_page(request: Request) -> Response:
    """All monitors, and one document to edit, check and try over the past."""
    given = await form_of(request) if request.method == "POST" else {}
    words = _TRYING if given.get("action") == _TRY else "Reading the documents …"
    return await in_two(request, _monitors(request, given), title="Monitors", words=words)


async def _monitors(request: Request, given: Mapping[str, str]) -> Response:
    context: PageContext = request.app.state.context
    unreadable = ""
    try:
        texts: Mapping[str, str] = await to_thread(context.monitors.texts)
    except (OSError, ValueError) as error:
        texts, unreadable = {}, str(error)
    name = given.get("file") or request.query_params.get("file") or next(iter(texts), NEW)
    if name not in texts:
        name = NEW
    text = given.get("text", texts.get(name, "")).replace("\r\n", "\n")
    signals = await request.app.state.signals.declared()
    documents = {**texts, name: text} if text.strip() else texts
    checked = await to_thread(context.monitors.check, documents, signals)
    problems = [p for p in checked.problems if p.file == name or not given]
    errors = [p for p in problems if p.severity == "error"]
    action = given.get("action", _CHECK if given else "")
    hours = given.get("hours", "")
    hours = hours if hours in STRETCHES else "24"
    trial: Trial | None = None
    untried: WorkProblem | None = None
    if action == _TRY and not errors:
        try:
            trial = await _tried(context, documents, name, signals, int(hours))
        except WorkProblem as problem:
            untried = problem
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
        errors=errors,
        trial=trial,
        untried=untried,
        hours=hours,
        stretches=STRETCHES,
        monitors=[
            described(monitor, {each.name: each.unit for each in signals})
            for monitor in checked.monitors.monitors
        ],
        receivers=checked.monitors.receivers,
    )


async def _tried(
    context: PageContext,
    documents: Mapping[str, str],
    name: str,
    signals: Collection[Signal],
    hours: int,
) -> Trial:
    if not signals:
        raise WorkProblem(
            "ClickHouse does not tell its signals.",
            "A document is tried over what ClickHouse has of the past: see whether it runs "
            "(`tidewatch doctor`).",
        )
    end = context.clock().replace(second=0, microsecond=0)
    return await context.trials.run(documents, name, signals, end - timedelta(hours=hours), end)


def described(monitor: AnyMonitor, units: Mapping[str, str]) -> dict[str, Any]:
    """What a monitor does, in words. ``units`` are those of signals, by name."""
    by = ", ".join(monitor.segmentation) or "all traffic"
    match monitor:
        case BurnRateMonitor():
            kind = "objective"
            rule = (
                f"{quantity(monitor.target, SHARE)} of events good in "
                f"{seconds(monitor.window_seconds)}; "
                f"{quantity(len(monitor.tiers), '{burn rate}')}"
            )
        case ThresholdMonitor():
            kind = "threshold"
            unit = bound_unit(monitor, units)
            bounds = interval(monitor.lower, monitor.upper, unit) or " and ".join(
                f"{word} {quantity(bound, unit)}"
                for word, bound in (("at least", monitor.lower), ("at most", monitor.upper))
                if bound is not None
            )
            rule = (
                f"{monitor.statistic} of {monitor.signal or 'events'} {bounds} over "
                f"{seconds(monitor.window_seconds)}"
            )
        case NoDataMonitor():
            kind, rule = "no data", f"no events for {seconds(monitor.for_seconds)}"
        case CompositeMonitor():
            kind = "objective"
            rule = (
                f"{len(monitor.parts)} objectives together over "
                f"{seconds(monitor.window_seconds)}; {quantity(len(monitor.tiers), '{burn rate}')}"
            )
        case DriftMonitor():
            kind = "drift"
            against = (
                f"the {seconds(monitor.trailing_seconds)} before"
                if monitor.trailing_seconds
                else "its reference"
            )
            rule = (
                f"{quantity(len(monitor.signals), '{signal}')} held against {against} "
                f"({monitor.method}); "
                f"one false alarm in {seconds(monitor.false_alarm_seconds)}"
                + (f", with all of the family {monitor.family}" if monitor.family else "")
            )
        case ComparisonMonitor():
            kind = "comparison"
            rule = f"{segment_label(monitor.candidate) if monitor.candidate else 'others'} " + (
                f"held against {segment_label(monitor.baseline)}"
            )
    return {
        "name": monitor.name,
        "title": monitor.display_name or monitor.name,
        "description": monitor.description,
        "kind": kind,
        "rule": rule,
        "by": by,
    }
