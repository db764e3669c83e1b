"""Alerts: the list, and one with its whole story."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from dashboards.page.alert_chart import alert_chart
from dashboards.page.alert_examples import alert_examples
from dashboards.page.alert_words import measured
from dashboards.page.chosen import Chosen, ChosenError, parse_chosen
from dashboards.page.context import PageContext
from dashboards.page.numbers import seconds
from dashboards.page.rendering import page, trouble
from dashboards.page.signals import running_monitors
from dashboards.page.untrusted import safe_link
from schemas.alerts import USERS_SECONDS
from schemas.monitors.resolved import AnyMonitor
from schemas.segments import Segment, segment_key
from schemas.signals import Signal

MOST_ALERTS = 200
STATES = ("firing", "pending", "resolved")
SEVERITIES = ("page", "ticket", "info")

_LIST = """
SELECT fingerprint, started_at, monitor, kind, severity, segment, state, fired_at, resolved_at,
    duration_seconds, summary, value, expected, unit
FROM alert_episodes
WHERE started_at < {to:DateTime64(3)}
    AND (resolved_at IS NULL OR resolved_at >= {from:DateTime64(3)})
    AND ({state:String} = '' OR state = {state:String})
    AND ({severity:String} = '' OR severity = {severity:String})
    AND ({application:String} = '' OR segment['service_name'] = {application:String})
    AND ({monitor:String} = '' OR monitor = {monitor:String})
ORDER BY state = 'firing' DESC, state = 'pending' DESC,
    if(state = 'firing', indexOf(['page', 'ticket', 'info'], severity), 0), started_at DESC
LIMIT {most:UInt32}
"""
STORY = """
SELECT * FROM alert_stories
LEFT JOIN
(
    SELECT started_at,
        argMaxIf(evidence_condition, changed_at, evidence_condition != '') AS evidence_condition
    FROM alerts
    WHERE fingerprint = {fingerprint:String}
    GROUP BY started_at
) AS evidence USING (started_at)
WHERE fingerprint = {fingerprint:String}
    AND ({started:Int64} = 0 OR toUnixTimestamp64Milli(started_at) = {started:Int64})
