"""Panels about one alert: its whole story."""

from dashboards.panels.alerts import OUTCOMES, SEVERITIES, STATES
from dashboards.panels.panel import Column, Panel, State
from schemas.quantity_words import SHARE

STATUSES = (State(name="ok", level="good"), State(name="error", level="critical"))
"""How calls end."""

_UNKNOWN = "Choose an alert above, or follow a link from the page On call."

STORY = Panel(
    id="alert-story",
    title="What is wrong",
    question="What broke, since when, how bad, for whom?",
    sql="""SELECT started_at, fired_at, resolved_at, state, severity, monitor, segment_key, summary,
    description, value, value_low, value_high, expected, unit, events, bad_events, users,
    runbook_url
FROM alert_stories
WHERE fingerprint = {alert:String}
ORDER BY started_at DESC
LIMIT 20""",
    picture="table",
    columns=(
        Column(name="started_at", role="label", title="Began"),
        Column(name="fired_at", role="label", title="Fired"),
        Column(name="resolved_at", role="label", title="Resolved"),
        Column(name="state", role="label", title="State", states=STATES),
        Column(name="severity", role="label", title="Severity", states=SEVERITIES),
        Column(name="monitor", role="label", title="Monitor"),
        Column(name="segment_key", role="label", title="Segment", drill="segment"),
        Column(name="summary", role="label", title="Summary"),
        Column(name="description", role="label", title="At length"),
        Column(name="value", title="Measured"),
        Column(name="value_low", role="low", title="from"),
        Column(name="value_high", role="high", title="to"),
        Column(name="expected", title="Expected"),
        Column(name="unit", role="unit"),
        Column(name="events", title="Events", unit="{event}"),
        Column(name="bad_events", title="Bad", unit="{event}"),
        Column(name="users", title="Users", unit="{user}"),
        Column(name="runbook_url", role="label", title="What to do"),
    ),
    width=24,
    empty=_UNKNOWN,
)
STEPS = Panel(
    id="alert-steps",
    title="Steps",
    question="How did it go?",
    sql="""SELECT changed_at, state, severity, value, expected, unit, summary
FROM alerts
WHERE fingerprint = {alert:String}
ORDER BY changed_at DESC
LIMIT 100""",
    picture="table",
    columns=(
        Column(name="changed_at", role="label", title="When"),
        Column(name="state", role="label", title="State", states=STATES),
        Column(name="severity", role="label", title="Severity", states=SEVERITIES),
        Column(name="value", title="Measured"),
        Column(name="expected", title="Expected"),
        Column(name="unit", role="unit"),
        Column(name="summary", role="label", title="What is wrong"),
    ),
    empty=_UNKNOWN,
)
TOLD = Panel(
    id="alert-told",
    title="Who was told",
    question="Who was told what, and did it arrive?",
    sql="""SELECT time, receiver, state, outcome, attempts, error
FROM deliveries
WHERE fingerprint = {alert:String}
ORDER BY time DESC
LIMIT 100""",
    picture="table",
    columns=(
        Column(name="time", role="label", title="When"),
        Column(name="receiver", role="label", title="Receiver"),
        Column(name="state", role="label", title="State told", states=STATES),
        Column(name="outcome", role="label", title="Outcome", states=OUTCOMES),
        Column(name="attempts", title="Attempts"),
        Column(name="error", role="label", title="Error"),
    ),
    empty="Nobody was told yet.",
)
CONTRIBUTIONS = Panel(
    id="alert-contributions",
    title="Who contributes most",
    question="Which sub-segments make up the problem?",
    sql="""SELECT
    JSONExtractRaw(part, 'segment') AS segment_key,
    JSONExtractFloat(part, 'share') AS share,
    JSONExtractFloat(part, 'value') AS value, unit,
    JSONExtractUInt(part, 'events') AS events
FROM
(
    SELECT arrayJoin(JSONExtractArrayRaw(argMax(contributions, started_at))) AS part,
        argMax(unit, started_at) AS unit
    FROM alert_stories
    WHERE fingerprint = {alert:String}
)
ORDER BY share DESC""",
    picture="table",
    columns=(
        Column(name="segment_key", role="label", title="Sub-segment", drill="segment"),
        Column(name="share", title="Share of the problem", unit=SHARE),
        Column(name="value", title="Measured"),
        Column(name="unit", role="unit"),
        Column(name="events", title="Events", unit="{event}"),
    ),
    empty="No sub-segment stands out.",
)
EXAMPLES = Panel(
    id="alert-examples",
    title="Examples",
    question="Which events show the problem?",
    sql="""SELECT time, service_name, request_model, status,
    substringUTF8(ifNull(prompt, ''), 1, 160) AS prompt,
    substringUTF8(ifNull(response, ''), 1, 160) AS response, event_id
FROM events
WHERE event_id IN
(
    SELECT arrayJoin(example_event_ids) FROM alert_stories WHERE fingerprint = {alert:String}
)
ORDER BY time DESC
LIMIT 20""",
    picture="table",
    columns=(
        Column(name="time", role="label", title="When"),
        Column(name="service_name", role="label", title="Application"),
        Column(name="request_model", role="label", title="Model"),
        Column(name="status", role="label", title="Outcome", states=STATUSES),
        Column(name="prompt", role="label", title="Prompt"),
        Column(name="response", role="label", title="Answer"),
        Column(name="event_id", role="label", title="Event", drill="event"),
    ),
    width=24,
    empty="The alert names no events.",
)

PANELS = (STORY, STEPS, TOLD, CONTRIBUTIONS, EXAMPLES)
