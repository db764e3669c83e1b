"""Panels about alerts: what is wrong now, since when, why, and who was told."""

# Queries are put together from constants; what people choose is bound as parameters.
# ruff: noqa: S608

from dashboards.panels.panel import Column, Panel, State
from dashboards.panels.windows import named_by_segment

_OF_CHOSEN = "[[application: segment['service_name']]]"
_IN_STRETCH = """started_at <= {to:DateTime}
    AND (resolved_at IS NULL OR resolved_at >= {from:DateTime})"""

SEVERITIES = (State(name="page", level="critical"), State(name="ticket", level="warning"))
STATES = (
    State(name="firing", level="critical"),
    State(name="pending", level="warning"),
    State(name="resolved", level="good"),
)
OUTCOMES = (
    State(name="delivered", level="good"),
    State(name="retrying", level="warning"),
    State(name="given_up", level="critical"),
)
"""Texts of alerts and of telling about them, and how bad they are."""

_COLUMNS = (
    Column(name="severity", role="label", title="Severity", states=SEVERITIES),
    Column(name="summary", role="label", title="What is wrong", drill="alert"),
    Column(name="since", role="label", title="Since"),
    Column(name="monitor", role="label", title="Monitor"),
    Column(name="segment_key", role="label", title="Segment", drill="segment"),
    Column(name="value", title="Measured"),
    Column(name="expected", title="Expected"),
    Column(name="unit", role="unit"),
    Column(name="state", role="label", title="State", states=STATES),
    Column(name="fingerprint", role="id", drill="alert"),
)
ALERTS_NOW = Panel(
    id="alerts-now",
    title="Wrong now",
    question="What is wrong now, since when, and for whom?",
    sql=f"""SELECT severity, summary, ifNull(fired_at, started_at) AS since, monitor, segment_key,
    value, expected, unit, state, fingerprint
FROM alert_episodes
WHERE state != 'resolved' AND {_OF_CHOSEN}
ORDER BY indexOf(['page', 'ticket', 'info'], severity), since DESC, fingerprint""",
    picture="table",
    columns=_COLUMNS,
    width=24,
    empty="Nothing is wrong: no alert is pending or firing.",
)
ALERTS_PAST = Panel(
    id="alerts-past",
    title="Alerts of the stretch",
    question="What was wrong, and how long?",
    sql=f"""SELECT severity, summary, ifNull(fired_at, started_at) AS since, monitor, segment_key,
    value, expected, unit, state, fingerprint, duration_seconds
FROM alert_episodes
WHERE {_IN_STRETCH} AND {_OF_CHOSEN}
ORDER BY since DESC, fingerprint
LIMIT 200""",
    picture="table",
    columns=(*_COLUMNS, Column(name="duration_seconds", title="Lasted", unit="s")),
    width=24,
    empty="No alert in this stretch of time.",
)
ALERT_STATES = Panel(
    id="alert-states",
    title="When what fired",
    question="Which alerts came together, and in which order?",
    sql=f"""SELECT
    greatest(stretch.1, toDateTime64({{from:DateTime}}, 3)) AS time,
    least(stretch.2, toDateTime64({{to:DateTime}}, 3)) AS end,
    alert,
    stretch.3 AS state
FROM
(
    SELECT {named_by_segment("monitor", "segment")} AS alert,
        ifNull(fired_at, ifNull(resolved_at, toDateTime64('2100-01-01', 3))) AS fires,
        ifNull(resolved_at, toDateTime64('2100-01-01', 3)) AS ends,
        arrayJoin([(started_at, fires, 'pending'), (fires, ends, 'firing')]) AS stretch
    FROM alert_episodes
    WHERE {_IN_STRETCH} AND {_OF_CHOSEN}
)
WHERE time < end
ORDER BY time, alert""",
    picture="state_timeline",
    columns=(
        Column(name="time", role="time"),
        Column(name="end", role="end"),
        Column(name="alert", role="series"),
        Column(name="state", role="state"),
    ),
    states=(State(name="pending", level="warning"), State(name="firing", level="critical")),
    width=24,
    empty=ALERTS_PAST.empty,
)
CHANGES = Panel(
    id="changes",
    title="Changes",
    question="What went live shortly before?",
    sql="""SELECT time, kind, toJSONString(segment) AS segment_key, before, after,
    description, author
FROM changes
WHERE time >= {from:DateTime} AND time <= {to:DateTime}
    AND (empty(segment['service_name']) OR [[application: segment['service_name']]])
ORDER BY time DESC
LIMIT 200""",
    picture="table",
    columns=(
        Column(name="time", role="label", title="When"),
        Column(name="kind", role="label", title="What"),
        Column(name="segment_key", role="label", title="Where", drill="segment"),
        Column(name="before", role="label", title="Before"),
        Column(name="after", role="label", title="After"),
        Column(name="description", role="label", title="About"),
        Column(name="author", role="label", title="Who"),
    ),
    empty="No change was reported: releases and prompts are told to the topic of changes.",
)
DELIVERIES = Panel(
    id="deliveries",
    title="Who was told",
    question="Did alerts reach their receivers?",
    sql="""SELECT receiver, outcome, count() AS attempts, max(time) AS last,
    argMax(error, time) AS last_error
FROM deliveries
WHERE time >= {from:DateTime} AND time <= {to:DateTime}
GROUP BY receiver, outcome
ORDER BY outcome = 'delivered', attempts DESC, receiver, outcome""",
    picture="table",
    columns=(
        Column(name="receiver", role="label", title="Receiver"),
        Column(name="outcome", role="label", title="Outcome", states=OUTCOMES),
        Column(name="attempts", title="Attempts"),
        Column(name="last", role="label", title="Last"),
        Column(name="last_error", role="label", title="Last error"),
    ),
    empty="Nobody had to be told anything.",
)

PANELS = (ALERTS_NOW, ALERT_STATES, ALERTS_PAST, CHANGES, DELIVERIES)