ORDER BY started_at DESC
LIMIT 1
"""
"""One episode of an alert, the newest where ``started`` is 0, and what its events fulfil."""

_EPISODES = """
SELECT started_at, state, severity, fired_at, resolved_at, duration_seconds
FROM alert_episodes
WHERE fingerprint = {fingerprint:String}
ORDER BY started_at DESC
LIMIT 20
"""


async def alerts_page(request: Request) -> Response:
    """Alerts of a stretch of time, firing ones first."""
    context: PageContext = request.app.state.context
    try:
        chosen = parse_chosen(
            request.query_params.multi_items(), ("state", "severity", "application", "monitor")
        )
    except ChosenError as error:
        return trouble(request, "Alerts", str(error), "Choose again from the list of alerts.", 400)
    selection = chosen.selection(context.clock())
    one = {name: values[0] for name, values in chosen.values.items()}
    answer = await context.store.query(
        _LIST,
        {
            "from": selection.begin,
            "to": selection.end + timedelta(seconds=10),
            "state": one.get("state", ""),
            "severity": one.get("severity", ""),
            "application": one.get("application", ""),
            "monitor": one.get("monitor", ""),
            "most": MOST_ALERTS + 1,
        },
    )
    found = answer.dicts()
    monitors = {monitor.name: monitor for monitor in await _monitors(request)}
    return page(
        request,
        "alerts.html",
        title="Alerts",
        chosen=chosen,
        one=one,
        states=STATES,
        severities=SEVERITIES,
        alerts=found[:MOST_ALERTS],
        more=len(found) > MOST_ALERTS,
        watched=len(monitors),
        started=started_number,
    )


async def alert_page(request: Request) -> Response:
    """One episode of an alert: what, since when, how bad, for whom, why perhaps."""
    context: PageContext = request.app.state.context
    story = await story_of(request)
    if story is None:
        return unknown_alert(request)
    fingerprint = story["fingerprint"]
    begin, end = _stretch(story, context.clock())
    signals = await request.app.state.signals.columns()
    episodes, examples, monitors = await asyncio.gather(
        context.store.query(_EPISODES, {"fingerprint": fingerprint}),
        alert_examples(context.store, story, signals, context.clock()),
        _monitors(request),
    )
    monitor = next((m for m in monitors if m.name == story["monitor"]), None)
    changes = _decoded(story["changes"])
    chart = await alert_chart(
        context.store,
        story,
        monitor=monitor,
        condition=examples.condition,
        signals=msgspec.convert(signals, list[Signal]),
        changes=changes,
        begin=begin,
        end=end,
    )
    return page(
        request,
        "alert.html",
        title=story["summary"],
        here="/alerts",
        alert=story,
        contributions=_decoded(story["contributions"]),
        changes=[(change, _distance(change, story)) for change in changes],
        words=measured(monitor),
        users_seconds=min(int(story["window_seconds"]), USERS_SECONDS),
        examples=examples.events,
        named=bool(story["example_event_ids"]),
        condition=examples.condition,
        episodes=episodes.dicts(),
        steps=[_plain(step, "at state severity value summary") for step in story["steps"]],
        told=[
            _plain(told, "at receiver state outcome attempts error") for told in story["told"] or []
        ],
        chart=chart,
        monitor=monitor,
        runbook=safe_link(story["runbook_url"]),
        dashboard=safe_link(story["dashboard_url"]),
        events_link=_events_link(story["segment"], examples.condition, begin, end),
        report_link=f"/alerts/{fingerprint}/report?started={started_number(story['started_at'])}",
        board_link="/?" + Chosen(range="", begin=begin, end=end).query(),
        safe_link=safe_link,
        started=started_number,
        events_of=lambda segment: _events_link(
            {**story["segment"], **segment}, examples.condition, begin, end
        ),
    )


async def story_of(request: Request) -> dict[str, Any] | None:
    """The alert's row of ``STORY``: the episode the address names, else the newest."""
    context: PageContext = request.app.state.context
    started = request.query_params.get("started", "0")
    answer = await context.store.query(
        STORY,
        {
            "fingerprint": request.path_params["fingerprint"],
            "started": int(started) if started.isdecimal() else 0,
        },
    )
    return answer.first()


def unknown_alert(request: Request) -> Response:
    """The page that says that there is no such alert."""
    fingerprint = request.path_params["fingerprint"]
    return trouble(
        request,
        "No such alert",
        f"No alert {fingerprint[:40]!r} is stored.",
        "It is older than alerts are kept, or not stored yet: the list has those there are.",
        404,
    )


async def _monitors(request: Request) -> tuple[AnyMonitor, ...]:
    state = request.app.state
    return (await running_monitors(state.context, state.signals)).monitors


def started_number(time: datetime) -> int:
    """The begin of an episode as addresses have it: milliseconds since 1970."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


def _stretch(story: dict[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """What to look at: as long before the alert as its window, and a while after."""
    window = timedelta(seconds=max(int(story["window_seconds"]), 900))
    begin = story["started_at"] - 2 * window
    end = min((story["resolved_at"] or now) + window / 2, now)
    end = max(end, story["started_at"] + timedelta(minutes=1))
    return max(begin, end - timedelta(days=30)), end


def _distance(change: dict[str, Any], story: dict[str, Any]) -> str:
    """How long before an alert began a change went live, or after."""
    time = datetime.fromisoformat(change["time"])
    before = (story["started_at"] - time).total_seconds()
    return f"{seconds(abs(before))} {'before' if before >= 0 else 'after'} it began"


def _events_link(segment: Segment, condition: str, begin: datetime, end: datetime) -> str:
    address = replace(Chosen(), range="", begin=begin, end=end).query()
    pairs = {"segment": segment_key(segment) if segment else "", "condition": condition}
    return f"/events?{address}&{urlencode({n: v for n, v in pairs.items() if v})}".rstrip("&")


def _decoded(text: str) -> list[dict[str, Any]]:
    """A list that is stored as JSON; nothing when it is none."""
    if not text:
        return []
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return []
    return found if isinstance(found, list) else []


def _plain(row: Any, names: str) -> dict[str, Any]:
    return row if isinstance(row, dict) else dict(zip(names.split(), row, strict=True))
