"""Events: a list by filters, and one with its signals over its texts."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dashboards.page.chosen import Chosen, ChosenError, parse_chosen
from dashboards.page.context import PageContext
from dashboards.page.event_filter import FIELDS, OPERATORS, EventFilter, FilterError
from dashboards.page.event_texts import marked, texts_of
from dashboards.page.rendering import page, trouble
from dashboards.panels.variable import APPLICATION, MODEL, RELEASE

PAGE_ROWS = 50
# Where it is first, from two columns: all columns of all days take seconds.
_WHEN = (
    "SELECT max(time) AS time FROM raw_events WHERE event_id = {event:String} HAVING count() > 0"
)
_EVENT = """
SELECT * FROM events
WHERE event_id = {event:String} AND time >= {from:DateTime64(6)} AND time <= {to:DateTime64(6)}
LIMIT 1
"""
_FEEDBACK = """
SELECT time, kind, source, judge, value, label, comment
FROM feedback WHERE event_id = {event:String} ORDER BY time LIMIT 20
"""
_ORIGIN = [
    "service_name",
    "use_case",
    "use_case_kind",
    "deployment_environment_name",
    "operation_name",
    "provider_name",
    "request_model",
    "response_model",
    "service_version",
    "release_role",
    "experiment_arm",
    "prompt_name",
    "prompt_version",
    "conversation_id",
    "trace_id",
    "span_id",
    "user_id",
    "status",
    "error_type",
    "finish_reason",
]
_SOURCES = ("response", "prompt", "context", "conversation", "event", "objective")
_MEASURES = {
    "latency_seconds": ("latency", "s"),
    "time_to_first_token_seconds": ("time to first token", "s"),
    "usage_input_tokens": ("tokens in", "{token}"),
    "usage_output_tokens": ("tokens out", "{token}"),
    "usage_cache_read_input_tokens": ("of these in cached", "{token}"),
    "usage_reasoning_output_tokens": ("of these out reasoning", "{token}"),
    "cost_usd": ("cost", "USD"),
    "retries": ("retries", "1"),
}


async def events_page(request: Request) -> Response:
    """The newest events that fulfil the filters, a page at a time."""
    context: PageContext = request.app.state.context
    variables = (APPLICATION, MODEL, RELEASE)
    signals = await request.app.state.signals.columns()
    try:
        chosen = parse_chosen(request.query_params.multi_items())
        wanted = EventFilter.parse(request.query_params.multi_items(), signals)
    except (ChosenError, FilterError) as error:
        return trouble(
            request, "Events", str(error), "Change the address, or begin again from Events.", 400
        )
    selection = chosen.selection(context.clock())
    query, count = wanted.query(selection, limit=PAGE_ROWS + 1), wanted.count(selection)
    listed, counted, choices = await asyncio.gather(
        context.store.query(query.sql, query.parameters),
        context.store.query(count.sql, count.parameters),
        request.app.state.choices.all(
            variables, chosen, selection, patience_seconds=context.first_paint_seconds
        ),
    )
    found, total = listed.dicts(), counted.rows[0][0]
    shown = found[:PAGE_ROWS]
    later = _later(chosen, wanted, shown[-1]) if len(found) > PAGE_ROWS else ""
    return page(
        request,
        "events.html",
        title="Events",
        chosen=chosen,
        choices=choices,
        wanted=wanted,
        operators=OPERATORS,
        fields=FIELDS,
        signals=[s for s in signals if s["kind"] != "vector"],
        events=shown,
        total=total,
        next_page=later,
        sql=query.sql.strip(),
        sql_parameters=query.parameters,
        unit=next((s["unit"] for s in signals if s["name"] == wanted.signal), "1"),
    )


def _later(chosen: Chosen, wanted: EventFilter, last: dict[str, Any]) -> str:
    time = last["time"].replace(tzinfo=last["time"].tzinfo or UTC)
    before = f"{_microseconds(time)}-{last['event_id']}"
    return "/events?" + "&".join(
        part for part in (chosen.query(), urlencode([*wanted.pairs(), ("before", before)])) if part
    )


def _microseconds(time: datetime) -> int:
    return (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


async def event_page(request: Request) -> Response:
    """One event: its signals over its texts, where it came from, what people said about it."""
    context: PageContext = request.app.state.context
    store, event_id = context.store, request.path_params["event_id"]
    when = (await store.query(_WHEN, {"event": event_id})).first()
    second = timedelta(seconds=1)
    event = (
        when
        and (
            await store.query(
                _EVENT,
                {"event": event_id, "from": when["time"] - second, "to": when["time"] + second},
            )
        ).first()
    )
    if not event:
        return trouble(
            request,
            "No such event",
            f"No event {event_id[:80]!r} is stored.",
            "A new event takes about a second to be scored; old ones expire; refused ones are "
            "dead letters.",
            404,
        )
    signals, feedback = await asyncio.gather(
        request.app.state.signals.columns(), store.query(_FEEDBACK, {"event": event_id})
    )
    groups: dict[str, list[dict[str, Any]]] = {}
    for signal in signals:
        value = event.get(signal["column_name"])
        if signal["kind"] == "vector" or value is None or value == "":
            continue
        groups.setdefault(signal["source"], []).append({**signal, "value": value})
    return page(
        request,
        "event.html",
        title=f"Event {event_id}",
        here="/events",
        event=event,
        groups={source: groups[source] for source in _SOURCES if source in groups},
        texts=texts_of(event),
        response=marked(event),
        origin=[(name, event[name]) for name in _ORIGIN if event[name]],
        measures=[
            (title, event[name], unit)
            for name, (title, unit) in _MEASURES.items()
            if event[name] is not None
        ],
        contexts=list(
            zip(
                event["contexts"] or [""] * len(event["context_ids"]),
                event["context_ids"],
                event["context_sources"],
                event["context_scores"],
                strict=False,
            )
        ),
        tools=list(
            zip(
                event["tool_names"],
                event["tool_error_types"],
                event["tool_arguments"] or [""] * len(event["tool_names"]),
                event["tool_results"] or [""] * len(event["tool_names"]),
                strict=False,
            )
        ),
        guardrails=list(
            zip(
                event["guardrail_names"],
                event["guardrail_stages"],
                event["guardrail_outcomes"],
                event["guardrail_scores"],
                strict=False,
            )
        ),
        feedback=feedback.dicts(),
    )
